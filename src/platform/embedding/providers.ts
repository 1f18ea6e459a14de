/**
 * What EMBEDDING_PROVIDER may name. `model` is its model where EMBEDDING_MODEL is not set; null: it has to be. What is
 * the same for language models, such as where a provider is called, is in platform/llm/providers.ts.
 */
export const EMBEDDING_PROVIDERS = {
  builtin: { model: 'builtin', asksFor768: false, batchSize: 128 },
  ollama: { model: 'nomic-embed-text', asksFor768: false, batchSize: 16 },
  openai: { model: 'text-embedding-3-small', asksFor768: true, batchSize: 64 },
  'openai-compatible': { model: null, asksFor768: true, batchSize: 32 },
} as const;

export type EmbeddingProvider = keyof typeof EMBEDDING_PROVIDERS;
