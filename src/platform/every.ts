import { AsyncLocalStorage } from 'node:async_hooks';

const repeated = new AsyncLocalStorage<true>();

/** Whether this is work that comes again and again: how tests tell its statements from those of an operation. */
export const isRepeated = (): boolean => repeated.getStore() === true;

/**
 * Does something again and again, but never beside itself: what would begin while it is going is left out.
 * @param work its signal aborts when it is to end
 * @param tell takes what `work` throws, unless it was to end
 * @returns ends it, and waits for what is going
 */
export function every(
  everyMs: number,
  work: (stopping: AbortSignal) => Promise<void>,
  tell: (error: unknown) => void,
): () => Promise<void> {
  const stopping = new AbortController();
  let going: Promise<void> | null = null;
  const timer = setInterval(() => {
    going ??= repeated
      .run(true, () => work(stopping.signal))
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) tell(error);
      })
      .finally(() => (going = null));
  }, everyMs);
  return async () => {
    clearInterval(timer);
    stopping.abort(new Error('The service is stopping'));
    await going;
  };
}
