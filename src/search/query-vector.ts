import type { Context } from '../context.js';
import { FailureError } from '../errors.js';
import type { Embedder } from '../platform/embedding/embedder.js';
import { SearchMode } from './search.inputs.js';

export interface QueryVector {
  model: string;
  values: readonly number[];
}

/** How long a model that is not the configured one may take, in milliseconds: it may be on its way out. */
const OTHER_MODEL_MS = 4_000;

/**
 * The vector of a query. null where the model is one that the service is not configured with any more, cannot be called,
 * and the search can do without: somebody who changes the model may have switched the old one off.
 * @throws FailureError
 */
export async function embedQuery(
  ctx: Pick<Context, 'embedder'>,
  embedder: Embedder,
  query: string,
  mode: SearchMode,
  signal?: AbortSignal,
): Promise<QueryVector | null> {
  const { model } = embedder;
  if (model === ctx.embedder.model || mode === SearchMode.SEMANTIC)
    return { model, values: await embedder.embedQuery(query, signal) };
  const late = AbortSignal.timeout(OTHER_MODEL_MS);
  try {
    const signals = signal ? [signal, late] : [late];
    return { model, values: await embedder.embedQuery(query, AbortSignal.any(signals), 1) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof FailureError || late.aborted) return null;
    throw error;
  }
}
