/** How often a job says so, in milliseconds, and for how long a process has been silent that is taken for dead. */
export const HEARTBEAT_MS = 2_000;
export const LOST_AFTER_MS = 15_000;

/**
 * Says again and again that this process still works on a record.
 *
 * @param beat writes it down; false when the record has ended or is gone
 * @param everyMs how often, in milliseconds
 * @param onLost called when `beat` was too late; a beat that cannot be written is only tried again
 * @returns ends it
 */
export function startHeartbeat(beat: () => Promise<boolean>, everyMs: number, onLost: () => void): () => void {
  const timer = setInterval(
    () =>
      void beat().then(
        (alive) => alive || onLost(),
        () => {},
      ),
    everyMs,
  );
  return () => clearInterval(timer);
}
