/**
 * Maps the events of a source, one at a time. A fault of the source or of `map` becomes the last event, by `fail`;
 * null: there is none. `return` ends a pending `next` at once and hands the end on to the source: neither waits for a
 * source that stays silent.
 */
export function mapEvents<T, R>(
  source: AsyncIterable<T>,
  map: (event: T) => Promise<R>,
  fail: (error: unknown) => R | null,
): AsyncIterableIterator<R, undefined> {
  const events = source[Symbol.asyncIterator]();
  const finished: IteratorReturnResult<undefined> = { done: true, value: undefined };
  let isOver = false;
  let releasePending: (() => void) | undefined;

  async function pull(): Promise<IteratorResult<R, undefined>> {
    try {
      const event = await events.next();
      if (!event.done && !isOver) return { done: false, value: await map(event.value) };
      isOver = true;
      return finished;
    } catch (error) {
      if (isOver) return finished;
      isOver = true;
      endSource();
      const last = fail(error);
      return last === null ? finished : { done: false, value: last };
    }
  }

  function end(): void {
    if (isOver) return;
    isOver = true;
    releasePending?.();
    endSource();
  }

  function endSource(): void {
    // Nobody is left to tell about a fault of the clean-up.
    void (async () => events.return?.())().catch(() => undefined);
  }

  return {
    next: () =>
      isOver
        ? Promise.resolve(finished)
        : new Promise((resolve) => {
            releasePending = () => resolve(finished);
            void pull().then(resolve);
          }),
    async return() {
      end();
      return finished;
    },
    async throw(error) {
      end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
