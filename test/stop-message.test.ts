import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type Chat, FILES, QUESTION, startChat } from './support/chat.js';
import { answers, staysSilent } from './support/scripted-provider.js';
import { buildSyncedProject } from './support/sync-bench.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterEach(async () => {
  chat.provider.reset();
  await chat.judgeBy(null);
});
afterAll(() => chat.stop());

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const stop = (id: string) =>
  chat.app.mutate('stopMessage', 'message { id status content outcome error { code } }', { id });

describe('stopMessage', () => {
  it('ends an answer as CANCELLED with what was generated, and gives the request to the provider up', async () => {
    const { answerId } = await chat.going();
    const events = chat.app.follow(
      `subscription($id: ID!) { answerEvents(messageId: $id) { __typename ... on AnswerEnded { message { status content } } } }`,
      { id: answerId },
    );
    expect(await stop(answerId)).toEqual({
      message: { id: answerId, status: 'CANCELLED', content: 'Run npm', outcome: null, error: null },
      userErrors: [],
    });
    await chat.provider.untilAborted(1);
    expect((await events).at(-1)!.data.answerEvents).toEqual({
      __typename: 'AnswerEnded',
      message: { status: 'CANCELLED', content: 'Run npm' },
    });
  });

  it('stops an answer before its provider has said a word', async () => {
    chat.provider.script(staysSilent());
    const { answerId } = await chat.ask(QUESTION);
    await chat.provider.untilRequests(1);
    expect((await stop(answerId)).message).toMatchObject({ status: 'CANCELLED', content: '' });
    await chat.provider.untilAborted(1);
  });

  it('stops an answer that has just begun', async () => {
    // Whether it is asked before that or not.
    chat.provider.script(staysSilent());
    const { answerId } = await chat.ask(QUESTION);
    expect((await stop(answerId)).message).toMatchObject({ status: 'CANCELLED', content: '' });
    expect((await chat.message(answerId)).status).toBe('CANCELLED');
  });

  it('keeps what the answer has cost so far, where the provider has said it', async () => {
    await chat.judgeBy(chat.llmProviderId);
    chat.provider.script(answers('Run npm install ibid-demo [1].'), staysSilent());
    const { answerId } = await chat.ask(QUESTION);
    // The text is there, and the judge thinks: what it was sent is estimated.
    await chat.provider.untilRequests(2);
    expect((await stop(answerId)).message).toMatchObject({
      status: 'CANCELLED',
      content: 'Run npm install ibid-demo [1].',
    });
    expect((await chat.message(answerId)).usage).toEqual({ inputTokens: expect.any(Number), outputTokens: 5 });
  });

  it('lets the conversation go on', async () => {
    const { answerId, conversationId } = await chat.going();
    await stop(answerId);
    chat.provider.script(answers('Go on [1].'));
    const next = await chat.send(conversationId, QUESTION);
    expect(await chat.untilEnded(next.answerId)).toMatchObject({ status: 'COMPLETE', content: 'Go on [1].' });
  });

  it('answers CONFLICT for an answer that has ended, however it did', async () => {
    const { answerId } = await chat.going();
    await stop(answerId);
    expect((await stop(answerId)).userErrors).toEqual([
      { code: 'CONFLICT', field: ['input', 'id'], message: 'This message was stopped already.' },
    ]);
    const complete = await chat.ask(QUESTION);
    await chat.untilEnded(complete.answerId);
    expect(await stop(complete.answerId)).toEqual({
      message: null,
      userErrors: [{ code: 'CONFLICT', field: ['input', 'id'], message: 'This message is not being generated.' }],
    });
    expect(await chat.message(complete.answerId)).toMatchObject({ status: 'COMPLETE' });
  });

  it('answers INVALID for a question, and NOT_FOUND for what is no message', async () => {
    const { questionId, answerId, conversationId } = await chat.ask(QUESTION);
    expect((await stop(questionId)).userErrors).toEqual([
      { code: 'INVALID', field: ['input', 'id'], message: 'This is a question. Name an answer.' },
    ]);
    for (const id of [UNKNOWN, conversationId, 'x'])
      expect((await stop(id)).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', 'id'] }]);
    await chat.untilEnded(answerId);
  });
});

describe('an answer that is being generated', () => {
  it('is given up when its conversation is deleted', async () => {
    const { conversationId, answerId } = await chat.going();
    await chat.app.mutate('deleteConversation', 'deletedId', { id: conversationId });
    await chat.provider.untilAborted(1);
    expect(await chat.message(answerId)).toBeNull();
  });

  it('is given up when its project is deleted', async () => {
    const { projectId } = await buildSyncedProject(chat.app, chat.host, FILES);
    chat.provider.script(staysSilent({ after: 'Run npm' }));
    const { assistantMessage } = await chat.app.mutate('createConversation', 'assistantMessage { id }', {
      projectId,
      message: QUESTION,
    });
    await chat.untilContent(assistantMessage.id, 'Run npm');
    await chat.app.mutate('deleteProject', 'deletedId', { id: projectId });
    await chat.provider.untilAborted(1);
    expect(await chat.message(assistantMessage.id)).toBeNull();
  });

  it('goes on when another conversation is deleted', async () => {
    const [one, other] = [await chat.going(), await chat.going()];
    await chat.app.mutate('deleteConversation', 'deletedId', { id: other.conversationId });
    await chat.provider.untilAborted(1);
    expect(await chat.message(one.answerId)).toMatchObject({ status: 'GENERATING', content: 'Run npm' });
    await stop(one.answerId);
  });
});
