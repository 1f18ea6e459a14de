import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type Chat, QUESTION, startChat } from './support/chat.js';
import { answers, staysSilent } from './support/scripted-provider.js';
import type { Values } from './support/test-app.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterEach(() => chat.provider.reset());
afterAll(() => chat.stop());

const SECOND = 'When does the nightly backup run?';

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

async function shown(conversationId: string): Promise<string[]> {
  const document =
    'query($id: ID!) { conversation(id: $id) { messages { nodes { content parent { content } } totalCount } } }';
  const { nodes, totalCount } = (await chat.app.query(document, { id: conversationId })).conversation.messages;
  expect(totalCount).toBe(nodes.length);
  expect(nodes.map(({ parent }: Values) => parent?.content ?? null)).toEqual([
    null,
    ...nodes.slice(0, -1).map(({ content }: Values) => content),
  ]);
  return nodes.map(({ content }: Values) => content);
}

/** Two questions, answered with "First [1]." and "Second [1].". */
async function conversation() {
  chat.provider.script(answers('First [1].'), answers('Second [1].'));
  const first = await chat.ask(QUESTION);
  await chat.untilEnded(first.answerId);
  const second = await chat.send(first.conversationId, SECOND);
  await chat.untilEnded(second.answerId);
  return { first, second, conversationId: first.conversationId };
}

const lastPrompt = (): string[] =>
  chat.provider.requests
    .at(-1)!
    .body.messages.slice(1)
    .map(({ content }: Values) => /<question>\n(.*)\n/.exec(content)?.[1] ?? content);

describe('regenerateMessage', () => {
  it('makes a new answer beside the old one, and the conversation shows the new one', async () => {
    const { second, conversationId } = await conversation();
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
    expect(await shown(conversationId)).toEqual([QUESTION, 'First [1].', SECOND, 'Second, anew [1].']);
  });

  it('asks with what came before the question, and without what came after it', async () => {
    const { first, second } = await conversation();
    await chat.untilEnded(await regenerate(second.answerId));
    expect(lastPrompt()).toEqual([QUESTION, 'First.', SECOND]);
    await chat.untilEnded(await regenerate(first.answerId));
    expect(lastPrompt()).toEqual([QUESTION]);
  });

  it('begins a new branch in the middle of a conversation, which goes on from there', async () => {
    const { first, conversationId } = await conversation();
    chat.provider.script(answers('First, anew [1].'), answers('Third [1].'));
    await chat.untilEnded(await regenerate(first.answerId));
    expect(await shown(conversationId)).toEqual([QUESTION, 'First, anew [1].']);

    const third = await chat.send(conversationId, 'Where does the backup go?');
    await chat.untilEnded(third.answerId);
    expect(await shown(conversationId)).toEqual([
      QUESTION,
      'First, anew [1].',
      'Where does the backup go?',
      'Third [1].',
    ]);
    expect(lastPrompt()).toEqual([QUESTION, 'First, anew.', 'Where does the backup go?']);
  });

  it('brings a branch back that the conversation did not show', async () => {
    const { first, second, conversationId } = await conversation();
    chat.provider.script(answers('First, anew [1].'), answers('Second, anew [1].'));
    await chat.untilEnded(await regenerate(first.answerId));
    await chat.untilEnded(await regenerate(second.answerId));
    expect(await shown(conversationId)).toEqual([QUESTION, 'First [1].', SECOND, 'Second, anew [1].']);
    expect(lastPrompt()).toEqual([QUESTION, 'First.', SECOND]);
  });

  it('is answered by the provider that the conversation has now', async () => {
    const { second, conversationId } = await conversation();
    const other = await chat.createModel({});
    await chat.app.mutate('updateConversation', 'conversation { id }', { id: conversationId, llmProviderId: other });
    const id = await regenerate(second.answerId);
    expect(await chat.untilEnded(id)).toMatchObject({ llmProvider: { id: other } });
    expect(await chat.message(second.answerId)).toMatchObject({ llmProvider: { id: chat.llmProviderId } });
  });

  it('answers CONFLICT while any answer of the conversation is being generated', async () => {
    const { first, second } = await conversation();
    chat.provider.script(staysSilent());
    const going = await regenerate(second.answerId);
    for (const id of [going, second.answerId, first.answerId]) {
      const { assistantMessage, userErrors } = await chat.app.mutate('regenerateMessage', 'assistantMessage { id }', {
        id,
      });
      expect(assistantMessage).toBeNull();
      expect(userErrors).toMatchObject([{ code: 'CONFLICT', field: ['input', 'id'] }]);
    }
    await chat.app.mutate('stopMessage', 'message { id }', { id: going });
  });

  it('answers INVALID for a question, and NOT_FOUND for what is no message', async () => {
    const { first, conversationId } = await conversation();
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
