import type { FailureError } from '../errors.js';

/** How often a run failed since it last got on, or its start, in ways that pass; and since when, in milliseconds. */
export interface Setbacks {
  count: number;
  since: number;
}

/** Rate limits are counted by the minute, and outages last longer: the waits are 15 s, 30 s, 1 min and so on. */
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 600_000;
/** What has failed for so long, without getting on in between, is not tried again. */
const GIVE_UP_MS = 3_600_000;

/**
 * When a run is tried again that failed in a way that passes: others have their turn meanwhile.
 * @param before the failures before this one; undefined where it got on since
 * @returns null where it is not
 */
export function afterSetback(
  before: Setbacks | undefined,
  failure: FailureError,
): { setbacks: Setbacks; waitMs: number } | null {
  const now = Date.now();
  const { count, since } = before ?? { count: 0, since: now };
  // Up to a quarter less by chance, so that what failed together does not come back together.
  const usual = Math.min(FIRST_WAIT_MS * 2 ** count, LONGEST_WAIT_MS) * (1 - Math.random() / 4);
  const waitMs = Math.round(Math.max(usual, failure.retryAfterMs ?? 0));
  return now + waitMs - since > GIVE_UP_MS ? null : { setbacks: { count: count + 1, since }, waitMs };
}
