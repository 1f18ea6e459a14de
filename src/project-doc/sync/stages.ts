export type Stage = 'fetch' | 'parse' | 'embed' | 'write';

/**
 * Where the time of a run went, for its log line and for bench/sync. Writing goes on beside the other stages: their sum
 * may exceed the whole.
 */
export interface Stages {
  during<Result>(stage: Stage, work: () => Result | Promise<Result>): Promise<Result>;
  /** The same items; the time until each of them comes counts for `stage`. */
  each<Item>(stage: Stage, items: AsyncIterable<Item>): AsyncGenerator<Item>;
  /** Whole milliseconds. */
  milliseconds(): Record<Stage, number>;
}

export function createStages(): Stages {
  const spent: Record<Stage, number> = { fetch: 0, parse: 0, embed: 0, write: 0 };
  async function during<Result>(stage: Stage, work: () => Result | Promise<Result>): Promise<Result> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      spent[stage] += performance.now() - began;
    }
  }
  return {
    during,
    async *each(stage, items) {
      const iterator = items[Symbol.asyncIterator]();
      try {
        for (let next; !(next = await during(stage, () => iterator.next())).done;) yield next.value;
      } finally {
        await iterator.return?.();
      }
    },
    milliseconds: () =>
      Object.fromEntries(Object.entries(spent).map(([stage, ms]) => [stage, Math.round(ms)])) as Record<Stage, number>,
  };
}
