import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { APICallError } from 'ai';
import { LLM_SETTINGS } from '../../src/platform/llm/called-model.js';
import { toProviderFailure } from '../../src/platform/llm/provider-failure.js';
import { createProviderModel, type ModelPart, type ProviderModel } from '../../src/platform/llm/provider-model.js';
import { type ProviderName, PROVIDERS } from '../../src/platform/llm/providers.js';
import { fails, type ScriptedProvider, startScriptedProvider } from '../support/scripted-provider.js';

const keys = { openai: 'sk-openai', anthropic: 'sk-anthropic', google: 'sk-google', openaiCompatible: 'sk-compatible' };
const diversions = ['OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'OPENAI_API_KEY'];

/** All that the model says to a question. */
async function partsOf(model: ProviderModel): Promise<ModelPart[]> {
  const question = { role: 'user' as const, content: [{ type: 'text' as const, text: 'Hello?' }] };
  const { stream } = await model.doStream({ prompt: [{ role: 'system', content: 'Rules.' }, question], seed: 1 });
  const parts: ModelPart[] = [];
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    parts.push(part);
  }
  return parts;
}

describe.each([
  ['openai', 'https://api.openai.com', 'authorization', 'Bearer sk-openai'],
  ['anthropic', 'https://api.anthropic.com', 'x-api-key', 'sk-anthropic'],
  ['google', 'https://generativelanguage.googleapis.com', 'x-goog-api-key', 'sk-google'],
] as const)('the model of %s', (providerName: ProviderName, origin, header, value) => {
  const before = diversions.map((name) => process.env[name]);
  let provider: ScriptedProvider;

  beforeAll(async () => {
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
    if (providerName === 'openai') provider.script(fails(404));
    const fault: unknown = await partsOf(model).catch((error: unknown) => error);

    expect(called.map((url) => url.origin)).toEqual([origin]);
    expect(called[0]!.search).not.toContain('sk-');
    const sent = JSON.stringify(provider.requests[0]!.headers);
    expect(provider.requests[0]!.headers[header]).toBe(value);
    for (const key of Object.values(keys)) if (!value.endsWith(key)) expect(sent).not.toContain(key);
    expect(sent).not.toContain('diverted');
    expect(
      toProviderFailure(fault, { ...PROVIDERS[providerName], modelName: 'some-model', settings: LLM_SETTINGS }),
    ).toMatchObject({
      code: 'PROVIDER_ERROR',
      message: "The provider has no model some-model (HTTP 404). Check the model's name.",
    });
  });
});

describe('a provider that cannot be reached', () => {
  it('is told by its origin, without credentials, path and query', () => {
    const url = 'http://user:sk-hidden@models.example:8000/sk-hidden/v1/chat?key=sk-hidden#sk-hidden';
    const fault = new APICallError({ message: 'Cannot connect to API: sk-hidden', url, requestBodyValues: {} });
    expect(
      toProviderFailure(fault, { ...PROVIDERS.ollama, modelName: 'some-model', settings: LLM_SETTINGS }),
    ).toMatchObject({
      message: 'Ollama at http://models.example:8000 could not be reached. Check that it runs, then try again.',
    });
  });

  it('is no matter of whether it runs where it is a vendor', () => {
    const url = 'https://api.openai.com/v1/chat/completions';
    const fault = new APICallError({ message: 'Cannot connect to API', url, requestBodyValues: {} });
    expect(
      toProviderFailure(fault, { ...PROVIDERS.openai, modelName: 'some-model', settings: LLM_SETTINGS }),
    ).toMatchObject({
      message:
        'OpenAI at https://api.openai.com could not be reached. Check the network of the machine that ibid runs on, then try again.',
    });
  });
});

describe('a content filter', () => {
  const sse = (...events: object[]) => events.map((data) => `data: ${JSON.stringify(data)}\n\n`).join('');
  const anthropic = sse(
    {
      type: 'message_start',
      message: {
        id: 'm',
        model: 'claude',
        role: 'assistant',
        content: [],
        usage: { input_tokens: 3, output_tokens: 0 },
      },
    },
    { type: 'message_delta', delta: { stop_reason: 'refusal', stop_sequence: null }, usage: { output_tokens: 0 } },
    { type: 'message_stop' },
  );
  const google = (fields: object) => sse({ ...fields, usageMetadata: { promptTokenCount: 3, totalTokenCount: 3 } });

  it.each([
    ['anthropic', 'refusal', anthropic],
    ['google', 'SAFETY', google({ candidates: [{ content: { parts: [] }, finishReason: 'SAFETY' }] })],
    ['google', 'a blocked prompt', google({ promptFeedback: { blockReason: 'SAFETY' } })],
  ] as const)('of %s (%s) is told as one', async (providerName: ProviderName, _, body) => {
    const model = createProviderModel({
      providerName,
      modelName: 'some-model',
      apiConfig: {},
      keys,
      signal: new AbortController().signal,
      fetch: async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    });
    const finished = (await partsOf(model)).filter(({ type }) => type === 'finish');
    expect(finished).toMatchObject([{ finishReason: { unified: 'content-filter' } }]);
  });
});
