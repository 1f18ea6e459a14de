/** How often a run or an answer gives a sign of life, and after how long without one it is dead; in milliseconds. */
export const HEARTBEAT_MS = 2_000;
export const LOST_AFTER_MS = 15_000;

/**
 * Makes a sweep for what has lost its process one that can be trusted. Whoever was asleep, without a database, or kept
 * from writing a sign of life, gives the living the time until its next look to show themselves: so may they have been.
 *
 * @param everyMs how often it will be called, in milliseconds
 * @param canBeat waits for whatever keeps signs of life from being written; fails while the database does not answer
 */
export function unlessAway(
  everyMs: number,
  sweep: () => Promise<void>,
  canBeat: () => Promise<void>,
): () => Promise<void> {
  let lookedAt = Date.now();
  return async () => {
    const since = lookedAt;
    lookedAt = 0;
    await canBeat();
    const wasAway = Date.now() - since > 2 * everyMs;
    if (!wasAway) await sweep();
    lookedAt = Date.now();
  };
}
