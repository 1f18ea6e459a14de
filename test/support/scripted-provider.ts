import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { REWRITE_TASK } from '../../src/platform/llm/rewrite-prompt.js';

/**
 * A model provider on loopback that does what a test tells it. It speaks OpenAI's protocol under /v1 (chat completions,
 * embeddings) and Ollama's (/api/chat). Each chat request takes the next step of the script, each request for
 * embeddings the next of its own; without a step left it answers as a healthy provider does. So do requests to rewrite a
 * question: by default they repeat it, and they are not among the `requests`.
 *
 *   const provider = await startScriptedProvider();
 *   provider.script(rateLimited(0), answers('Use npm [1].'));
 */
export interface ScriptedProvider {
  readonly port: number;
  /** `127.0.0.1:PORT`, as LLM_HOSTS takes it. */
  readonly hostEntry: string;
  /** `http://127.0.0.1:PORT/v1`, as openai-compatible takes it. */
  readonly baseUrl: string;
  /** `http://127.0.0.1:PORT`, as ollama takes it. */
  readonly ollamaUrl: string;
  /** All requests so far, oldest first. */
  readonly requests: readonly RecordedRequest[];
  /** All requests to rewrite a question so far, oldest first. */
  readonly rewrites: readonly RecordedRequest[];
  /** How many requests their client gave up before the answer was complete. */
  readonly aborted: number;
  script(...steps: Step[]): void;
  scriptEmbeddings(...steps: Step[]): void;
  scriptRewrites(...steps: Step[]): void;
  /** Every request for embeddings that the script has no step for is answered by this one, until `reset`. */
  alwaysEmbed(step: Step): void;
  /** Resolves once `count` requests have arrived in all. */
  untilRequests(count: number): Promise<void>;
  /** Resolves once `count` requests to rewrite a question have arrived in all. */
  untilRewrites(count: number): Promise<void>;
  /** Resolves once `count` requests have been given up in all. */
  untilAborted(count: number): Promise<void>;
  /** Forgets requests, counts and what is left of the script: for `afterEach`. */
  reset(): void;
  stop(): Promise<void>;
}

export interface RecordedRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  /** The JSON that was sent. */
  body: Record<string, any>;
}

export interface Exchange {
  request: RecordedRequest;
  response: ServerResponse;
  /** Ends when the client goes away. */
  signal: AbortSignal;
}

export type Step = (exchange: Exchange) => void | Promise<void>;

const DEFAULT_ANSWER = 'The documentation says so [1].';

/** A complete answer, word by word. `delayMs` goes before each delta; default usage: 7 tokens in, one out a word. */
export function answers(
  text: string,
  {
    delayMs = 0,
    finishReason = 'stop',
    usage = { input: 7, output: words(text).length },
  }: { delayMs?: number; finishReason?: string; usage?: Usage } = {},
): Step {
  return async (exchange) => {
    const stream = openStream(exchange);
    for (const word of words(text)) {
      if (delayMs > 0) await pause(delayMs, undefined, { signal: exchange.signal });
      stream.delta(word);
    }
    stream.end(finishReason, usage);
  };
}

/** An error status, with a body that a careless service would pass on: it repeats the key and names a path. */
export function fails(status: number, { message = 'scripted failure', headers = {} }: FailOptions = {}): Step {
  return ({ request, response }) => {
    const leak = `key ${request.headers.authorization ?? 'none'} at /srv/secret/model.py`;
    json(response, status, { error: { message: `${message}; ${leak}`, type: 'scripted', code: null } }, headers);
  };
}

export interface FailOptions {
  message?: string;
  headers?: Record<string, string>;
}

/** 429 with Retry-After. */
export function rateLimited(retryAfterSeconds = 0): Step {
  return fails(429, { message: 'Rate limit reached', headers: { 'retry-after': String(retryAfterSeconds) } });
}

/** A fault of the provider's own that says to try again at once, so that no test waits for a backoff. */
export function breaksDown(status = 500): Step {
  return fails(status, { headers: { 'retry-after': '0' } });
}

/** The connection is reset before a word of an answer. */
export function resets(): Step {
  return ({ response }) => {
    response.socket!.resetAndDestroy();
    response.destroy();
  };
}

/** Begins to answer, then the connection is cut. */
export function cutAfter(text: string): Step {
  return async (exchange) => {
    const stream = openStream(exchange);
    for (const word of words(text)) stream.delta(word);
    // The client has to have read it: a reset may discard what is still under way.
    for (let looks = 0; looks < 3; looks += 1) await pause(20);
    exchange.response.destroy();
  };
}

/** Begins to answer, then the stream ends in good order, but without a finish reason. */
export function endsEarlyAfter(text: string): Step {
  return (exchange) => {
    const stream = openStream(exchange);
    for (const word of words(text)) stream.delta(word);
    exchange.response.end();
  };
}

/** Sends the text, then nothing until the client goes away; without a text not even a status. */
export function staysSilent({ after = '' } = {}): Step {
  return async (exchange) => {
    if (after) {
      const stream = openStream(exchange);
      for (const word of words(after)) stream.delta(word);
    }
    if (!exchange.signal.aborted) await once(exchange.signal, 'abort');
  };
}

/** Goes on, word after word, until `end` resolves; then the answer is complete. */
export function goesOnUntil(end: Promise<unknown>, { delayMs = 30 } = {}): Step {
  return async (exchange) => {
    const stream = openStream(exchange);
    let count = 0;
    const goOn = () => stream.delta(`word ${(count += 1)} `);
    goOn();
    const timer = setInterval(goOn, delayMs);
    await Promise.race([end, once(exchange.signal, 'abort')]);
    clearInterval(timer);
    stream.end('stop', { input: 7, output: count });
  };
}

/** Does `step` after `signal` was given. */
export function waitsFor(signal: Promise<unknown>, step: Step): Step {
  return async (exchange) => {
    await signal;
    await step(exchange);
  };
}

export function redirectsTo(location: string, status = 307): Step {
  return ({ response }) => void response.writeHead(status, { location }).end();
}

/** 200 with a page, as a proxy's login form answers. */
export function sendsHtml(html = '<!doctype html><h1>Log in</h1>'): Step {
  return ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end(html);
}

/** Embeds after a while, in milliseconds. */
export function embedsAfter(ms: number): Step {
  return async (exchange) => {
    await pause(ms, undefined, { signal: exchange.signal });
    return embeds(exchange);
  };
}

/** Embeds what it is sent, but for requests with a text that `word` is in: those it fails, whatever else is in them. */
export function failsOn(word: string, failure: Step = breaksDown()): Step {
  return (exchange) => (exchange.request.body.input.join().includes(word) ? failure : embeds)(exchange);
}

/** Embeds what it is sent, but requests with a text that `words` are in only after `signal` was given. */
export function waitsWith(words: string, signal: Promise<unknown>): Step {
  return (exchange) =>
    (exchange.request.body.input.join().includes(words) ? waitsFor(signal, embeds) : embeds)(exchange);
}

/** Embeddings of `length` numbers, whatever was asked for. */
export function embedsWith(length: number): Step {
  return ({ request, response }) => json(response, 200, embeddingsOf(request.body, length));
}

export async function startScriptedProvider(): Promise<ScriptedProvider> {
  const requests: RecordedRequest[] = [];
  const chatSteps: Step[] = [];
  const embeddingSteps: Step[] = [];
  const rewrites: RecordedRequest[] = [];
  const rewriteSteps: Step[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  let aborted = 0;
  let usualEmbedding: Step = embeds;

  const server = createServer(async (message, response) => {
    const request = await record(message);
    (isRewrite(request) ? rewrites : requests).push(request);
    changes.emit('change');
    const left = new AbortController();
    let destroyedHere = false;
    response.on('close', () => {
      if (!response.writableFinished && !destroyedHere) aborted += 1;
      left.abort();
      changes.emit('change');
    });
    const destroy = response.destroy.bind(response);
    response.destroy = (error) => ((destroyedHere = true), destroy(error));
    const step = stepFor(request);
    await Promise.resolve(step({ request, response, signal: left.signal })).catch(() => response.destroy());
  });

  function stepFor(request: RecordedRequest): Step {
    const { url } = request;
    if (isRewrite(request)) return rewriteSteps.shift() ?? repeatsTheQuestion;
    if (url === '/v1/embeddings') return embeddingSteps.shift() ?? usualEmbedding;
    if (url === '/v1/chat/completions' || url === '/api/chat') return chatSteps.shift() ?? answers(DEFAULT_ANSWER);
    return fails(404);
  }

  async function until(reached: () => boolean): Promise<void> {
    while (!reached()) await once(changes, 'change');
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    hostEntry: `127.0.0.1:${port}`,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    ollamaUrl: `http://127.0.0.1:${port}`,
    requests,
    rewrites,
    get aborted() {
      return aborted;
    },
    script: (...steps) => void chatSteps.push(...steps),
    scriptEmbeddings: (...steps) => void embeddingSteps.push(...steps),
    scriptRewrites: (...steps) => void rewriteSteps.push(...steps),
    alwaysEmbed: (step) => void (usualEmbedding = step),
    untilRequests: (count) => until(() => requests.length >= count),
    untilRewrites: (count) => until(() => rewrites.length >= count),
    untilAborted: (count) => until(() => aborted >= count),
    reset() {
      for (const list of [requests, chatSteps, embeddingSteps, rewrites, rewriteSteps]) list.length = 0;
      aborted = 0;
      usualEmbedding = embeds;
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function record(message: IncomingMessage): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return {
    method: message.method ?? '',
    url: message.url ?? '',
    headers: message.headers,
    body: text === '' ? {} : JSON.parse(text),
  };
}

function isRewrite({ body }: RecordedRequest): boolean {
  const content: unknown = body.messages?.[0]?.content;
  return typeof content === 'string' && content.startsWith(REWRITE_TASK);
}

/** As a model does that finds nothing to add to a question. */
const repeatsTheQuestion: Step = (exchange) => {
  const { content } = exchange.request.body.messages.at(-1);
  return answers(/<question>\n([^]*)\n<\/question>/.exec(content)![1]!)(exchange);
};

/** The two streaming protocols behind one face. */
function openStream({ request, response }: Exchange) {
  if (request.url === '/api/chat') return openOllamaStream(request, response);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (fields: object) => {
    const chunk = {
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1,
      model: request.body.model,
      ...fields,
    };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const choice = (delta: object, finish_reason: string | null = null) => [{ index: 0, delta, finish_reason }];
  return {
    delta: (content: string) => send({ choices: choice({ role: 'assistant', content }) }),
    end(finishReason: string, { input, output }: Usage) {
      send({ choices: choice({}, finishReason) });
      if (request.body.stream_options?.include_usage) {
        const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
        send({ choices: [], usage });
      }
      response.end('data: [DONE]\n\n');
    },
  };
}

interface Usage {
  input: number;
  output: number;
}

function openOllamaStream(request: RecordedRequest, response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const send = (content: string, fields: object) => {
    const line = {
      model: request.body.model,
      created_at: '2025-01-01T00:00:00Z',
      message: { role: 'assistant', content },
    };
    response.write(`${JSON.stringify({ ...line, ...fields })}\n`);
  };
  return {
    delta: (content: string) => send(content, { done: false }),
    end(finishReason: string, { input, output }: Usage) {
      send('', { done: true, done_reason: finishReason, prompt_eval_count: input, eval_count: output });
      response.end();
    },
  };
}

const embeds: Step = ({ request, response }) =>
  json(response, 200, embeddingsOf(request.body, request.body.dimensions ?? 768));

function embeddingsOf(body: Record<string, any>, length: number): object {
  const inputs: string[] = [body.input].flat();
  return {
    object: 'list',
    model: body.model,
    data: inputs.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text, length) })),
    usage: { prompt_tokens: inputs.length, total_tokens: inputs.length },
  };
}

/** The same text has always the same vector, and texts with words in common have similar ones. */
function vectorOf(text: string, length: number): number[] {
  const vector = Array.from({ length }, () => 0.001);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = 2166136261;
    for (const character of word) hash = Math.imul(hash ^ character.codePointAt(0)!, 16777619);
    vector[(hash >>> 0) % length]! += 1;
  }
  return vector;
}

function words(text: string): string[] {
  return text.match(/\s*\S+/g) ?? [];
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
