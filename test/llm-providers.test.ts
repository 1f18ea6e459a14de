import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { newId } from '../src/platform/database/columns.js';
import { buildLLMProvider } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const FIELDS =
  'llmProvider { id providerName modelName isDefault apiConfig createdAt } previousDefault { id isDefault }';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

const create = (input: Values) => app.mutate('createLLMProvider', FIELDS, input);
const update = (input: Values) => app.mutate('updateLLMProvider', FIELDS, input);
const defaults = async (): Promise<string[]> =>
  (await app.query('{ llmProviders(first: 100) { nodes { id isDefault } } }')).llmProviders.nodes
    .filter(({ isDefault }: Values) => isDefault)
    .map(({ id }: Values) => id);

const NO_SUCH = { code: 'NOT_FOUND', message: 'There is no LLMProvider with this id.', field: ['input', 'id'] };

describe('the first start', () => {
  it('makes the builtin provider, as the default', async () => {
    const { llmProviders } = await app.query(
      '{ llmProviders(last: 1) { nodes { providerName apiConfig isDefault } } }',
    );
    expect(llmProviders.nodes).toEqual([{ providerName: 'builtin', apiConfig: {}, isDefault: true }]);
  });
});

describe('createLLMProvider', () => {
  it('creates one that is not the default, with empty settings', async () => {
    const { llmProvider, previousDefault, userErrors } = await create({
      providerName: ' openai ',
      modelName: ' gpt-4o ',
    });
    expect(userErrors).toEqual([]);
    expect(previousDefault).toBeNull();
    expect(llmProvider).toMatchObject({ providerName: 'openai', modelName: 'gpt-4o', isDefault: false, apiConfig: {} });
  });

  it.each(['openai', 'anthropic', 'google', 'ollama'])('knows the provider %s', async (providerName) => {
    expect((await create({ providerName, modelName: 'known' })).userErrors).toEqual([]);
  });

  it('keeps every setting as it is given', async () => {
    const apiConfig = {
      baseUrl: 'http://127.0.0.1:11434/v1',
      temperature: 0.25,
      topP: 1,
      maxTokens: 512,
      contextWindow: 8192,
      timeoutMs: 30_000,
      seed: -7,
      stop: ['END', 'ü'],
    };
    const { llmProvider, userErrors } = await create({
      providerName: 'openai-compatible',
      modelName: 'local',
      apiConfig,
    });
    expect(userErrors).toEqual([]);
    expect(llmProvider.apiConfig).toEqual(apiConfig);
  });

  it('takes settings that are written into the document too', async () => {
    const { createLLMProvider } = await app.query(
      `mutation { createLLMProvider(input: { providerName: "google", modelName: "literal", apiConfig: { temperature: 1, stop: ["a"] } }) {
        llmProvider { apiConfig } userErrors { message } } }`,
    );
    expect(createLLMProvider).toEqual({ llmProvider: { apiConfig: { temperature: 1, stop: ['a'] } }, userErrors: [] });
  });

  it('makes the new one the default in place of the old one', async () => {
    const [before] = await defaults();
    const { llmProvider, previousDefault } = await create({
      providerName: 'ollama',
      modelName: 'the default',
      isDefault: true,
    });
    expect(llmProvider.isDefault).toBe(true);
    expect(previousDefault).toEqual({ id: before, isDefault: false });
    expect(await defaults()).toEqual([llmProvider.id]);
  });

  it('answers TAKEN for a model that this provider has, and leaves the default alone', async () => {
    await create({ providerName: 'ollama', modelName: 'twice' });
    const before = await defaults();
    const { llmProvider, userErrors } = await create({ providerName: 'ollama', modelName: 'twice', isDefault: true });
    expect(llmProvider).toBeNull();
    expect(userErrors).toEqual([
      {
        code: 'TAKEN',
        message: 'This provider has a model of this name already. Change that one with updateLLMProvider.',
        field: ['input', 'modelName'],
      },
    ]);
    expect(await defaults()).toEqual(before);
    expect((await create({ providerName: 'google', modelName: 'twice' })).userErrors).toEqual([]);
  });

  it.each([
    [{ providerName: '', modelName: 'm' }, 'providerName', 'providerName must not be blank.'],
    [{ providerName: 'p'.repeat(51), modelName: 'm' }, 'providerName', 'providerName must have at most 50 characters.'],
    [
      { providerName: 'OpenAI', modelName: 'm' },
      'providerName',
      'providerName must be one of builtin, openai, anthropic, google, ollama, openai-compatible.',
    ],
    [{ providerName: 'openai', modelName: ' ' }, 'modelName', 'modelName must not be blank.'],
    [{ providerName: 'builtin', modelName: 'gpt-4o' }, 'modelName', 'The builtin provider has one model, extractive.'],
    [
      { providerName: 'openai', modelName: 'm'.repeat(101) },
      'modelName',
      'modelName must have at most 100 characters.',
    ],
  ])('answers INVALID for %j', async (input, field, message) => {
    const { llmProvider, userErrors } = await create(input);
    expect(llmProvider).toBeNull();
    expect(userErrors).toEqual([{ code: 'INVALID', message, field: ['input', field] }]);
  });
});

describe('updateLLMProvider', () => {
  it('changes what is given, replaces settings as a whole, and clears them by null', async () => {
    const { id } = await buildLLMProvider(app, { providerName: 'ollama', apiConfig: { temperature: 1, seed: 1 } });
    expect((await update({ id, modelName: ' renamed ' })).llmProvider).toMatchObject({
      modelName: 'renamed',
      apiConfig: { temperature: 1, seed: 1 },
    });
    expect((await update({ id, apiConfig: { topP: 0.5 } })).llmProvider).toMatchObject({
      modelName: 'renamed',
      apiConfig: { topP: 0.5 },
    });
    expect((await update({ id, apiConfig: null })).llmProvider.apiConfig).toEqual({});
  });

  it('answers TAKEN for the name of another model of the provider', async () => {
    const build = () => buildLLMProvider(app, { providerName: 'ollama' });
    const [one, other] = [await build(), await build()];
    const { userErrors } = await update({ id: one.id, modelName: other.modelName });
    expect(userErrors).toMatchObject([{ code: 'TAKEN', field: ['input', 'modelName'] }]);
  });

  it('answers INVALID for another name of the builtin model', async () => {
    const { id } = await buildLLMProvider(app);
    expect((await update({ id, modelName: 'gpt-4o' })).userErrors).toEqual([
      {
        code: 'INVALID',
        message: 'The builtin provider has one model, extractive.',
        field: ['input', 'modelName'],
      },
    ]);
  });

  it('answers INVALID for null where there must be a value', async () => {
    const { id, modelName } = await buildLLMProvider(app);
    expect((await update({ id, modelName: null, isDefault: null })).userErrors).toEqual([
      {
        code: 'INVALID',
        message: 'modelName must not be null. Leave it out to keep it as it is.',
        field: ['input', 'modelName'],
      },
      {
        code: 'INVALID',
        message: 'isDefault must not be null. Leave it out to keep it as it is.',
        field: ['input', 'isDefault'],
      },
    ]);
    expect((await update({ id })).llmProvider).toMatchObject({ modelName, isDefault: false });
  });

  it.each(['nonsense', newId()])('answers NOT_FOUND for the id %s', async (id) => {
    expect((await update({ id, modelName: 'm' })).userErrors).toEqual([NO_SUCH]);
  });
});

describe('llmProvider', () => {
  it.each(['', 'nonsense', newId()])('is null for the id "%s"', async (id) => {
    expect(await app.query('query($id: ID!) { llmProvider(id: $id) { id } }', { id })).toEqual({ llmProvider: null });
  });
});
