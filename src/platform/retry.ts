import { setTimeout as pause } from 'node:timers/promises';

import { FailureError } from './errors.js';

export interface RetryOptions {
  /** How often it is tried at most, the first time included. */
  readonly attempts: number;
  /** What asks for a longer wait is not waited for, in milliseconds. */
  readonly longestWaitMs: number;
  readonly signal?: AbortSignal;
  /** Whether a failure passes; default: those that are `retryable`. */
  readonly passes?: (failure: FailureError) => boolean;
}

const FIRST_WAIT_MS = 1_000;

/** The wait after each failure that does not say how long: 1 s, 2 s, 4 s, and so on, of which up to half by chance. */
export const backoffMs = (failures: number): number =>
  Math.round(FIRST_WAIT_MS * 2 ** (failures - 1) * (0.5 + Math.random() / 2));

/**
 * Tries `work` again while it fails in a way that passes. Waits as long as the failure asks for (Retry-After), else
 * 1 s, 2 s, 4 s, ..., of which up to half by chance, so that many that failed together do not come back together.
 * @throws what the last attempt threw; the signal's reason when it aborts during a wait
 */
export async function retrying<Result>(
  work: () => Promise<Result>,
  { attempts, longestWaitMs, signal, passes = ({ retryable }) => retryable }: RetryOptions,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FailureError) || !passes(error) || attempt >= attempts) throw error;
      const wait = error.retryAfterMs ?? backoffMs(attempt);
      if (wait > longestWaitMs) throw error;
      await pause(wait, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}
