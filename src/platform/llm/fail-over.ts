import { FailureCode, FailureError } from '../errors.js';
import { backoffMs } from '../retry.js';
import { remedyFor } from './provider-failure.js';

/** How long may be tried to get the first word of one answer, in milliseconds: no other request begins after that. */
export const FAIL_OVER_BUDGET_MS = 60_000;

/** How often a model is asked at most while there is another one to ask, and where there is none. */
const TRIES_BEFORE_ANOTHER = 2;
const TRIES_OF_THE_LAST = 3;

export interface Standing {
  /** Whether some of its answer is there already: that is not said again. */
  hasBegun: boolean;
  /** How often this model has been asked, now included. */
  tries: number;
  /** Whether there is another model after it. */
  hasNext: boolean;
  /** What is left for this model, and for all, in milliseconds. */
  shareLeftMs: number;
  budgetLeftMs: number;
}

export type NextStep = { type: 'again'; waitMs: number } | { type: 'next' } | { type: 'give up' };

/**
 * What to do after a model has failed. Before its first word, and after 408, 429, 5xx and network faults, it is asked
 * again: after as long as Retry-After says, else after 0.5 to 1 s, then 1 to 2 s. It is asked twice in all where
 * there is another model, else three times; once less after a timeout, which has cost the time already. The next
 * model is asked at once where the wait is longer than what is left of this one's share of the time, where it has
 * failed as often, and after an empty answer. After anything else (400, 401, 403, 404, a content filter), nobody is
 * asked.
 */
export function stepAfter(failure: unknown, standing: Standing): NextStep {
  const { hasBegun, tries, hasNext, shareLeftMs, budgetLeftMs } = standing;
  if (hasBegun || !(failure instanceof FailureError)) return { type: 'give up' };
  const remedy = remedyFor(failure);
  if (remedy === 'none') return { type: 'give up' };
  const mostTries =
    (hasNext ? TRIES_BEFORE_ANOTHER : TRIES_OF_THE_LAST) - (failure.code === FailureCode.TIMEOUT ? 1 : 0);
  const waitMs = failure.retryAfterMs ?? backoffMs(tries);
  if (remedy === 'again' && tries < mostTries && waitMs < shareLeftMs) return { type: 'again', waitMs };
  return hasNext && budgetLeftMs > 0 ? { type: 'next' } : { type: 'give up' };
}
