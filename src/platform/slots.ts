import { FailureCode, FailureError } from './errors.js';

/** How many may do something at once in this process; whoever comes when all places are taken is told so at once. */
export interface Slots {
  /** What `work` comes to; null: all places are taken. Its signal aborts when the process stops. */
  begin<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> | null;
  /** Aborts what is going with a FailureError, and waits until it has ended. Nothing begins after that. */
  stop(): Promise<void>;
}

export function createSlots(count: number): Slots {
  const stopping = new AbortController();
  const going = new Set<Promise<unknown>>();
  return {
    begin(work) {
      if (going.size === count || stopping.signal.aborted) return null;
      const begun = work(stopping.signal).finally(() => going.delete(begun));
      going.add(begun);
      return begun;
    },
    async stop() {
      stopping.abort(new FailureError(FailureCode.INTERRUPTED, 'The service is stopping.', true));
      await Promise.allSettled(going);
    },
  };
}
