import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MessageRole, MessageStatus } from '../src/conversation/message.enums.js';
import { buildConversation, buildMessage, buildProject } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
let projectId: string;
beforeAll(async () => {
  app = await startTestApp();
  projectId = (await buildProject(app)).id;
});
afterAll(() => app.stop());

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const MESSAGE = `id role content status error { code } outcome sources { index } citations { verdict } usage { inputTokens }
  llmProvider { id } rating parent { id } siblings { id } conversation { id }`;
const BOTH = `userMessage { ${MESSAGE} } assistantMessage { ${MESSAGE} }`;

const conversation = () => buildConversation(app, { projectId });
const send = (input: Values, selection = BOTH) => app.mutate('sendMessage', selection, input);
const rate = (input: Values) => app.mutate('rateMessage', 'message { id rating }', input);

/** A conversation with a question and its answer, which stands as told. */
async function exchange(status: MessageStatus = MessageStatus.COMPLETE) {
  const { id: conversationId } = await conversation();
  const question = await buildMessage(app, { conversationId, sequence: 1 });
  const answer = await buildMessage(app, {
    conversationId,
    sequence: 2,
    role: MessageRole.ASSISTANT,
    status,
    content: 'An answer.',
    parentId: question.id,
    heartbeatAt: status === MessageStatus.GENERATING ? new Date() : null,
  });
  return { conversationId, question, answer };
}

async function contents(conversationId: string): Promise<string[]> {
  const document = 'query($id: ID!) { conversation(id: $id) { messages(first: 100) { nodes { content } } } }';
  const { nodes } = (await app.query(document, { id: conversationId })).conversation.messages;
  return nodes.map(({ content }: Values) => content);
}

describe('sendMessage', () => {
  it('stores the question and an empty answer, and returns both at once', async () => {
    const { id, llmProviderId } = await conversation();
    const { userMessage, assistantMessage, userErrors } = await send({ conversationId: id, content: ' Why?\n' });
    expect(userErrors).toEqual([]);
    const nothing = { error: null, outcome: null, citations: [], usage: null, rating: null, conversation: { id } };
    expect(userMessage).toEqual({
      ...nothing,
      id: expect.any(String),
      role: 'USER',
      content: 'Why?',
      status: 'COMPLETE',
      sources: null,
      llmProvider: null,
      parent: null,
      siblings: [{ id: userMessage.id }],
    });
    expect(assistantMessage).toEqual({
      ...nothing,
      id: expect.any(String),
      role: 'ASSISTANT',
      content: '',
      status: 'GENERATING',
      sources: [],
      llmProvider: { id: llmProviderId },
      parent: { id: userMessage.id },
      siblings: [{ id: assistantMessage.id }],
    });
  });

  it('appends to the end of the conversation, each message under the one before', async () => {
    const { conversationId, answer } = await exchange();
    const { userMessage } = await send({ conversationId, content: 'And then?' });
    expect(userMessage.parent).toEqual({ id: answer.id });
    expect((await contents(conversationId)).slice(0, 3)).toEqual(['A question?', 'An answer.', 'And then?']);
  });

  it('orders messages by their sequence, however equal their times are', async () => {
    const { id: conversationId } = await conversation();
    const createdAt = new Date();
    for (const sequence of [3, 1, 2])
      await buildMessage(app, { conversationId, sequence, createdAt, content: `Message ${sequence}` });
    expect(await contents(conversationId)).toEqual(['Message 1', 'Message 2', 'Message 3']);
  });

  it('takes content of 1 to 100,000 characters after trimming', async () => {
    const longest = '😀'.repeat(100_000);
    const { id: conversationId } = await conversation();
    const { userMessage } = await send({ conversationId, content: ` ${longest} ` });
    expect(userMessage.content === longest).toBe(true);
    for (const [content, message] of [
      ['', 'Content must not be blank.'],
      [' \n\t\u00a0', 'Content must not be blank.'],
      ['x'.repeat(100_001), 'Content must have at most 100,000 characters.'],
      ['a\0b', 'Content must not hold NUL characters or broken Unicode.'],
    ]) {
      const { id } = await conversation();
      const refused = await send({ conversationId: id, content }, 'userMessage { id } assistantMessage { id }');
      expect(refused).toEqual({
        userMessage: null,
        assistantMessage: null,
        userErrors: [{ code: 'INVALID', field: ['input', 'content'], message }],
      });
      expect(await contents(id)).toEqual([]);
    }
  });

  it('answers CONFLICT while an answer is being generated, and writes nothing', async () => {
    const { conversationId } = await exchange(MessageStatus.GENERATING);
    const { userErrors } = await send({ conversationId, content: 'Faster?' });
    expect(userErrors).toEqual([
      {
        code: 'CONFLICT',
        field: ['input', 'conversationId'],
        message: 'An answer is still being generated. Wait for its end, or stop it with stopMessage.',
      },
    ]);
    expect(await contents(conversationId)).toHaveLength(2);
  });

  it('sends once for the same idempotency key, also while the answer is being generated', async () => {
    const { id: conversationId } = await conversation();
    const input = { conversationId, content: 'Once?', idempotencyKey: 'the same message' };
    const ids = 'userMessage { id } assistantMessage { id }';
    const [first, ...others] = await Promise.all([send(input, ids), send(input, ids), send(input, ids)]);
    expect(first.userErrors).toEqual([]);
    expect(others).toEqual([first, first]);
    expect(await contents(conversationId)).toHaveLength(2);
    expect((await send({ ...input, content: 'Twice?' })).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'idempotencyKey'] },
    ]);
  });

  it('answers NOT_FOUND for what is no conversation', async () => {
    for (const conversationId of [UNKNOWN, projectId, 'x'])
      expect((await send({ conversationId, content: 'Where?' })).userErrors).toMatchObject([
        { code: 'NOT_FOUND', field: ['input', 'conversationId'] },
      ]);
  });
});

describe('rateMessage', () => {
  const commentOf = async (id: string): Promise<string | null> =>
    (await app.query('query($id: ID!) { message(id: $id) { ratingComment } }', { id })).message.ratingComment;

  it('rates an answer with a comment, changes its mind, and takes both back', async () => {
    const { id } = (await exchange()).answer;
    expect(await rate({ id, rating: 'BAD', comment: ' Wrong. ' })).toEqual({
      message: { id, rating: 'BAD' },
      userErrors: [],
    });
    expect(await commentOf(id)).toBe('Wrong.');
    expect((await rate({ id, rating: 'GOOD' })).message.rating).toBe('GOOD');
    expect(await commentOf(id)).toBeNull();
    await rate({ id, rating: 'GOOD', comment: 'Right.' });
    expect((await rate({ id, rating: null, comment: 'For nothing' })).message.rating).toBeNull();
    expect(await commentOf(id)).toBeNull();
  });

  it('leaves the rating as it is where only a comment comes', async () => {
    const { id } = (await exchange()).answer;
    expect((await rate({ id, comment: 'Nobody rated it.' })).userErrors).toMatchObject([
      { code: 'INVALID', field: ['input', 'rating'] },
    ]);
    await rate({ id, rating: 'BAD' });
    expect((await rate({ id, comment: 'Too short.' })).message.rating).toBe('BAD');
    expect(await commentOf(id)).toBe('Too short.');
    expect((await rate({ id })).message.rating).toBe('BAD');
    expect(await commentOf(id)).toBe('Too short.');
  });

  it('refuses a comment of more than 2,000 characters, questions, what is generated, and what is not there', async () => {
    const { question, answer } = await exchange();
    const generating = (await exchange(MessageStatus.GENERATING)).answer;
    const refusals = [
      await rate({ id: answer.id, rating: 'GOOD', comment: 'x'.repeat(2_001) }),
      await rate({ id: question.id, rating: 'GOOD' }),
      await rate({ id: generating.id, rating: 'GOOD' }),
      await rate({ id: UNKNOWN, rating: 'GOOD' }),
    ];
    expect(refusals.map(({ userErrors: [{ code, field }] }) => [code, field.at(-1)])).toEqual([
      ['INVALID', 'comment'],
      ['INVALID', 'id'],
      ['CONFLICT', 'id'],
      ['NOT_FOUND', 'id'],
    ]);
  });
});
