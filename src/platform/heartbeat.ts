/** How often a run or an answer gives a sign of life, and after how long without one it is dead; in milliseconds. */
export const HEARTBEAT_MS = 2_000;
export const LOST_AFTER_MS = 15_000;

/**
 * Makes a sweep for what has lost its process safe after a pause. A process that slept, had no database or could not
 * write signs of life leaves one sweep out: the others may have been kept from it too, and get time to show life.
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
