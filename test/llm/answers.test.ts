import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FailureError } from '../../src/platform/errors.js';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import type { AnswerPart } from '../../src/platform/llm/answer-parts.js';
import { type AnswerRequest, createLanguageModels } from '../../src/platform/llm/models.js';
import {
  answers,
  cutAfter,
  endsEarlyAfter,
  fails,
  redirectsTo,
  type ScriptedProvider,
  sendsHtml,
  type Step,
  startScriptedProvider,
  staysSilent,
} from '../support/scripted-provider.js';

const KEY = 'sk-not-to-be-seen';
const noKeys = { openai: null, anthropic: null, google: null, openaiCompatible: null };
const prompt: AnswerRequest['prompt'] = {
  system: 'Answer from the passages.',
  messages: [
    { role: 'user', content: 'Hello?' },
    { role: 'assistant', content: 'Hello.' },
    { role: 'user', content: 'How is it installed?' },
  ],
};

let provider: ScriptedProvider;
beforeAll(async () => void (provider = await startScriptedProvider()));
afterEach(() => provider.reset());
afterAll(() => provider.stop());

function stream({ apiConfig, ...request }: Partial<AnswerRequest> = {}, openaiCompatibleHosts?: string[]) {
  const models = createLanguageModels({
    keys: { ...noKeys, openaiCompatible: KEY, openaiCompatibleHosts },
    hosts: [parseHostEntry(provider.hostEntry)!],
  });
  return models.streamAnswer({
    providerName: 'openai-compatible',
    modelName: 'small',
    apiConfig: { baseUrl: provider.baseUrl, ...apiConfig },
    prompt,
    signal: new AbortController().signal,
    ...request,
  });
}

/** Begins well, then says that something is wrong, in both protocols. */
function reports(message: string): Step {
  return ({ request, response }) => {
    const [type, before] = request.url === '/api/chat' ? ['application/x-ndjson', ''] : ['text/event-stream', 'data: '];
    response.writeHead(200, { 'content-type': type });
    response.end(`${before}${JSON.stringify({ error: before ? { message } : message })}\n\n`);
  };
}

/** Everything until the end or the failure. */
async function collect(parts: AsyncIterable<AnswerPart>) {
  let text = '';
  let usage: AnswerPart | null = null;
  try {
    for await (const part of parts) {
      if (part.type === 'delta') text += part.text;
      else usage = part;
    }
    return { text, usage, failure: null };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { text, usage, failure: error };
  }
}

describe.each(['openai-compatible', 'ollama'])('streamAnswer with %s', (providerName) => {
  const ask = (request: Partial<AnswerRequest> = {}) => {
    const baseUrl = providerName === 'ollama' ? provider.ollamaUrl : provider.baseUrl;
    return stream({ providerName, ...request, apiConfig: { baseUrl, ...request.apiConfig } });
  };

  it('streams the text in deltas, then the usage', async () => {
    provider.script(answers('Run npm install [1].'));
    const parts: AnswerPart[] = [];
    for await (const part of ask()) parts.push(part);
    expect(parts).toEqual([
      { type: 'delta', text: 'Run' },
      { type: 'delta', text: ' npm' },
      { type: 'delta', text: ' install' },
      { type: 'delta', text: ' [1].' },
      { type: 'usage', inputTokens: 7, outputTokens: 4 },
    ]);
  });

  it('tells that a text ended at maxTokens', async () => {
    provider.script(answers('As far', { finishReason: 'length' }));
    const parts: AnswerPart[] = [];
    for await (const part of ask()) parts.push(part);
    expect(parts).toEqual([
      { type: 'delta', text: 'As' },
      { type: 'delta', text: ' far' },
      { type: 'truncated' },
      { type: 'usage', inputTokens: 7, outputTokens: 2 },
    ]);
  });

  it('sends the rules as the system, the conversation in order, and the settings', async () => {
    await collect(ask({ apiConfig: { temperature: 0.5, topP: 0.9, maxTokens: 100, seed: 7, stop: ['END'] } }));
    const { body } = provider.requests[0]!;
    expect(body).toMatchObject({ model: 'small', stream: true });
    expect(body.messages.map(({ role }: { role: string }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(body.messages[3].content).toBe('How is it installed?');
    if (providerName === 'ollama') {
      const settings = { temperature: 0.5, top_p: 0.9, num_predict: 100, seed: 7, stop: ['END'], num_ctx: 8192 };
      expect(body.options).toEqual(settings);
    } else {
      expect(body).toMatchObject({ temperature: 0.5, top_p: 0.9, max_tokens: 100, seed: 7, stop: ['END'] });
    }
  });

  it.each([
    [400, 'PROVIDER_ERROR', false],
    [401, 'AUTH', false],
    [403, 'AUTH', false],
    [404, 'PROVIDER_ERROR', false],
    [408, 'TIMEOUT', true],
    [413, 'CONTEXT_TOO_LONG', false],
    [429, 'RATE_LIMITED', true],
    [500, 'PROVIDER_ERROR', true],
    [503, 'PROVIDER_ERROR', true],
  ])('makes one request after %i, which is %s: its caller decides on more', async (status, code, retryable) => {
    provider.script(fails(status));
    expect((await collect(ask())).failure).toMatchObject({ code, retryable });
    expect(provider.requests).toHaveLength(1);
  });

  it('says what to check after 404: the name of the model, or the address', async () => {
    provider.script(fails(404, { message: 'model "small" not found, try pulling it first' }), fails(404));
    const pull = providerName === 'ollama' ? ', or fetch the model (ollama pull small)' : '';
    expect((await collect(ask())).failure!.message).toBe(
      `The provider has no model small (HTTP 404). Check the model's name${pull}.`,
    );
    expect((await collect(ask())).failure!.message).toBe(
      'The provider has nothing at this address (HTTP 404). Check the baseUrl.',
    );
  });

  it('tells what a provider reports in place of a text from a fault of the service', async () => {
    provider.script(reports('CUDA out of memory'));
    expect((await collect(ask())).failure).toMatchObject({ code: 'PROVIDER_ERROR', retryable: true });
  });

  it.each([
    ["This model's maximum context length is 4096 tokens", 'CONTEXT_TOO_LONG'],
    ['The response was filtered due to our content management policy', 'CONTENT_FILTER'],
  ])('knows "%s" as %s', async (message, code) => {
    provider.script(fails(400, { message }));
    expect((await collect(ask())).failure).toMatchObject({ code });
  });

  it.each([
    ['an error reply', fails(400)],
    ['a refused key', fails(401)],
    ['a login page', sendsHtml('<h1>/srv/secret</h1>')],
    ['a cut', cutAfter('One two')],
  ])('says nothing of what the provider sent, of the key or the URL after %s', async (_, step) => {
    provider.script(step);
    const { failure } = await collect(ask());
    expect(JSON.stringify([failure!.message, failure!.cause, failure!.stack])).not.toMatch(
      new RegExp(`${KEY}|/srv|127\\.0\\.0\\.1:|chat/completions|scripted failure`),
    );
  });

  it.each([
    ['a cut connection', cutAfter('One two')],
    ['an end without a finish', endsEarlyAfter('One two')],
  ])('delivers what came before %s, then fails with NETWORK', async (_, step) => {
    provider.script(step);
    expect(await collect(ask())).toMatchObject({ text: 'One two', failure: { code: 'NETWORK', retryable: true } });
    expect(provider.requests).toHaveLength(1);
  });

  it('ends in TIMEOUT when the stream falls silent', async () => {
    provider.script(staysSilent({ after: 'One' }));
    const outcome = await collect(ask({ apiConfig: { timeoutMs: 500 } }));
    expect(outcome).toMatchObject({ text: 'One', failure: { code: 'TIMEOUT', retryable: true } });
    await provider.untilAborted(1);
  });

  it('ends in TIMEOUT when nothing comes at all', async () => {
    provider.script(staysSilent());
    expect((await collect(ask({ apiConfig: { timeoutMs: 500 } }))).failure).toMatchObject({ code: 'TIMEOUT' });
    expect(provider.requests).toHaveLength(1);
  });

  it('stops the request at once when it is aborted, and throws the reason', async () => {
    provider.script(staysSilent({ after: 'One' }));
    const controller = new AbortController();
    const reason = new Error('stopped by the user');
    const read = async () => {
      for await (const _ of ask({ signal: controller.signal })) controller.abort(reason);
    };
    await expect(read()).rejects.toBe(reason);
    await provider.untilAborted(1);
  });

  it('stops the request when its reader leaves', async () => {
    provider.script(staysSilent({ after: 'One' }));
    for await (const _ of ask()) break;
    await provider.untilAborted(1);
  });

  it('calls no one when it is aborted already', async () => {
    const reason = new Error('never mind');
    await expect(collect(ask({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(provider.requests).toHaveLength(0);
  });

  it('calls an empty answer a failure that says so', async () => {
    provider.script(answers(''));
    const { failure } = await collect(ask());
    expect(failure).toMatchObject({ code: 'PROVIDER_ERROR', message: expect.stringContaining('empty answer') });
  });

  it.each(['error', 'abort', 'insufficient_system_resource'])(
    'delivers what came before a provider broke off with the reason "%s", then fails with NETWORK',
    async (finishReason) => {
      provider.script(answers('One two', { finishReason }));
      expect(await collect(ask())).toMatchObject({ text: 'One two', failure: { code: 'NETWORK', retryable: true } });
    },
  );

  it.each(['max_tokens', 'model_length'])('knows the reason "%s" for a limit of tokens', async (finishReason) => {
    provider.script(answers('As far', { finishReason }));
    const types: string[] = [];
    for await (const { type } of ask()) types.push(type);
    expect(types).toEqual(['delta', 'delta', 'truncated', 'usage']);
  });

  it.each([
    { input: 1.5, output: 2 },
    { input: 1e15, output: 2 },
    { input: 7, output: -1 },
    { input: 0, output: 0 },
  ])('takes a usage of $input and $output tokens for none', async (usage) => {
    provider.script(answers('Run it.', { usage }));
    expect(await collect(ask())).toEqual({ text: 'Run it.', usage: null, failure: null });
  });

  describe('of a model that thinks aloud', () => {
    it.each([
      ['<think>\nWhat do they want?\n</think>\n\nRun npm install [1].', 'Run npm install [1].'],
      [' \n<Thinking>1 < 2</Thinking><think></think>Yes, <think>so</think> it is.', 'Yes, <think>so</think> it is.'],
      // One capital İ is two characters in lower case.
      ['<think>İİİ düşünüyorum</Think>Yanıt budur.', 'Yanıt budur.'],
      ['<thin', '<thin'],
      ['<thinks> is no such mark', '<thinks> is no such mark'],
      ['  Indented.', '  Indented.'],
    ])('leaves out what it thought before it answered: %j', async (said, text) => {
      provider.script(answers(said));
      expect(await collect(ask())).toMatchObject({ text, failure: null });
    });

    it.each(['<think>Hm.</think>', '<think>Hm, what if', '<think>'])('finds no answer in %j', async (said) => {
      provider.script(answers(said));
      expect(await collect(ask())).toMatchObject({ text: '', failure: { code: 'PROVIDER_ERROR' } });
    });
  });

  it('follows no redirect', async () => {
    const elsewhere = await startScriptedProvider();
    provider.script(redirectsTo(`${elsewhere.baseUrl}/chat/completions`));
    expect((await collect(ask())).failure).toMatchObject({ code: 'NETWORK', retryable: false });
    expect(elsewhere.requests).toHaveLength(0);
    await elsewhere.stop();
  });

  it('reaches no host that is not listed', async () => {
    const elsewhere = await startScriptedProvider();
    const { failure } = await collect(ask({ apiConfig: { baseUrl: elsewhere.baseUrl } }));
    expect(failure).toMatchObject({ code: 'NETWORK', message: expect.stringContaining('LLM_HOSTS') });
    expect(elsewhere.requests).toHaveLength(0);
    await elsewhere.stop();
  });
});

describe('streamAnswer', () => {
  it.each([
    [{ error: { message: 'Invalid API key', code: 401 } }, 'AUTH', 'The provider refused the API key.'],
    [{ error: { message: 'slow down', code: 429 } }, 'RATE_LIMITED', 'The provider is over its rate limit.'],
    [{ error: 'rate limit reached' }, 'RATE_LIMITED', 'The provider is over its rate limit.'],
    [{ choices: [{ message: { content: 'Hi.' } }] }, 'PROVIDER_ERROR', 'The provider does not stream its answers.'],
  ])('reads JSON in place of a stream: %j', async (body, code, message) => {
    provider.script(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    expect((await collect(stream())).failure).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it.each([['data: [DONE]\n\n'], ['data: [DO', 'NE]\n\n'], ['\r\ndata:[DONE]\r\n\r\n']])(
    'is complete at %j, though the connection stays open',
    async (...done) => {
      const chunk = { id: 'x', choices: [{ index: 0, delta: { content: 'data: [DONE]' }, finish_reason: 'stop' }] };
      provider.script(async ({ response, signal }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const part of [`data: ${JSON.stringify(chunk)}\n\n`, ...done]) {
          response.write(part);
          await pause(50);
        }
        if (!signal.aborted) await once(signal, 'abort');
      });
      expect(await collect(stream({ apiConfig: { timeoutMs: 5_000 } }))).toMatchObject({
        text: 'data: [DONE]',
        failure: null,
      });
      await provider.untilAborted(1);
    },
  );

  it('reads the last line of ollama without an end of line, and an error with spaces in it', async () => {
    const line = {
      model: 'small',
      message: { role: 'assistant', content: 'All of it.' },
      done: true,
      done_reason: 'stop',
    };
    const says = (text: string): Step => {
      return ({ response }) => void response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(text);
    };
    provider.script(says(JSON.stringify(line)), says('{ "error": "CUDA out of memory" }'));
    const ask = () => collect(stream({ providerName: 'ollama', apiConfig: { baseUrl: provider.ollamaUrl } }));
    expect(await ask()).toMatchObject({ text: 'All of it.', failure: null });
    expect((await ask()).failure).toMatchObject({ code: 'PROVIDER_ERROR', retryable: true });
  });

  it('sends the key to an openai-compatible server', async () => {
    await collect(stream());
    expect(provider.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('sends it to those hosts alone that it is for, where they are named', async () => {
    await collect(stream({}, ['llm.example', provider.hostEntry]));
    expect(provider.requests[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
    provider.script(fails(401));
    const { failure } = await collect(stream({}, ['llm.example']));
    expect(provider.requests[1]!.headers.authorization).toBeUndefined();
    expect(failure!.message).toBe('The provider asks for credentials, and this service has none for it.');
  });

  it('sends no key to ollama', async () => {
    await collect(stream({ providerName: 'ollama', apiConfig: { baseUrl: provider.ollamaUrl } }));
    expect(JSON.stringify(provider.requests[0]!.headers)).not.toContain(KEY);
  });

  it.each(['/', '/v1', '/api/'])('finds ollama behind a baseUrl that ends in %s', async (ending) => {
    const apiConfig = { baseUrl: `${provider.ollamaUrl}${ending}` };
    expect(await collect(stream({ providerName: 'ollama', apiConfig }))).toMatchObject({ failure: null });
    expect(provider.requests[0]!.url).toBe('/api/chat');
  });

  it('names the variable when the key is refused', async () => {
    provider.script(fails(401));
    expect((await collect(stream())).failure!.message).toContain('Set OPENAI_COMPATIBLE_API_KEY');
  });

  it.each([
    ['openai', 'OPENAI_API_KEY'],
    ['anthropic', 'ANTHROPIC_API_KEY'],
    ['google', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  ])('refuses %s without %s before any call', async (providerName, variable) => {
    const { failure } = await collect(stream({ providerName }));
    expect(failure).toMatchObject({ code: 'AUTH', message: expect.stringContaining(`Set ${variable}`) });
    expect(provider.requests).toHaveLength(0);
  });

  it('tells a provider that cuts its answer off for its content', async () => {
    provider.script(answers('I must', { finishReason: 'content_filter' }));
    expect(await collect(stream())).toMatchObject({ text: 'I must', failure: { code: 'CONTENT_FILTER' } });
  });

  it('tells a model that has no tokens left for a word', async () => {
    provider.script(answers('', { finishReason: 'length' }));
    expect((await collect(stream())).failure!.message).toContain('Raise maxTokens');
  });

  it.each([
    ['openai-compatible', 'The OpenAI-compatible server'],
    ['ollama', 'Ollama'],
  ])('fails with NETWORK when nobody listens, and says where %s was looked for', async (providerName, title) => {
    const gone = await startScriptedProvider();
    await gone.stop();
    const models = createLanguageModels({ keys: noKeys, hosts: [parseHostEntry(gone.hostEntry)!] });
    const { failure } = await collect(
      models.streamAnswer({
        providerName,
        modelName: 'small',
        apiConfig: { baseUrl: gone.baseUrl },
        prompt,
        signal: new AbortController().signal,
      }),
    );
    expect(failure).toMatchObject({
      code: 'NETWORK',
      retryable: true,
      message: `${title} at http://${gone.hostEntry} could not be reached. Check that it runs, then try again.`,
    });
  });

  it('refuses a provider it does not know', async () => {
    expect((await collect(stream({ providerName: 'nobody' }))).failure).toMatchObject({ code: 'INTERNAL' });
  });
});
