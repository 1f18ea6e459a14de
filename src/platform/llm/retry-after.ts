const MINUTE_MS = 60_000;
/** Whoever asks for more does not mean it. */
const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * How long a provider asks to be left alone, in milliseconds; null where it does not say. Retry-After is a number of
 * seconds, or the time at which to come back. Some give milliseconds in a header beside it.
 */
export function readRetryAfter(headers: Record<string, string> | undefined): number | null {
  const milliseconds = headers?.['retry-after-ms']?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds);
  const value = headers?.['retry-after']?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const time = Date.parse(value);
  return Number.isNaN(time) ? null : Math.max(0, time - Date.now());
}

/**
 * When to try again, for people: `usual`, or after a wait of more than a minute the time itself. A failure may be
 * read long after it was written.
 */
export function sayWhen(retryAfterMs: number | null, usual: string): string {
  if (retryAfterMs === null || retryAfterMs <= MINUTE_MS) return usual;
  const at = Date.now() + Math.min(retryAfterMs, YEAR_MS);
  const [day, time] = new Date(Math.ceil(at / MINUTE_MS) * MINUTE_MS).toISOString().split('T');
  return `after ${day} ${time!.slice(0, 5)} UTC`;
}
