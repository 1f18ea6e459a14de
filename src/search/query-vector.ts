import type { Context } from '../context.js';
import { FailureError } from '../platform/errors.js';
import type { Embedder } from '../platform/embedding/embedder.js';
import { endingWithin, isLate } from '../platform/within.js';
import { SearchMode } from './search-mode.js';

export interface QueryVector {
  model: string;
  values: readonly number[];
}

export interface VectorRequest {
  query: string;
  mode: SearchMode;
  /** Whether HYBRID fails rather than do with words alone. Default: false. */
  needsVector?: boolean;
  signal?: AbortSignal;
}

/** How long a search waits for a model that it can do without, in milliseconds. */
const DISPENSABLE_MS = 4_000;

/**
 * The vector of a query. Where the model cannot be called, it is null if the search can do without it: in KEYWORD mode,
 * and in HYBRID mode where the service is no longer configured with that model, unless the request `needsVector`.
 * Whoever changes the model may have switched off the old one.
 * @throws FailureError where the model cannot be called and the search needs it
 */
export async function embedQuery(
  ctx: Pick<Context, 'embedder'>,
  embedder: Embedder,
  { query, mode, needsVector = false, signal }: VectorRequest,
): Promise<QueryVector | null> {
  const { model } = embedder;
  const isDemanded = needsVector || model === ctx.embedder.model;
  if (mode === SearchMode.SEMANTIC || (mode === SearchMode.HYBRID && isDemanded))
    return { model, values: await embedder.embedQuery(query, signal) };
  const ask = (ended: AbortSignal) => embedder.embedQuery(query, ended, { attempts: 1 });
  try {
    return { model, values: await endingWithin(DISPENSABLE_MS, signal, ask) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof FailureError || isLate(error)) return null;
    throw error;
  }
}
