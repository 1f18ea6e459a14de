/** Counts the milliseconds in which it is started. */
export interface Stopwatch {
  readonly ms: number;
  start(): void;
  stop(): void;
}

export function createStopwatch(): Stopwatch {
  let before = 0;
  let since: number | null = null;
  const ms = (): number => before + (since === null ? 0 : Date.now() - since);
  return {
    get ms() {
      return ms();
    },
    start: () => void (since ??= Date.now()),
    stop() {
      before = ms();
      since = null;
    },
  };
}
