import { FailureCode, FailureError } from '../errors.js';
import type { Embedder } from './embedder.js';

/** Failures that no other text would fare better with. */
export const ABOUT_THE_ACCOUNT: ReadonlySet<FailureCode> = new Set([FailureCode.AUTH, FailureCode.RATE_LIMITED]);

/** Why the model fails for the plainest of texts; null when it does not: then it is the texts that it does not take. */
export async function probeModel(embedder: Embedder, signal: AbortSignal): Promise<FailureError | null> {
  try {
    await embedder.embedDocuments(['ibid'], signal, { attempts: 1 });
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FailureError) return error;
    throw error;
  }
}
