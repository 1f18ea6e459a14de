/** How often a run or an answer gives a sign of life, and after how long without one it is dead; in milliseconds. */
export const HEARTBEAT_MS = 2_000;
export const LOST_AFTER_MS = 15_000;

/**
 * Makes a sweep for what has lost its process one that can be trusted. Whoever was asleep, or without a database, gives
 * the living the time until its next look to show themselves: they may have been asleep with it.
 *
 * @param everyMs how often it will be called, in milliseconds
 * @param isThere fails while the database does not answer
 */
export function unlessAway(
  everyMs: number,
  sweep: () => Promise<void>,
  isThere: () => Promise<void>,
): () => Promise<void> {
  let lookedAt = Date.now();
  return async () => {
    const wasAway = Date.now() - lookedAt > 2 * everyMs;
    lookedAt = 0;
    await (wasAway ? isThere() : sweep());
    lookedAt = Date.now();
  };
}
