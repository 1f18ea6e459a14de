import { describe, expect, it } from '@jest/globals';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import { answerLimits, requestedTokens, validateApiConfig } from '../../src/platform/llm/api-config.js';
import { isProviderName, PROVIDER_NAMES } from '../../src/platform/llm/providers.js';

const hosts = ['127.0.0.1:11434', 'localhost:11434', 'models.example', 'http://gpu.lan:8000'].map((text) =>
  parseHostEntry(text, { allowScheme: true })!,
);
const faults = (apiConfig: unknown, providerName = 'ollama') =>
  validateApiConfig(providerName, 'some-model', apiConfig, hosts);
const baseUrlFaults = (baseUrl: unknown) => faults({ baseUrl }, 'openai-compatible');

describe('validateApiConfig', () => {
  it('accepts an empty one, and every allowed setting at its limits', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ temperature: 0, topP: 0, maxTokens: 1, contextWindow: 256, timeoutMs: 1000, stop: [] })).toEqual(
      [],
    );
    const most = { temperature: 2, topP: 1, maxTokens: 1e6, contextWindow: 1e7, timeoutMs: 600_000, seed: -1 };
    expect(faults({ ...most, stop: ['a', 'b', 'c', 'd'] })).toEqual([]);
  });

  it.each([
    ['temperature', 2.1],
    ['temperature', '1'],
    ['temperature', null],
    ['topP', -0.1],
    ['topP', Number.NaN],
    ['maxTokens', 0],
    ['maxTokens', 1.5],
    ['maxTokens', 1_000_001],
    ['contextWindow', 255],
    ['timeoutMs', 999],
    ['timeoutMs', 600_001],
    ['seed', 2 ** 53],
    ['stop', 'END'],
    ['stop', ['']],
    ['stop', ['a', 'b', 'c', 'd', 'e']],
    ['stop', ['x'.repeat(101)]],
  ])('refuses %s %p', (key, value) => {
    expect(faults({ [key]: value })).toEqual([{ path: [key], message: expect.stringMatching(/^\w+ must be .*\.$/) }]);
  });

  it.each([null, undefined, 'text', 7, [], [{}]])('refuses %p as a whole', (apiConfig) => {
    expect(faults(apiConfig)).toEqual([{ path: [], message: 'apiConfig must be an object.' }]);
  });

  it('names the allowed settings for one it does not know', () => {
    const [fault] = faults({ temprature: 1 });
    expect(fault).toEqual({ path: ['temprature'], message: expect.stringContaining('baseUrl, temperature, topP') });
  });

  it('takes no setting from the prototype chain for an allowed one', () => {
    expect(faults(JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}'))).toHaveLength(3);
  });

  it('answers thousands of settings with one fault', () => {
    const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, index]));
    expect(faults(many)).toHaveLength(1);
  });

  it.each(['apiKey', 'api_key', 'token', 'accessToken', 'authorization', 'clientSecret', 'password', 'API-KEY'])(
    'refuses %s with the variable to set, and does not repeat it',
    (key) => {
      const [fault] = faults({ [key]: 'sk-1234' }, 'anthropic');
      expect(fault).toEqual({ path: [key], message: expect.stringContaining('ANTHROPIC_API_KEY') });
      expect(JSON.stringify(fault)).not.toContain('sk-1234');
    },
  );

  it.each([
    ['openai', 'OPENAI_API_KEY'],
    ['google', 'GOOGLE_GENERATIVE_AI_API_KEY'],
    ['openai-compatible', 'OPENAI_COMPATIBLE_API_KEY'],
  ])('names for %s the variable %s', (providerName, variable) => {
    expect(faults({ apiKey: 'x', baseUrl: 'https://models.example/v1' }, providerName)).toContainEqual({
      path: ['apiKey'],
      message: expect.stringContaining(variable),
    });
  });

  it('asks for an answer that is shorter than the window', () => {
    expect(faults({ maxTokens: 8192 })).toEqual([{ path: ['maxTokens'], message: expect.stringContaining('8192') }]);
    expect(faults({ maxTokens: 8192, contextWindow: 16_384 })).toEqual([]);
  });
});

describe('validateApiConfig for baseUrl', () => {
  it('is required by openai-compatible only', () => {
    expect(faults({}, 'openai-compatible')).toEqual([
      { path: ['baseUrl'], message: expect.stringContaining('required') },
    ]);
    expect(faults({}, 'ollama')).toEqual([]);
  });

  it.each(['builtin', 'openai', 'anthropic', 'google'])('is unknown to %s', (providerName) => {
    expect(faults({ baseUrl: 'https://models.example/' }, providerName)).toEqual([
      { path: ['baseUrl'], message: expect.stringContaining('Allowed are temperature') },
    ]);
  });

  it.each([
    'http://127.0.0.1:11434/v1',
    'http://localhost:11434',
    'https://models.example/v1',
    'https://MODELS.example:443/',
    'http://gpu.lan:8000/v1',
    'http://127.1:11434/v1',
    'http://0x7f000001:11434/v1',
    'http://0177.0.0.1:11434/v1',
  ])('accepts %s, whose canonical host is listed', (baseUrl) => {
    expect(baseUrlFaults(baseUrl)).toEqual([]);
  });

  it.each([
    ['another port', 'http://127.0.0.1:8000/v1'],
    ['another host', 'https://example.com/v1'],
    ['plain http where it is not allowed', 'http://models.example/v1'],
    ['any address', 'http://0:11434/v1'],
    ['IPv6 loopback', 'http://[::1]:11434/v1'],
    ['an IPv6-mapped address', 'http://[::ffff:127.0.0.1]:11434/v1'],
    ['the metadata service', 'http://169.254.169.254/'],
    ['credentials', 'https://user:pass@models.example/v1'],
    ['a query', 'https://models.example/v1?key=1'],
    ['a fragment', 'https://models.example/v1#x'],
    ['another scheme', 'file:///etc/passwd'],
    ['no URL', 'models.example'],
    ['no string', 7],
    ['a very long one', `https://models.example/${'x'.repeat(600)}`],
  ])('refuses %s', (_, baseUrl) => {
    expect(baseUrlFaults(baseUrl)).toHaveLength(1);
  });
});

describe('provider names', () => {
  it('are a closed list', () => {
    expect(PROVIDER_NAMES.every(isProviderName)).toBe(true);
    expect(['OpenAI', 'constructor', ''].some(isProviderName)).toBe(false);
  });
});

describe('answerLimits', () => {
  const limits = (providerName: string, modelName: string, apiConfig = {}) =>
    answerLimits({ providerName, modelName, apiConfig });

  it.each([
    ['openai', 'gpt-4o-mini', 128_000],
    ['openai', 'gpt-4.1-mini', 1_047_576],
    ['openai', 'gpt-5.1', 272_000],
    ['openai', 'gpt-5-chat-latest', 128_000],
    ['openai', 'o3-mini', 200_000],
    ['openai', 'o1-mini', 128_000],
    ['openai', 'gpt-4', 8_192],
    ['openai', 'gpt-4-turbo', 128_000],
    ['openai', 'ft:gpt-3.5-turbo-0125:acme::x', 16_385],
    ['anthropic', 'claude-sonnet-4-5', 200_000],
    ['anthropic', 'claude-2.0', 100_000],
    ['google', 'gemini-2.5-flash', 1_000_000],
    ['google', 'gemini-1.5-pro-002', 2_000_000],
    ['google', 'models/gemma-3-27b-it', 131_072],
    ['ollama', 'llama3.2', 8_192],
    ['ollama', 'llama2:13b', 4_096],
    ['ollama', 'phi', 2_048],
    ['ollama', 'phi4', 8_192],
    ['openai-compatible', 'gpt-4.1', 8_192],
    ['builtin', 'extractive', 65_536],
    ['of a later version', 'gpt-4.1', 8_192],
  ])('knows the window of %s %s: %i tokens', (providerName, modelName, contextWindow) => {
    expect(limits(providerName, modelName).contextWindow).toBe(contextWindow);
  });

  it('keeps 2,048 tokens for the answer, at most a quarter of the window', () => {
    expect(limits('ollama', 'qwen3')).toEqual({ contextWindow: 8_192, maxTokens: 2_048 });
    expect(limits('ollama', 'qwen3', { contextWindow: 1_000 })).toEqual({ contextWindow: 1_000, maxTokens: 250 });
  });

  it('keeps what is asked for: by the settings, and where the protocol wants a number', () => {
    expect(limits('openai', 'gpt-4o', { maxTokens: 9 })).toEqual({ contextWindow: 128_000, maxTokens: 9 });
    expect(limits('anthropic', 'claude-sonnet-4-5')).toEqual({ contextWindow: 200_000, maxTokens: 8_192 });
    expect(limits('anthropic', 'claude-3-haiku-20240307').maxTokens).toBe(4_096);
    expect(limits('anthropic', 'claude-sonnet-4-5', { contextWindow: 4_000 }).maxTokens).toBe(1_000);
  });

  it.each([
    ['openai', 'gpt-4o', {}, undefined],
    ['openai', 'gpt-4o', { maxTokens: 9 }, 9],
    ['anthropic', 'claude-sonnet-4-5', {}, 8_192],
    ['anthropic', 'claude-sonnet-4-5', { maxTokens: 20_000 }, 20_000],
    ['ollama', 'qwen3', {}, undefined],
  ])('asks %s %s with %j for %s tokens at most', (providerName, modelName, apiConfig, tokens) => {
    expect(requestedTokens({ providerName, modelName, apiConfig })).toBe(tokens);
  });
});

describe('validateApiConfig for maxTokens', () => {
  it("compares with the window of the model's family", () => {
    const of = (modelName: string) => validateApiConfig('openai', modelName, { maxTokens: 8_192 }, []);
    expect(of('gpt-4o')).toEqual([]);
    expect(of('gpt-4')).toEqual([
      { path: ['maxTokens'], message: 'maxTokens must be less than the contextWindow of 8192 tokens.' },
    ]);
  });
});
