import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, embedMany, JSONParseError, TypeValidationError } from 'ai';
import { FailureCode, FailureError } from '../errors.js';
import { createGuardedFetch, SilenceError } from '../network/guarded-fetch.js';
import type { HostEntry } from '../network/host-list.js';
import { missingKey, toProviderFailure } from '../llm/provider-failure.js';
import { keyAt, type ProviderKeys, PROVIDERS } from '../llm/providers.js';
import { retrying, type RetryOptions } from '../retry.js';
import { endingWithin, isLate } from '../within.js';
import { type Embedder, EMBEDDING_DIMENSIONS } from './embedder.js';
import { embeddingSettings } from './embedding-settings.js';
import { traitsOf } from './model-traits.js';
import { EMBEDDING_PROVIDERS, type EmbeddingProvider } from './providers.js';

export interface RemoteEmbedderOptions {
  provider: Exclude<EmbeddingProvider, 'builtin'>;
  model: string;
  /** ollama and openai-compatible only. Default: that of the provider (PROVIDERS), which openai-compatible has not. */
  baseUrl?: string | null;
  keys: ProviderKeys;
  /** In place of the one in `keys`: of a server that is not the configured one. */
  otherKey?: { readonly variable: string; readonly value: string | null };
  /** false: it was before, and projects still have it. Default: true. */
  isConfigured?: boolean;
  /** LLM_HOSTS. */
  hosts: readonly HostEntry[];
  /** What the vector of a query may take, all attempts included, in milliseconds. Default: 15,000. */
  queryMs?: number;
}

/** Somebody waits for a query; a sync has time, and rate limits are mostly counted by the minute. */
const QUERY_MS = 15_000;
const QUERY_RETRIES = { attempts: 3, longestWaitMs: 5_000 };
const DOCUMENT_RETRIES = { attempts: 4, longestWaitMs: 300_000 };

/**
 * An embedder behind HTTP. All three providers speak OpenAI's protocol, Ollama under `/v1`. 408, 429, 5xx, network
 * faults and 60 s of silence are tried again, after 1, 2 and 4 s or as Retry-After says: texts of documents up to three
 * times with waits of up to 5 minutes, queries twice with waits of up to 5 seconds and for `queryMs` in all.
 *
 * @throws Error when the base URL is missing that openai-compatible needs.
 */
export function createRemoteEmbedder(options: RemoteEmbedderOptions): Embedder {
  const { provider, model, baseUrl, keys, otherKey, isConfigured = true, hosts, queryMs = QUERY_MS } = options;
  // Else the AI SDK prints its warnings, such as of a setting that a model does not know.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const profile = EMBEDDING_PROVIDERS[provider];
  const { title, key: usualKey, movable, baseUrl: usualBase } = PROVIDERS[provider];
  const settings = embeddingSettings(isConfigured, movable);
  const base = (movable && baseUrl) || usualBase;
  if (!base) throw new Error(`The embedding provider ${provider} needs a base URL`);

  const key = usualKey && otherKey ? { ...usualKey, variable: otherKey.variable } : keyAt(provider, base, keys);
  const apiKey = otherKey ? otherKey.value : key && keys[key.name];
  const remote = createOpenAICompatible({
    name: 'openaiCompatible',
    baseURL: provider === 'ollama' ? withVersion(base) : base,
    fetch: createGuardedFetch({
      ...(movable ? { hosts } : { origins: [new URL(base).origin] }),
      baseUrlSetting: settings.baseUrl,
    }),
    ...(apiKey && { apiKey }),
  }).embeddingModel(model);
  const name = `${provider}/${model}`;
  const { prefixes, minimumSimilarity } = traitsOf(model);

  const send = (values: string[], signal: AbortSignal | undefined, dimensions?: number) =>
    embedMany({
      model: remote,
      values,
      maxRetries: 0,
      abortSignal: signal,
      telemetry: { isEnabled: false },
      providerOptions: dimensions ? { openaiCompatible: { dimensions } } : {},
    });
  let { asksFor768 }: { asksFor768: boolean } = profile;

  async function request(values: string[], signal?: AbortSignal): ReturnType<typeof send> {
    if (!asksFor768) return send(values, signal);
    try {
      return await send(values, signal, EMBEDDING_DIMENSIONS);
    } catch (error) {
      if (!refusesDimensions(error)) throw error;
      const answer = await send(values, signal);
      // Not every request shall cost two.
      asksFor768 = false;
      return answer;
    }
  }

  async function embed(values: string[], signal?: AbortSignal): Promise<number[][]> {
    try {
      const { embeddings, responses } = await request(values, signal);
      if (embeddings.length !== values.length) throw unusable('not one vector for each text');
      return inOrder(embeddings, responses?.[0]?.body).map(toUnitVector);
    } catch (error) {
      signal?.throwIfAborted();
      if (isOfAnotherForm(error)) throw unusable('no list of vectors', `Check ${settings.all}.`);
      const failure = toProviderFailure(error, { title, key, movable, modelName: remote.modelId, settings });
      throw failure instanceof SilenceError ? noAnswer(name, failure.ms) : failure;
    }
  }

  async function embedPatiently(values: string[], options: RetryOptions): Promise<number[][]> {
    if (values.length === 0) return [];
    if (key?.required && !apiKey) throw missingKey({ title, key });
    return retrying(() => embed(values, options.signal), options);
  }

  return {
    model: name,
    weight: 0.5,
    minimumSimilarity,
    batchSize: profile.batchSize,
    embedDocuments: (texts, signal, patience) =>
      embedPatiently(
        texts.map((text) => prefixes.document + text),
        { ...DOCUMENT_RETRIES, ...patience, signal },
      ),
    async embedQuery(text, signal, patience) {
      try {
        const [vector] = await endingWithin(queryMs, signal, (ended) =>
          embedPatiently([prefixes.query + text], { ...QUERY_RETRIES, ...patience, signal: ended }),
        );
        return vector!;
      } catch (error) {
        signal?.throwIfAborted();
        throw isLate(error) ? noAnswer(name, queryMs) : error;
      }
    },
  };
}

/** vLLM and others refuse any number of dimensions, even the model's own, unless it was trained to give several. */
function refusesDimensions(error: unknown): boolean {
  return (
    APICallError.isInstance(error) &&
    (error.statusCode === 400 || error.statusCode === 422) &&
    /dimension|matryoshka/i.test(error.responseBody ?? '')
  );
}

/** Of a success whose body is no JSON, or none with vectors of numbers. */
function isOfAnotherForm(error: unknown): boolean {
  const { cause } = error as { cause?: unknown };
  return APICallError.isInstance(error) && (JSONParseError.isInstance(cause) || TypeValidationError.isInstance(cause));
}

/** A server may answer in any order if it says by `index` which text each vector is of; else in that of the texts. */
function inOrder(vectors: readonly number[][], body: unknown): number[][] {
  const { data } = body as { data: readonly { index?: number | null }[] };
  const places = data.map(({ index }) => index ?? null);
  if (places.every((place) => place === null)) return [...vectors];
  const sorted = vectors.map((_, place) => vectors[places.indexOf(place)]);
  if (!sorted.every((vector) => vector !== undefined))
    throw unusable('vectors of which it is not clear whose they are');
  return sorted;
}

/** Zeros at the end change no similarity; a longer vector cannot be cut without knowing its model. */
function toUnitVector(vector: readonly number[]): number[] {
  if (vector.length > EMBEDDING_DIMENSIONS) {
    throw unusable(`vectors of ${vector.length} numbers, and at most ${EMBEDDING_DIMENSIONS} can be stored`);
  }
  const norm = Math.hypot(...vector);
  if (!(norm > 0 && Number.isFinite(norm))) throw unusable('a vector without a direction');
  return Array.from({ length: EMBEDDING_DIMENSIONS }, (_, position) => (vector[position] ?? 0) / norm);
}

function unusable(what: string, remedy = 'Choose another model.'): FailureError {
  const message = `The embedding model gives ${what}. ${remedy}`;
  return new FailureError(FailureCode.PROVIDER_ERROR, message, false);
}

function noAnswer(model: string, ms: number): FailureError {
  const message = `The project's embedding model (${model}) did not answer within ${ms / 1000} s. Check that it runs, then try again.`;
  return new FailureError(FailureCode.TIMEOUT, message, true);
}

function withVersion(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`;
}
