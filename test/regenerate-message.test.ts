import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildTwoTurns, lastPrompt, SECOND, shownIn } from './support/branches.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { answers, waitsFor } from './support/scripted-provider.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterEach(() => chat.provider.reset());
afterAll(() => chat.stop());

async function regenerate(id: string): Promise<string> {
  const { assistantMessage, userErrors } = await chat.app.mutate(
    'regenerateMessage',
    'assistantMessage { id content status }',
    { id },
  );
  expect(userErrors).toEqual([]);
  expect(assistantMessage).toMatchObject({ content: '', status: 'GENERATING' });
  return assistantMessage.id;
}

describe('regenerateMessage', () => {
  it('makes a new answer beside the old one, and the conversation shows the new one', async () => {
    const { second, conversationId } = await buildTwoTurns(chat);
    chat.provider.script(answers('Second, anew [1].'));
    const id = await regenerate(second.answerId);
    expect(await chat.untilEnded(id)).toMatchObject({
      content: 'Second, anew [1].',
      outcome: 'ANSWERED',
      parent: { id: second.questionId },
      siblings: [{ id: second.answerId }, { id }],
    });
    expect(await chat.message(second.answerId)).toMatchObject({
      content: 'Second [1].',
      siblings: [{ id: second.answerId }, { id }],
    });
    expect(await shownIn(chat, conversationId)).toEqual([QUESTION, 'First [1].', SECOND, 'Second, anew [1].']);
  });

  it('asks with what came before the question, and without what came after it', async () => {
    const { first, second } = await buildTwoTurns(chat);
    await chat.untilEnded(await regenerate(second.answerId));
    expect(lastPrompt(chat)).toEqual([QUESTION, 'First.', SECOND]);
    await chat.untilEnded(await regenerate(first.answerId));
    expect(lastPrompt(chat)).toEqual([QUESTION]);
  });

  it('begins a new branch in the middle of a conversation, which goes on from there', async () => {
    const { first, conversationId } = await buildTwoTurns(chat);
    chat.provider.script(answers('First, anew [1].'), answers('Third [1].'));
    await chat.untilEnded(await regenerate(first.answerId));
    expect(await shownIn(chat, conversationId)).toEqual([QUESTION, 'First, anew [1].']);

    const third = await chat.send(conversationId, 'Where does the backup go?');
    await chat.untilEnded(third.answerId);
    expect(await shownIn(chat, conversationId)).toEqual([
      QUESTION,
      'First, anew [1].',
      'Where does the backup go?',
      'Third [1].',
    ]);
    expect(lastPrompt(chat)).toEqual([QUESTION, 'First, anew.', 'Where does the backup go?']);
  });

  it('brings a branch back that the conversation did not show', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    chat.provider.script(answers('First, anew [1].'), answers('Second, anew [1].'));
    await chat.untilEnded(await regenerate(first.answerId));
    await chat.untilEnded(await regenerate(second.answerId));
    expect(await shownIn(chat, conversationId)).toEqual([QUESTION, 'First [1].', SECOND, 'Second, anew [1].']);
    expect(lastPrompt(chat)).toEqual([QUESTION, 'First.', SECOND]);
  });

  it('is answered by the provider that the conversation has now', async () => {
    const { second, conversationId } = await buildTwoTurns(chat);
    const other = await chat.createModel({});
    await chat.app.mutate('updateConversation', 'conversation { id }', { id: conversationId, llmProviderId: other });
    const id = await regenerate(second.answerId);
    expect(await chat.untilEnded(id)).toMatchObject({ llmProvider: { id: other } });
    expect(await chat.message(second.answerId)).toMatchObject({ llmProvider: { id: chat.llmProviderId } });
  });

  it('generates beside an answer that is still being generated: both come to their end', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const before = chat.provider.requests.length;
    const bothGoing = chat.provider.untilRequests(before + 2);
    chat.provider.script(
      waitsFor(bothGoing, answers('Second, anew [1].')),
      waitsFor(bothGoing, answers('Second, once more [1].')),
    );
    const going = await regenerate(second.answerId);
    await chat.provider.untilRequests(before + 1);
    const beside = await regenerate(going);
    expect(await chat.untilEnded(going)).toMatchObject({ status: 'COMPLETE', content: 'Second, anew [1].' });
    expect(await chat.untilEnded(beside)).toMatchObject({
      status: 'COMPLETE',
      content: 'Second, once more [1].',
      siblings: [{ id: second.answerId }, { id: going }, { id: beside }],
    });
    expect(await shownIn(chat, conversationId)).toEqual([QUESTION, 'First [1].', SECOND, 'Second, once more [1].']);
    expect(lastPrompt(chat)).toEqual([QUESTION, 'First.', SECOND]);
    expect((await chat.message(first.answerId)).siblings).toHaveLength(1);
  });

  it('answers INVALID for a question, and NOT_FOUND for what is no message', async () => {
    const { first, conversationId } = await buildTwoTurns(chat);
    const refusals = [];
    for (const id of [first.questionId, conversationId, 'x'])
      refusals.push((await chat.app.mutate('regenerateMessage', 'assistantMessage { id }', { id })).userErrors);
    expect(refusals).toMatchObject([
      [{ code: 'INVALID', field: ['input', 'id'], message: 'This is a question. Name an answer.' }],
      [{ code: 'NOT_FOUND', field: ['input', 'id'] }],
      [{ code: 'NOT_FOUND', field: ['input', 'id'] }],
    ]);
  });
});
