import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { every, isRepeated } from '../../src/platform/every.js';

const EVERY_MS = 1_000;

let runs: { signal: AbortSignal; isRepeated: boolean; end: () => void; fail: (error: Error) => void }[];
let told: unknown[];
let stop: () => Promise<void>;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  [runs, told] = [[], []];
  const work = (signal: AbortSignal) =>
    new Promise<void>((end, fail) => {
      runs.push({ signal, isRepeated: isRepeated(), end, fail });
    });
  stop = every(EVERY_MS, work, (error) => void told.push(error));
});
afterEach(() => void jest.useRealTimers());

const pass = (times: number) => jest.advanceTimersByTimeAsync(times * EVERY_MS);

describe('what is done every second', () => {
  it('is not begun anew while it is going', async () => {
    await pass(3);
    expect(runs).toHaveLength(1);
    runs[0]!.end();
    await pass(1);
    expect(runs).toHaveLength(2);
  });

  it('can be told from what somebody asks for', async () => {
    await pass(1);
    expect([runs[0]!.isRepeated, isRepeated()]).toEqual([true, false]);
  });

  it('is done again after it failed, which is told', async () => {
    await pass(1);
    const error = new Error('Out of order');
    runs[0]!.fail(error);
    await pass(1);
    expect([told, runs.length]).toEqual([[error], 2]);
  });

  it('is waited for when it is to end, and what it ends with then is no news', async () => {
    await pass(1);
    let hasStopped = false;
    const stopped = stop().then(() => (hasStopped = true));
    await pass(1);
    expect([runs[0]!.signal.aborted, hasStopped]).toEqual([true, false]);
    runs[0]!.fail(runs[0]!.signal.reason as Error);
    await stopped;
    await pass(1);
    expect([told, runs.length]).toEqual([[], 1]);
  });
});
