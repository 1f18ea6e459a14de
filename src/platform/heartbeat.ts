/** How often a job or an answer shows that its process is alive, in milliseconds, and after how long a silence that is taken for dead. */
export const HEARTBEAT_MS = 2_000;
export const LOST_AFTER_MS = 15_000;

/**
 * Makes a sweep for what has lost its process one that can be trusted. Whoever was asleep, or without a database, gives the living the
 * time until its next look to show themselves: they may have been asleep with it.
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
