/** How many may do something at once in this process; whoever comes when all places are taken waits in line. */
export interface Turns {
  /** Takes the next place in line, at once. */
  enter(): Turn;
}

export interface Turn {
  /** Whether it is its turn, or was. */
  readonly hasCome: boolean;
  /**
   * Waits until it is its turn.
   * @throws the signal's reason once that is aborted
   */
  wait(signal: AbortSignal): Promise<void>;
  /** Gives the place to the next in line; waiting, it leaves the line. */
  leave(): void;
}

export function createTurns(count: number): Turns {
  /** In the order in which they came, both those whose turn it is and those who wait. */
  const line = new Set<{ come(): void }>();
  return {
    enter() {
      const { promise, resolve } = Promise.withResolvers<void>();
      let hasCome = line.size < count;
      if (hasCome) resolve();
      const place = { come: () => ((hasCome = true), resolve()) };
      line.add(place);
      return {
        get hasCome() {
          return hasCome;
        },
        async wait(signal) {
          signal.throwIfAborted();
          const aborted = Promise.withResolvers<never>();
          const abort = (): void => aborted.reject(signal.reason);
          signal.addEventListener('abort', abort, { once: true });
          try {
            await Promise.race([promise, aborted.promise]);
          } finally {
            signal.removeEventListener('abort', abort);
          }
        },
        leave() {
          line.delete(place);
          for (const next of [...line].slice(0, count)) next.come();
        },
      };
    },
  };
}
