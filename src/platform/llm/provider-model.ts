import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import { answerLimits, type ApiConfig } from './api-config.js';
import { createBuiltinModel } from './builtin/builtin-model.js';
import { createOllamaModel } from './ollama-model.js';
import { missingKey } from './provider-failure.js';
import { streamingOnly } from './streaming-only.js';
import { keyAt, missingVariable, type ProviderKeys, type ProviderName, PROVIDERS } from './providers.js';

/** The AI SDK's own interface of a provider's model. */
export type ProviderModel = Extract<LanguageModel, { specificationVersion: 'v4' }>;
export type ModelPrompt = Parameters<ProviderModel['doStream']>[0]['prompt'];
export type ModelStream = Awaited<ReturnType<ProviderModel['doStream']>>['stream'];
export type ModelPart = ModelStream extends ReadableStream<infer Part> ? Part : never;

export interface ProviderModelOptions {
  providerName: ProviderName;
  modelName: string;
  apiConfig: ApiConfig;
  keys: ProviderKeys;
  fetch: typeof globalThis.fetch;
  signal: AbortSignal;
}

/**
 * The model of the AI SDK behind a provider's name. The base URL is always given: the SDK would else take one from
 * variables such as OPENAI_BASE_URL, and the key would go there.
 *
 * @throws FailureError AUTH when the provider needs a key and none is set.
 */
export function createProviderModel(options: ProviderModelOptions): ProviderModel {
  const { providerName, modelName, apiConfig, keys, fetch, signal } = options;
  const provider = PROVIDERS[providerName];
  if (missingVariable(providerName, keys)) throw missingKey(provider);
  const baseURL = apiConfig.baseUrl ?? provider.baseUrl ?? '';
  const key = keyAt(providerName, baseURL, keys);
  const apiKey = (key && keys[key.name]) ?? '';

  switch (providerName) {
    case 'builtin':
      return createBuiltinModel();
    case 'openai':
      // Chat completions rather than responses: they know seed and stop, and OpenAI does not keep them by default.
      return createOpenAI({ apiKey, baseURL, fetch }).chat(modelName);
    case 'anthropic':
      return createAnthropic({ apiKey, baseURL, fetch })(modelName);
    case 'google':
      return createGoogleGenerativeAI({ apiKey, baseURL, fetch })(modelName);
    case 'ollama':
      return createOllamaModel({
        baseUrl: baseURL,
        modelName,
        contextWindow: answerLimits({ providerName, modelName, apiConfig }).contextWindow,
        fetch,
        signal,
      });
    case 'openai-compatible':
      return createOpenAICompatible({
        name: 'openaiCompatible',
        baseURL,
        fetch: streamingOnly(fetch),
        includeUsage: true,
        ...(apiKey && { apiKey }),
      })(modelName);
  }
}
