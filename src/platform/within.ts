/** What `work` comes to, or `late` where that takes more than so many milliseconds; the work goes on then. */
export async function within<T>(ms: number, work: Promise<T>, late: () => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<T>((resolve) => (timer = setTimeout(() => resolve(late()), ms)));
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/**
 * Does work that ends with its signal: it aborts as `signal` does, or after so many milliseconds with a TimeoutError.
 * Unlike AbortSignal.any over an AbortSignal.timeout, which leaks once it is combined again, it frees its timer.
 */
export async function endingWithin<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException(`It took more than ${ms} ms`, 'TimeoutError')), ms);
  const ended = AbortSignal.any(signal ? [signal, late.signal] : [late.signal]);
  return work(ended).finally(() => clearTimeout(timer));
}

/** Whether that is why the work failed: its time was over. */
export function isLate(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
