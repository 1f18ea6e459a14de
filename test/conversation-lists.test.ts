import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { MessageRole } from '../src/conversation/message.enums.js';
import { buildConversation, buildLLMProvider, buildMessage, buildProject } from './support/factories.js';
import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

async function listed(projectId: string): Promise<string[]> {
  const document = 'query($id: ID!) { project(id: $id) { conversations { nodes { id } totalCount } } }';
  const { conversations } = (await app.query(document, { id: projectId })).project;
  expect(conversations.totalCount).toBe(conversations.nodes.length);
  return conversations.nodes.map(({ id }: { id: string }) => id);
}

describe('the conversations of a project', () => {
  it('come last active first, and a message makes one the last active', async () => {
    const { id: projectId } = await buildProject(app);
    const older = await buildConversation(app, { projectId, updatedAt: at(1) });
    const newer = await buildConversation(app, { projectId, updatedAt: at(2) });
    expect(await listed(projectId)).toEqual([newer.id, older.id]);

    await app.mutate('sendMessage', 'userMessage { id }', { conversationId: older.id, content: 'Still there?' });
    expect(await listed(projectId)).toEqual([older.id, newer.id]);
    const { conversation } = await app.query('query($id: ID!) { conversation(id: $id) { updatedAt } }', {
      id: older.id,
    });
    expect(Date.parse(conversation.updatedAt)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('move up when an answer is generated anew, not when they are renamed', async () => {
    const { id: projectId } = await buildProject(app);
    const older = await buildConversation(app, { projectId, updatedAt: at(1) });
    const newer = await buildConversation(app, { projectId, updatedAt: at(2) });
    await app.mutate('updateConversation', 'conversation { id }', { id: older.id, title: 'Renamed' });
    expect(await listed(projectId)).toEqual([newer.id, older.id]);

    const question = await buildMessage(app, { conversationId: older.id, sequence: 1 });
    const answer = await buildMessage(app, {
      conversationId: older.id,
      sequence: 2,
      role: MessageRole.ASSISTANT,
      parentId: question.id,
    });
    const { userErrors } = await app.mutate('regenerateMessage', 'assistantMessage { id }', { id: answer.id });
    expect(userErrors).toEqual([]);
    expect(await listed(projectId)).toEqual([older.id, newer.id]);
  });

  it('are those of the project only', async () => {
    const [{ id: projectId }, other] = [await buildProject(app), await buildProject(app)];
    await buildConversation(app, { projectId: other.id });
    expect(await listed(projectId)).toEqual([]);
  });
});

describe('the conversations of a provider', () => {
  it('come last active first', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: llmProviderId } = await buildLLMProvider(app);
    const older = await buildConversation(app, { projectId, llmProviderId, updatedAt: at(1) });
    const newer = await buildConversation(app, { projectId, llmProviderId, updatedAt: at(2) });
    const { llmProvider } = await app.query(
      'query($id: ID!) { llmProvider(id: $id) { conversations { nodes { id } } } }',
      { id: llmProviderId },
    );
    expect(llmProvider.conversations.nodes).toEqual([{ id: newer.id }, { id: older.id }]);
  });
});

describe('deleteConversation', () => {
  const remove = (id: string) => app.mutate('deleteConversation', 'deletedId', { id });

  it('deletes it with its messages', async () => {
    const { id: projectId } = await buildProject(app);
    const { id } = await buildConversation(app, { projectId });
    const message = await buildMessage(app, { conversationId: id, sequence: 1 });
    expect(await remove(id)).toEqual({ deletedId: id, userErrors: [] });
    expect(await app.query(`{ conversation(id: "${id}") { id } message(id: "${message.id}") { id } }`)).toEqual({
      conversation: null,
      message: null,
    });
    expect(await listed(projectId)).toEqual([]);
  });

  it('answers NOT_FOUND the second time, and for what is no id', async () => {
    const { id: projectId } = await buildProject(app);
    const { id } = await buildConversation(app, { projectId });
    await remove(id);
    for (const gone of [id, UNKNOWN, 'x'])
      expect(await remove(gone)).toMatchObject({
        deletedId: null,
        userErrors: [{ code: 'NOT_FOUND', field: ['input', 'id'] }],
      });
  });
});
