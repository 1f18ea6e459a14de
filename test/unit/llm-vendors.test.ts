import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { streamText } from 'ai';
import { toProviderFailure } from '../../src/platform/llm/provider-failure.js';
import { createProviderModel } from '../../src/platform/llm/provider-model.js';
import { type ProviderName, PROVIDERS } from '../../src/platform/llm/providers.js';
import { quietSdk } from '../../src/platform/llm/quiet-sdk.js';
import { fails, type ScriptedProvider, startScriptedProvider } from '../support/scripted-provider.js';

const keys = { openai: 'sk-openai', anthropic: 'sk-anthropic', google: 'sk-google', openaiCompatible: 'sk-compatible' };
const diversions = ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'OPENAI_API_KEY'];

describe.each([
  ['openai', 'https://api.openai.com', 'authorization', 'Bearer sk-openai'],
  ['anthropic', 'https://api.anthropic.com', 'x-api-key', 'sk-anthropic'],
  ['google', 'https://generativelanguage.googleapis.com', 'x-goog-api-key', 'sk-google'],
] as const)('the model of %s', (providerName: ProviderName, origin, header, value) => {
  const before = diversions.map((name) => process.env[name]);
  let provider: ScriptedProvider;

  beforeAll(async () => {
    quietSdk();
    provider = await startScriptedProvider();
    for (const name of diversions) process.env[name] = `${provider.baseUrl}/diverted`;
  });
  afterAll(async () => {
    diversions.forEach((name, index) => {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    });
    await provider.stop();
  });

  it('calls its own origin with its own key only, whatever the environment says', async () => {
    const called: URL[] = [];
    const model = createProviderModel({
      providerName,
      modelName: 'some-model',
      apiConfig: { seed: 1, temperature: 0 },
      keys,
      signal: new AbortController().signal,
      // To the vendor as far as the SDK knows; the request itself goes to loopback.
      fetch: (input, init) => {
        called.push(new URL(String(input)));
        return fetch(new URL(called.at(-1)!.pathname, provider.ollamaUrl), init);
      },
    });
    const errors: unknown[] = [];
    const onError = ({ error }: { error: unknown }) => void errors.push(error);
    const result = streamText({ model, instructions: 'Rules.', prompt: 'Hello?', seed: 1, maxRetries: 0, onError });
    if (providerName === 'openai') provider.script(fails(404));
    for await (const _ of result.stream);

    expect(called.map((url) => url.origin)).toEqual([origin]);
    expect(called[0]!.search).not.toContain('sk-');
    const sent = JSON.stringify(provider.requests[0]!.headers);
    expect(provider.requests[0]!.headers[header]).toBe(value);
    for (const key of Object.values(keys)) if (!value.endsWith(key)) expect(sent).not.toContain(key);
    expect(sent).not.toContain('diverted');
    expect(toProviderFailure(errors[0], PROVIDERS[providerName])).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('does not know this model'),
    });
  });
});
