import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { execute } from '../src/platform/database/query.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { buildProject } from './support/factories.js';
import { answers, endsEarlyAfter, fails, staysSilent, type Step } from './support/scripted-provider.js';
import { buildSyncedProject } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat({ settings: { MAX_GENERATIONS: '1' } })));
afterEach(async () => {
  chat.provider.reset();
  await spend(0);
  await allow(null);
  await chat.judgeBy(null);
});
afterAll(() => chat.stop());

const SPENT =
  "The project's budget of tokens is used up. Raise maxTokens with updateProject, or use the builtin model.";
const USAGE = 'tokenUsage { inputTokens outputTokens }';

async function allow(maxTokens: number | null): Promise<Values> {
  const input = { id: chat.project.projectId, maxTokens };
  return chat.app.mutate('updateProject', 'project { maxTokens }', input);
}

/** As if its answers had cost this until now. */
async function spend(tokens: number): Promise<void> {
  await execute(
    chat.app.app.services.database.fork(),
  )`update project set input_tokens = ${tokens}, output_tokens = 0 where id = ${chat.project.projectId}`;
}

async function usageOf(type: 'project' | 'conversation', id: string): Promise<Values> {
  return (await chat.app.query(`query($id: ID!) { ${type}(id: $id) { ${USAGE} } }`, { id }))[type].tokenUsage;
}

async function answered(...steps: Step[]) {
  chat.provider.script(...steps);
  const asked = await chat.ask(QUESTION);
  return { ...asked, answer: await chat.untilEnded(asked.answerId) };
}

/** 7 tokens in, 5 out, as the provider counts them. */
const FIVE_WORDS = answers('Run it with npm [1].');

describe('tokenUsage', () => {
  it('adds up what the answers cost, of a conversation and of a project', async () => {
    const { conversationId, answer } = await answered(FIVE_WORDS, FIVE_WORDS);
    expect(answer.usage).toEqual({ inputTokens: 7, outputTokens: 5 });
    await chat.untilEnded((await chat.send(conversationId, QUESTION)).answerId);
    await answered(FIVE_WORDS);
    expect(await usageOf('conversation', conversationId)).toEqual({ inputTokens: 14, outputTokens: 10 });
    expect(await usageOf('project', chat.project.projectId)).toEqual({ inputTokens: 21, outputTokens: 15 });
  });

  it('of a project stays when a conversation is deleted', async () => {
    const { conversationId } = await answered(FIVE_WORDS);
    await chat.app.mutate('deleteConversation', 'deletedId', { id: conversationId });
    expect(await usageOf('project', chat.project.projectId)).toEqual({ inputTokens: 7, outputTokens: 5 });
  });

  it('is 0 where nothing was asked, and where only the builtin provider answers', async () => {
    const { id } = await buildProject(chat.app);
    expect(await usageOf('project', id)).toEqual({ inputTokens: 0, outputTokens: 0 });
    const { conversationId, answerId } = await chat.ask(QUESTION, await builtinId());
    expect((await chat.untilEnded(answerId)).usage).toEqual({
      inputTokens: expect.any(Number),
      outputTokens: expect.any(Number),
    });
    expect(await usageOf('conversation', conversationId)).toEqual({ inputTokens: 0, outputTokens: 0 });
    expect(await usageOf('project', chat.project.projectId)).toEqual({ inputTokens: 0, outputTokens: 0 });
  });

  it('counts an answer that was stopped, which the provider never counted', async () => {
    chat.provider.script(staysSilent({ after: 'Run npm' }));
    const { answerId } = await chat.ask(QUESTION);
    await chat.untilContent(answerId, 'Run npm');
    await chat.app.mutate('stopMessage', 'message { id }', { id: answerId });
    const { usage } = await chat.message(answerId);
    expect(usage.inputTokens).toBeGreaterThan(100);
    expect(usage.outputTokens).toBe(3);
    expect(await usageOf('project', chat.project.projectId)).toEqual(usage);
  });

  it('counts what a provider does not, though the message has no usage then', async () => {
    const { answer } = await answered(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = { id: 'x', choices: [{ index: 0, delta: { content: 'Yes [1].' }, finish_reason: 'stop' }] };
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    expect(answer).toMatchObject({ status: 'COMPLETE', usage: null });
    expect(await usageOf('project', chat.project.projectId)).toEqual({
      inputTokens: expect.any(Number),
      outputTokens: 3,
    });
  });

  it('counts what broke off, and nothing of what was refused', async () => {
    expect((await answered(fails(401))).answer.usage).toBeNull();
    expect(await usageOf('project', chat.project.projectId)).toEqual({ inputTokens: 0, outputTokens: 0 });
    const { answer } = await answered(endsEarlyAfter('Run npm'));
    expect(answer).toMatchObject({ status: 'FAILED', usage: { outputTokens: 3 } });
    expect(await usageOf('project', chat.project.projectId)).toEqual(answer.usage);
  });

  it('counts the judge of citations', async () => {
    await chat.judgeBy(chat.llmProviderId);
    const { answer } = await answered(answers('Run `npm install ibid-demo` [1].'), answers('{"1":"SUPPORTED"}'));
    expect(chat.provider.requests).toHaveLength(2);
    expect(answer.usage).toEqual({ inputTokens: 14, outputTokens: 6 });
    expect(await usageOf('project', chat.project.projectId)).toEqual({ inputTokens: 14, outputTokens: 6 });
  });

  it('shows no more than an Int can hold', async () => {
    await spend(5_000_000_000);
    expect(await usageOf('project', chat.project.projectId)).toEqual({ inputTokens: 2_147_483_647, outputTokens: 0 });
  });
});

const builtinId = async (): Promise<string> =>
  (await chat.app.query('{ llmProviders(first: 10) { nodes { id providerName } } }')).llmProviders.nodes.find(
    ({ providerName }: Values) => providerName === 'builtin',
  ).id;

describe('a budget that is used up', () => {
  const both = 'userMessage { id } assistantMessage { id }';
  const refused = (field: string) => [{ code: 'LIMIT_EXCEEDED', field: ['input', field], message: SPENT }];
  const ask = (input: Values) => chat.app.mutate('createConversation', `conversation { id } ${both}`, input);

  it('refuses questions and new answers with LIMIT_EXCEEDED, and calls no provider', async () => {
    const { conversationId, questionId, answerId } = await answered(FIVE_WORDS);
    expect(await allow(12)).toMatchObject({ project: { maxTokens: 12 }, userErrors: [] });
    const { projectId } = chat.project;
    expect((await ask({ projectId, message: QUESTION })).userErrors).toEqual(refused('projectId'));
    const send = { conversationId, content: QUESTION };
    expect(await chat.app.mutate('sendMessage', both, send)).toEqual({
      userMessage: null,
      assistantMessage: null,
      userErrors: refused('conversationId'),
    });
    const again = await chat.app.mutate('regenerateMessage', 'assistantMessage { id }', { id: answerId });
    expect(again).toEqual({ assistantMessage: null, userErrors: refused('id') });
    const edited = await chat.app.mutate('editMessage', both, { id: questionId, content: 'Another?' });
    expect(edited).toEqual({ userMessage: null, assistantMessage: null, userErrors: refused('id') });
    const { conversation } = await chat.app.query(
      'query($id: ID!) { conversation(id: $id) { messages { totalCount } } }',
      { id: conversationId },
    );
    expect(conversation.messages.totalCount).toBe(2);
    expect(chat.provider.requests).toHaveLength(1);
  });

  it('lets the last answer before it come to its end, and lets go on who raises it', async () => {
    await allow(1);
    const { conversationId, answer } = await answered(FIVE_WORDS);
    expect(answer).toMatchObject({ status: 'COMPLETE', usage: { inputTokens: 7, outputTokens: 5 } });
    await allow(13);
    const { answerId } = await chat.send(conversationId, QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE' });
  });

  it('lets nobody judge an answer that has used it up', async () => {
    await chat.judgeBy(chat.llmProviderId);
    await allow(12);
    const { answer } = await answered(answers('Run `npm install ibid-demo` [1].'));
    expect(answer).toMatchObject({ status: 'COMPLETE', usage: { inputTokens: 7, outputTokens: 5 } });
    expect(chat.provider.requests).toHaveLength(1);
  });

  it('leaves conversations without a message, the builtin provider and other projects alone', async () => {
    await allow(0);
    const { projectId } = chat.project;
    expect(await ask({ projectId })).toMatchObject({ conversation: { id: expect.any(String) }, userErrors: [] });
    const { answerId } = await chat.ask(QUESTION, await builtinId());
    expect(await chat.untilEnded(answerId)).toMatchObject({ outcome: 'ANSWERED' });
    const other = await buildSyncedProject(chat.app, chat.host, { 'npm.md': '# Install\n\nInstall it with npm.\n' });
    const { assistantMessage } = await ask({ projectId: other.projectId, message: QUESTION });
    expect(await chat.untilEnded(assistantMessage.id)).toMatchObject({ outcome: 'ANSWERED' });
    expect(chat.provider.requests).toHaveLength(1);
  });

  it('gives the first result again to who repeats an idempotency key', async () => {
    const input = { projectId: chat.project.projectId, message: QUESTION, idempotencyKey: 'budget' };
    const first = await ask(input);
    await chat.untilEnded(first.assistantMessage.id);
    await allow(0);
    expect(await ask(input)).toEqual(first);
  });

  it('ends an answer that was sent before as FAILED, without a request to the provider', async () => {
    chat.provider.script(staysSilent({ after: 'Run npm' }));
    const going = await chat.ask(QUESTION);
    await chat.untilContent(going.answerId, 'Run npm');
    const waiting = await chat.ask(QUESTION);
    await allow(0);
    await chat.app.mutate('stopMessage', 'message { id }', { id: going.answerId });
    expect(await chat.untilEnded(waiting.answerId)).toMatchObject({
      status: 'FAILED',
      content: '',
      usage: null,
      error: { code: 'LIMIT_EXCEEDED', message: SPENT, retryable: false },
      sources: [{ filePath: 'docs/install.md' }],
    });
    expect(chat.provider.requests).toHaveLength(1);
  });
});

describe('maxTokens', () => {
  it('is a whole number from 0 up, or null for no limit, and is given to a project when it is made or later', async () => {
    const { project } = await chat.app.mutate('createProject', `project { id maxTokens ${USAGE} }`, {
      name: 'Limited',
      maxTokens: 1_000,
    });
    expect(project).toEqual({
      id: expect.any(String),
      maxTokens: 1_000,
      tokenUsage: { inputTokens: 0, outputTokens: 0 },
    });
    const update = (input: Values) =>
      chat.app.mutate('updateProject', 'project { maxTokens }', { id: project.id, ...input });
    expect((await update({ maxTokens: 2_147_483_647 })).project).toEqual({ maxTokens: 2_147_483_647 });
    expect((await update({ description: 'It has a limit.' })).project).toEqual({ maxTokens: 2_147_483_647 });
    expect((await update({ maxTokens: null })).project).toEqual({ maxTokens: null });
    const wrong = [{ code: 'INVALID', field: ['input', 'maxTokens'], message: 'maxTokens must be 0 or more.' }];
    expect((await update({ maxTokens: -1 })).userErrors).toEqual(wrong);
    expect(
      (await chat.app.mutate('createProject', 'project { id }', { name: 'None', maxTokens: -1 })).userErrors,
    ).toEqual(wrong);
  });
});
