import type { RetryOptions } from '../retry.js';

/** Of all models but spaces, and of the approximate index. Shorter vectors get zeros, longer ones are refused. */
export const EMBEDDING_DIMENSIONS = 768;

/** How a fault that passes is met, where it is not as usual. */
export type Patience = Partial<Pick<RetryOptions, 'attempts' | 'longestWaitMs'>>;

/** Turns text into unit vectors, all of one length. */
export interface Embedder {
  /** Stored beside each vector, as only those of one model are compared: `ollama/nomic-embed-text`. */
  readonly model: string;
  /** The weight of the vector leg in hybrid search, 0..1; the keyword leg has the rest. */
  readonly weight: number;
  /** The least similarity (0..1) at which a passage counts as found at all; Infinity: by similarity alone none does. */
  readonly minimumSimilarity: number;
  /** How many texts go into one call of embedDocuments at most. */
  readonly batchSize: number;
  /**
   * @param patience default: 4 attempts, waits of up to 5 minutes
   * @throws FailureError when the provider cannot be reached or refuses.
   */
  embedDocuments(
    texts: readonly string[],
    signal?: AbortSignal,
    patience?: Patience,
  ): Promise<readonly ArrayLike<number>[]>;
  /**
   * @param patience default: 3 attempts, waits of up to 5 seconds
   * @throws FailureError when the provider cannot be reached or refuses.
   */
  embedQuery(text: string, signal?: AbortSignal, patience?: Patience): Promise<number[]>;
}
