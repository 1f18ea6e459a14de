import { createBuiltinEmbedder } from './builtin.js';
import type { Embedder } from './embedder.js';
import { createRemoteEmbedder, type RemoteEmbedderOptions, type RemoteEmbeddingProvider } from './remote.js';

export interface EmbedderOptions extends Omit<RemoteEmbedderOptions, 'provider'> {
  /** EMBEDDING_PROVIDER. `builtin` needs no network and ignores the rest. */
  provider: 'builtin' | RemoteEmbeddingProvider;
}

/** The embedder that the configuration names. @throws Error when a setting is missing that its provider needs. */
export function createEmbedder({ provider, ...options }: EmbedderOptions): Embedder {
  return provider === 'builtin' ? createBuiltinEmbedder() : createRemoteEmbedder({ provider, ...options });
}
