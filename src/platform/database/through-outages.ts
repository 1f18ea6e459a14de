import { setTimeout as pause } from 'node:timers/promises';

import type { Database } from './database.js';

/** How long until it is tried again, in milliseconds. */
const RETRY_MS = 1_000;

/**
 * Does `work` again, every second, for as long as the database cannot be used: one connection that is lost fails
 * nothing, and neither does an outage. Of a write that failed nobody knows whether it was done, so `work` has to be
 * such that doing it twice is as doing it once.
 *
 * @param signal when it aborts, nothing is tried again
 * @throws the signal's reason once it aborts in a wait; whatever else is wrong with `work`
 */
export async function throughOutages<Result>(
  { outages }: Pick<Database, 'outages'>,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !outages.tells(error)) throw error;
    }
    await pause(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
