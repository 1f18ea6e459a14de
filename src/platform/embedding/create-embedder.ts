import { createHashingEmbedder } from './builtin-embedders.js';
import type { BuiltinThread } from './builtin-thread.js';
import type { Embedder } from './embedder.js';
import { createRemoteEmbedder, type RemoteEmbedderOptions, type RemoteEmbeddingProvider } from './remote.js';

export interface EmbedderOptions extends Omit<RemoteEmbedderOptions, 'provider'> {
  /** EMBEDDING_PROVIDER. `builtin` needs no network and ignores the rest. */
  provider: 'builtin' | RemoteEmbeddingProvider;
  /** Of the builtin embedders. */
  thread: BuiltinThread;
}

/** The embedder that the configuration names. @throws Error when a setting is missing that its provider needs. */
export function createEmbedder({ provider, thread, ...options }: EmbedderOptions): Embedder {
  return provider === 'builtin' ? createHashingEmbedder(thread) : createRemoteEmbedder({ provider, ...options });
}
