import { FailureCode, FailureError } from '../errors.js';
import { createGuardedFetch, type GuardedFetch } from '../network/guarded-fetch.js';
import type { HostEntry } from '../network/host-list.js';
import { type ApiConfig, requestedTokens } from './api-config.js';
import { LLM_SETTINGS } from './called-model.js';
import type { Prompt } from './prompt.js';
import { type AnswerPart, answerParts } from './answer-parts.js';
import { toProviderFailure } from './provider-failure.js';
import { createProviderModel } from './provider-model.js';
import { isProviderName, keyAt, type ProviderKeys, type ProviderName, PROVIDERS } from './providers.js';

export interface AnswerRequest {
  providerName: string;
  modelName: string;
  /** As `validateApiConfig` let it pass. */
  apiConfig: Record<string, unknown>;
  prompt: Prompt;
  signal: AbortSignal;
  /** Called right before the request is made: what was waited for until then was not the model. */
  onStart?: () => void;
}

export interface LanguageModels {
  /**
   * Streams one answer: its text in parts, then the usage where the provider has counted it. It makes one request:
   * its caller decides whether to try again, see `stepAfter` and `retrying`.
   *
   * @throws FailureError also in mid-stream, when parts have been delivered already
   * @throws the signal's reason once that is aborted; the request to the provider ends with it
   */
  streamAnswer(request: AnswerRequest): AsyncIterable<AnswerPart>;
}

/**
 * The models of all providers. A key is sent to nobody but its vendor, and that of openai-compatible to those of
 * `hosts` that it is for.
 */
export function createLanguageModels({
  keys,
  hosts,
}: {
  keys: ProviderKeys;
  hosts: readonly HostEntry[];
}): LanguageModels {
  const fetchListed = createGuardedFetch({ hosts });
  const fetchers = new Map<ProviderName, GuardedFetch>();

  // A fetch for each vendor, so that one vendor's key could not reach another's origin by any mistake.
  function fetcherOf(name: ProviderName): GuardedFetch {
    const { movable, baseUrl } = PROVIDERS[name];
    if (movable || !baseUrl) return fetchListed;
    const fetcher = fetchers.get(name) ?? createGuardedFetch({ origins: [new URL(baseUrl).origin] });
    fetchers.set(name, fetcher);
    return fetcher;
  }

  async function* streamAnswer({ providerName, modelName, apiConfig, prompt, signal, onStart }: AnswerRequest) {
    signal.throwIfAborted();
    if (!isProviderName(providerName)) {
      throw new FailureError(FailureCode.INTERNAL, 'This version of the service does not know that provider.', false);
    }
    const config: ApiConfig = apiConfig;
    const fetcher = fetcherOf(providerName);
    const consumerLeft = new AbortController();
    const abortSignal = AbortSignal.any([signal, consumerLeft.signal]);
    try {
      const model = createProviderModel({
        providerName,
        modelName,
        apiConfig: config,
        keys,
        fetch: (input, init) => fetcher(input, { ...init, idleTimeoutMs: config.timeoutMs }),
        signal: abortSignal,
      });
      onStart?.();
      // The model itself: streamText puts a dozen streams around it, for tools and steps that no answer has. They take
      // as much time for each delta as everything else that is done with it.
      const { stream } = await model.doStream({
        prompt: [
          { role: 'system', content: prompt.system },
          ...prompt.messages.map(({ role, content }) => ({
            role,
            content: [{ type: 'text' as const, text: content }],
          })),
        ],
        temperature: config.temperature,
        topP: config.topP,
        maxOutputTokens: requestedTokens({ providerName, modelName, apiConfig: config }),
        seed: config.seed,
        stopSequences: config.stop,
        abortSignal,
      });
      yield* answerParts(stream);
    } catch (error) {
      signal.throwIfAborted();
      const key = keyAt(providerName, config.baseUrl ?? '', keys);
      throw toProviderFailure(error, { ...PROVIDERS[providerName], key, modelName, settings: LLM_SETTINGS });
    } finally {
      consumerLeft.abort();
    }
  }

  return { streamAnswer };
}
