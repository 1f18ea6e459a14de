import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ env: { LLM_HOSTS: '127.0.0.1:11434,models.example.org,http://vllm.example.org:8000' } });
});
afterAll(() => app.stop());

let models = 0;
const create = (providerName: string, apiConfig: unknown) =>
  app.mutate('createLLMProvider', 'llmProvider { id apiConfig }', {
    providerName,
    modelName: `model ${(models += 1)}`,
    apiConfig,
  });

async function faults(providerName: string, apiConfig: unknown): Promise<[string, string][]> {
  const { llmProvider, userErrors } = await create(providerName, apiConfig);
  expect(llmProvider === null).toBe(userErrors.length > 0);
  return userErrors.map(({ code, message, field }: Values) => {
    expect(code).toBe('INVALID');
    expect(field.slice(0, 2)).toEqual(['input', 'apiConfig']);
    return [field.slice(2).join('/'), message];
  });
}

const ALLOWED = 'is no setting. Allowed are temperature, topP, maxTokens, contextWindow, timeoutMs, seed, stop.';
const STOP = 'must be a list of up to 4 strings of 1 to 100 characters.';

describe('apiConfig', () => {
  it.each([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['google', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    ['openai-compatible', 'OPENAI_COMPATIBLE_API_KEY'],
  ])('refuses a key of %s with the variable to use, and does not echo it', async (providerName, variable) => {
    const baseUrl = providerName === 'openai-compatible' ? { baseUrl: 'https://models.example.org/v1' } : {};
    for (const name of ['apiKey', 'api_key', 'token', 'Authorization', 'password', 'clientSecret']) {
      expect(await faults(providerName, { ...baseUrl, [name]: 'sk-hidden' })).toEqual([
        [name, `Keys are not stored here. Set the environment variable ${variable} of the service instead.`],
      ]);
    }
  });

  it('refuses a key where the provider takes none', async () => {
    expect(await faults('ollama', { apiKey: 'sk-hidden' })).toEqual([
      ['apiKey', 'Keys are not stored here, and this provider takes none.'],
    ]);
  });

  it.each([
    [{ temperature: -0.1 }, 'temperature', 'must be a number from 0 to 2.'],
    [{ temperature: 2.1 }, 'temperature', 'must be a number from 0 to 2.'],
    [{ temperature: '1' }, 'temperature', 'must be a number from 0 to 2.'],
    [{ temperature: null }, 'temperature', 'must be a number from 0 to 2.'],
    [{ topP: 1.01 }, 'topP', 'must be a number from 0 to 1.'],
    [{ maxTokens: 0 }, 'maxTokens', 'must be an integer from 1 to 1,000,000.'],
    [{ maxTokens: 1.5 }, 'maxTokens', 'must be an integer from 1 to 1,000,000.'],
    [{ maxTokens: 4096, contextWindow: 4096 }, 'maxTokens', 'must be less than the contextWindow of 4096 tokens.'],
    [{ contextWindow: 255 }, 'contextWindow', 'must be an integer from 256 to 10,000,000.'],
    [{ timeoutMs: 999 }, 'timeoutMs', 'must be an integer from 1,000 to 600,000.'],
    [{ timeoutMs: 600_001 }, 'timeoutMs', 'must be an integer from 1,000 to 600,000.'],
    [{ seed: 2 ** 53 }, 'seed', 'must be an integer.'],
    [{ stop: 'END' }, 'stop', STOP],
    [{ stop: ['1', '2', '3', '4', '5'] }, 'stop', STOP],
    [{ stop: [''] }, 'stop', STOP],
    [{ stop: ['s'.repeat(101)] }, 'stop', STOP],
    [{ stop: ['\0'] }, 'stop', STOP],
    [{ stop: ['\ud800'] }, 'stop', STOP],
    [{ frequencyPenalty: 1 }, 'frequencyPenalty', ALLOWED, '"frequencyPenalty"'],
    [{ 'a.b': 1 }, 'a.b', ALLOWED, '"a.b"'],
    [{ '': 1 }, '', ALLOWED, '""'],
    [{ baseUrl: 'http://127.0.0.1:11434' }, 'baseUrl', ALLOWED, '"baseUrl"'],
  ])('refuses %j', async (apiConfig, path, fault, name = path) => {
    expect(await faults('openai', apiConfig)).toEqual([[path, `${name} ${fault}`]]);
  });

  it.each([1, 'text', true, []])('refuses %j: it is no object', async (apiConfig) => {
    expect(await faults('openai', apiConfig)).toEqual([['', 'apiConfig must be an object.']]);
  });

  it('tells every fault at once', async () => {
    expect(await faults('openai', { temperature: 3, topP: 2, apiKey: 'x' })).toHaveLength(3);
  });

  it('must have a baseUrl for openai-compatible', async () => {
    expect(await faults('openai-compatible', {})).toEqual([
      ['baseUrl', 'baseUrl is required, for example http://127.0.0.1:8000/v1.'],
    ]);
  });

  it.each([
    'http://127.0.0.1:11434/v1',
    'http://127.1:11434',
    'https://models.example.org/v1',
    'http://vllm.example.org:8000/v1',
  ])('takes the baseUrl %s, whose host is listed', async (baseUrl) => {
    expect(await faults('openai-compatible', { baseUrl })).toEqual([]);
    expect(await faults('ollama', { baseUrl })).toEqual([]);
  });

  it.each([
    ['http://127.1:11434/', 'http://127.0.0.1:11434'],
    ['http://①②⑦.0.0.1:11434/v1', 'http://127.0.0.1:11434/v1'],
    [String.raw`https://MODELS.example.org:443/a\..\v1/`, 'https://models.example.org/v1'],
  ])('stores the baseUrl %s as %s', async (baseUrl, stored) => {
    const { llmProvider } = await create('ollama', { baseUrl, temperature: 1 });
    expect(llmProvider.apiConfig).toEqual({ baseUrl: stored, temperature: 1 });
  });

  const notListed = (origin: string, entry: string): string =>
    `is on ${origin}, which is not in LLM_HOSTS. Add ${entry} there, and start ibid anew.`;
  it.each([
    ['http://127.0.0.1:11435', notListed('http://127.0.0.1:11435', '127.0.0.1:11435')],
    ['http://models.example.org', notListed('http://models.example.org', 'http://models.example.org')],
    [
      'https://models.example.org.evil.example',
      notListed('https://models.example.org.evil.example', 'models.example.org.evil.example'),
    ],
    ['https://models.example.org:8443', notListed('https://models.example.org:8443', 'models.example.org:8443')],
    ['http://169.254.169.254/latest/meta-data', notListed('http://169.254.169.254', 'http://169.254.169.254')],
    ['http://[::ffff:127.0.0.1]:11434', notListed('http://[::ffff:7f00:1]:11434', '[::ffff:7f00:1]:11434')],
    [
      'https://user:secret@models.example.org',
      'must not hold a user name or password: keys live in the environment of the service.',
    ],
    ['https://models.example.org/v1?key=x', 'must not hold a query or a fragment.'],
    ['file:///etc/passwd', 'must be an http or https URL.'],
    ['models.example.org', 'must be an http or https URL.'],
    ['https://models.example.org/\0', 'must be an http or https URL.'],
    ['https://models.example.org/\ud800', 'must be an http or https URL.'],
    ['https://models.example.org/a\r\nX: y', 'must be an http or https URL.'],
    [`https://models.example.org/${'v'.repeat(512)}`, 'must have at most 512 characters.'],
    [7, 'must be an http or https URL.'],
  ])('refuses the baseUrl %j', async (baseUrl, fault) => {
    expect(await faults('ollama', { baseUrl })).toEqual([['baseUrl', `baseUrl ${fault}`]]);
  });

  it('is checked on update as well, and nothing is written', async () => {
    const { llmProvider } = await create('anthropic', { temperature: 1 });
    const update = (apiConfig: unknown) =>
      app.mutate('updateLLMProvider', 'llmProvider { apiConfig }', { id: llmProvider.id, apiConfig });
    expect((await update({ apiKey: 'sk-hidden' })).userErrors).toEqual([
      {
        code: 'INVALID',
        message: 'Keys are not stored here. Set the environment variable ANTHROPIC_API_KEY of the service instead.',
        field: ['input', 'apiConfig', 'apiKey'],
      },
    ]);
    const { node } = await app.query('query($id: ID!) { node(id: $id) { ... on LLMProvider { apiConfig } } }', {
      id: llmProvider.id,
    });
    expect(node.apiConfig).toEqual({ temperature: 1 });
  });

  it('must suit a model that it is kept for', async () => {
    const { llmProvider } = await create('openai', { maxTokens: 20_000 });
    const rename = (values: Values) =>
      app.mutate('updateLLMProvider', 'llmProvider { modelName apiConfig }', { id: llmProvider.id, ...values });
    expect((await rename({ modelName: 'gpt-3.5-turbo' })).userErrors).toEqual([
      {
        code: 'INVALID',
        message:
          'gpt-3.5-turbo cannot have this apiConfig: maxTokens must be less than the contextWindow of 16385 tokens.',
        field: ['input', 'modelName'],
      },
    ]);
    expect(await rename({ modelName: 'gpt-3.5-turbo', apiConfig: { maxTokens: 1_000 } })).toMatchObject({
      llmProvider: { modelName: 'gpt-3.5-turbo', apiConfig: { maxTokens: 1_000 } },
    });
  });
});
