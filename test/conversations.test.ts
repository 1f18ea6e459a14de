import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildLLMProvider, buildProject, defaultProviderId } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
let projectId: string;
beforeAll(async () => {
  app = await startTestApp();
  projectId = (await buildProject(app)).id;
});
afterAll(() => app.stop());

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const CONVERSATION = 'conversation { id title createdAt updatedAt project { id } llmProvider { id } }';

const create = (input: Values = {}) => app.mutate('createConversation', CONVERSATION, { projectId, ...input });
const update = (input: Values) => app.mutate('updateConversation', CONVERSATION, input);
const find = async (id: string) =>
  (await app.query(`query($id: ID!) { conversation(id: $id) { id title updatedAt messages { totalCount } } }`, { id }))
    .conversation;

/** Sends a question and waits for its answer, which comes at once: the project has no documents. */
async function send(conversationId: string, content: string): Promise<void> {
  const { assistantMessage } = await app.mutate('sendMessage', 'assistantMessage { id }', { conversationId, content });
  await app.follow('subscription($id: ID!) { answerEvents(messageId: $id) { seq } }', { id: assistantMessage.id });
}

describe('createConversation', () => {
  it('creates an empty one that is called "New conversation" and that the default provider answers', async () => {
    const { conversation, userErrors } = await create();
    expect(userErrors).toEqual([]);
    expect(conversation).toMatchObject({
      title: 'New conversation',
      project: { id: projectId },
      llmProvider: { id: await defaultProviderId(app) },
    });
    expect(conversation.updatedAt).toBe(conversation.createdAt);
    expect(await find(conversation.id)).toMatchObject({ messages: { totalCount: 0 } });
  });

  it('takes another provider, and a title, trimmed', async () => {
    const { id } = await buildLLMProvider(app);
    const { conversation } = await create({ llmProviderId: id, title: '  Setting up \n' });
    expect(conversation).toMatchObject({ title: 'Setting up', llmProvider: { id } });
  });

  it('sends a first message at once, and takes its title from it', async () => {
    const { conversation, userMessage, assistantMessage } = await app.mutate(
      'createConversation',
      'conversation { id title } userMessage { content status } assistantMessage { content status }',
      { projectId, message: ' How is it installed? ' },
    );
    expect(conversation.title).toBe('How is it installed?');
    expect(userMessage).toEqual({ content: 'How is it installed?', status: 'COMPLETE' });
    expect(assistantMessage).toEqual({ content: '', status: 'GENERATING' });
  });

  it('makes one conversation and one answer for the same idempotency key', async () => {
    const ids = 'conversation { id } userMessage { id } assistantMessage { id }';
    const input = { projectId, message: 'Once?', idempotencyKey: 'the same conversation' };
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => app.mutate('createConversation', ids, input)));
    expect(first!.userErrors).toEqual([]);
    expect(others).toEqual([first, first]);
    const reused = await app.mutate('createConversation', ids, { ...input, message: 'Twice?' });
    expect(reused.userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED', field: ['input', 'idempotencyKey'] }]);
  });

  it.each([
    ['a blank title', { title: ' \n ' }, 'title', 'Title must not be blank.'],
    ['a title of 256 characters', { title: '😀'.repeat(256) }, 'title', 'Title must have at most 255 characters.'],
    ['a blank message', { message: ' \t ' }, 'message', 'Message must not be blank.'],
    ['a long message', { message: 'x'.repeat(100_001) }, 'message', 'Message must have at most 100,000 characters.'],
    ['NUL', { title: 'a\0b' }, 'title', 'Title must not hold NUL characters or broken Unicode.'],
  ])('answers INVALID for %s', async (_, input, field, message) => {
    const { conversation, userErrors } = await create(input);
    expect(conversation).toBeNull();
    expect(userErrors).toEqual([{ code: 'INVALID', field: ['input', field], message }]);
  });

  it('counts characters, not UTF-16 code units', async () => {
    const title = '😀'.repeat(255);
    expect((await create({ title })).conversation.title).toBe(title);
  });

  it.each([
    ['projectId', { projectId: UNKNOWN }],
    ['projectId', { projectId: 'no id at all' }],
    ['llmProviderId', { llmProviderId: UNKNOWN }],
    ['llmProviderId', { llmProviderId: "'" }],
  ])('answers NOT_FOUND for an unknown %s', async (field, input) => {
    expect((await create(input)).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['input', field] }]);
  });
});

describe('the title', () => {
  it('is the first message as one line, whole up to 50 characters', async () => {
    const { conversation } = await create();
    await send(conversation.id, `${'a'.repeat(24)}\n\n ${'b'.repeat(25)}`);
    expect(await find(conversation.id)).toMatchObject({ title: `${'a'.repeat(24)} ${'b'.repeat(25)}` });
  });

  it('is the first 50 characters and "…" where the message is longer', async () => {
    const { conversation } = await create({ message: `${'😀'.repeat(50)}!` });
    expect(conversation.title).toBe(`${'😀'.repeat(50)}…`);
  });

  it('stays with the first message', async () => {
    const { conversation } = await create();
    await send(conversation.id, 'The first?');
    await send(conversation.id, 'The second?');
    expect(await find(conversation.id)).toMatchObject({ title: 'The first?' });
  });

  it('that was given is not taken from a message', async () => {
    const { conversation } = await create({ title: 'Mine' });
    await send(conversation.id, 'A question?');
    expect(await find(conversation.id)).toMatchObject({ title: 'Mine' });
  });

  it('that is called like an untitled one stays when it was given', async () => {
    const { conversation } = await create({ title: 'New conversation', message: 'A question?' });
    expect(conversation.title).toBe('New conversation');
  });
});

describe('updateConversation', () => {
  it('changes the title, and null takes it from the first message again', async () => {
    const { conversation } = await create({ message: 'What is it?' });
    const { id } = conversation;
    expect((await update({ id, title: ' Renamed ' })).conversation.title).toBe('Renamed');
    expect((await update({ id, title: null })).conversation.title).toBe('What is it?');
  });

  it('makes one without messages "New conversation" again, so that the first message names it', async () => {
    const { conversation } = await create({ title: 'Mine' });
    const { id } = conversation;
    expect((await update({ id, title: null })).conversation.title).toBe('New conversation');
    await send(id, 'What is it?');
    expect(await find(id)).toMatchObject({ title: 'What is it?' });
  });

  it('gives the next messages another provider, and leaves the title', async () => {
    const { conversation } = await create({ title: 'Mine' });
    const other = await buildLLMProvider(app);
    const changed = await update({ id: conversation.id, llmProviderId: other.id });
    expect(changed.conversation).toMatchObject({ title: 'Mine', llmProvider: { id: other.id } });
    const sent = await app.mutate('sendMessage', 'assistantMessage { llmProvider { id } }', {
      conversationId: conversation.id,
      content: 'Who are you?',
    });
    expect(sent.assistantMessage.llmProvider).toEqual({ id: other.id });
  });

  it.each([
    ['a blank title', { title: ' ' }, 'INVALID', 'title', 'Title must not be blank.'],
    [
      'null as provider',
      { llmProviderId: null },
      'INVALID',
      'llmProviderId',
      'llmProviderId must not be null. Leave it out to keep it as it is.',
    ],
    [
      'an unknown provider',
      { llmProviderId: UNKNOWN },
      'NOT_FOUND',
      'llmProviderId',
      'There is no LLMProvider with this id.',
    ],
  ])('refuses %s and changes nothing', async (_, input, code, field, message) => {
    const { conversation } = await create({ title: 'Before' });
    const refused = await update({ id: conversation.id, title: 'After', ...input });
    expect(refused.userErrors).toEqual([{ code, field: ['input', field], message }]);
    expect(await find(conversation.id)).toMatchObject({ title: 'Before' });
  });

  it('answers NOT_FOUND for what is no conversation', async () => {
    for (const id of [UNKNOWN, projectId, 'x'])
      expect((await update({ id, title: 'x' })).userErrors).toMatchObject([
        { code: 'NOT_FOUND', field: ['input', 'id'] },
      ]);
  });
});
