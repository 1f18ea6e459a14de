import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildConversation, buildLLMProvider, buildProject, defaultProviderId } from './support/factories.js';
import { createTestHome, startTestApp, type TestApp, type Values } from './support/test-app.js';

/** The key of one vendor is set, those of the others are not. */
let app: TestApp;
let projectId: string;
beforeAll(async () => {
  app = await startTestApp({ env: { GOOGLE_GENERATIVE_AI_API_KEY: 'not-a-key' } });
  projectId = (await buildProject(app)).id;
});
afterAll(() => app.stop());

const refusal = (...path: string[]): Values => ({
  code: 'CONFLICT',
  message: 'OpenAI needs an API key. Set OPENAI_API_KEY and restart the service.',
  field: ['input', ...path],
});
const keyless = async (): Promise<string> => (await buildLLMProvider(app, { providerName: 'openai' })).id;
const create = (input: Values) => app.mutate('createLLMProvider', 'llmProvider { isDefault missingVariable }', input);

describe('a language model whose key is not set', () => {
  it.each([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['google', null],
    ['ollama', null],
  ])('of %s can be added, and says what is missing: %s', async (providerName, missingVariable) => {
    expect(await create({ providerName, modelName: 'added' })).toEqual({
      llmProvider: { isDefault: false, missingVariable },
      userErrors: [],
    });
  });

  it('does not become the default, whichever way', async () => {
    const before = await defaultProviderId(app);
    const id = await keyless();
    const input = { providerName: 'openai', modelName: 'the default', isDefault: true };
    expect(await create(input)).toEqual({ llmProvider: null, userErrors: [refusal('isDefault')] });
    const update = await app.mutate('updateLLMProvider', 'llmProvider { id }', { id, isDefault: true });
    expect(update).toEqual({ llmProvider: null, userErrors: [refusal('isDefault')] });
    const set = await app.mutate('setDefaultLLMProvider', 'llmProvider { id }', { id });
    expect(set).toEqual({ llmProvider: null, userErrors: [refusal('id')] });
    expect(await defaultProviderId(app)).toBe(before);
  });

  it('does not answer in a conversation, neither first nor in place of another one', async () => {
    const id = await keyless();
    const conversation = await buildConversation(app, { projectId });
    for (const [input, path] of [
      [{ llmProviderId: id }, ['llmProviderId']],
      [{ fallbackProviderIds: [id] }, ['fallbackProviderIds', '0']],
    ] as const) {
      const refused = { conversation: null, userErrors: [refusal(...path)] };
      expect(await app.mutate('createConversation', 'conversation { id }', { projectId, ...input })).toEqual(refused);
      const update = { id: conversation.id, ...input };
      expect(await app.mutate('updateConversation', 'conversation { id }', update)).toEqual(refused);
    }
  });

  it('does not judge citations', async () => {
    const citationJudgeId = await keyless();
    const refused = { project: null, userErrors: [refusal('citationJudgeId')] };
    expect(await app.mutate('createProject', 'project { id }', { name: 'Judged', citationJudgeId })).toEqual(refused);
    expect(await app.mutate('updateProject', 'project { id }', { id: projectId, citationJudgeId })).toEqual(refused);
  });
});

describe('a default whose key is gone since', () => {
  it('is told by a new conversation that names nobody', async () => {
    const home = await createTestHome();
    const before = await startTestApp({ home, env: { OPENAI_API_KEY: 'not-a-key' } });
    const input = { providerName: 'openai', modelName: 'the default', isDefault: true };
    const made = await before.mutate('createLLMProvider', 'llmProvider { isDefault missingVariable }', input);
    expect(made.llmProvider).toEqual({ isDefault: true, missingVariable: null });
    const { id } = await buildProject(before);
    await before.stop();
    const since = await startTestApp({ home });
    const asked = { projectId: id, message: 'Hello?' };
    expect(await since.mutate('createConversation', 'conversation { id }', asked)).toEqual({
      conversation: null,
      userErrors: [refusal('llmProviderId')],
    });
    await since.stop();
    await home.remove();
  });
});
