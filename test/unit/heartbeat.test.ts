import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { unlessAway } from '../../src/platform/heartbeat.js';

const EVERY_MS = 1_000;

let calls: string[];
let sweep: () => Promise<void>;
let isGone = false;
/** For how long something keeps signs of life from being written, in milliseconds. */
let heldMs = 0;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  calls = [];
  isGone = false;
  heldMs = 0;
  const canBeat = async (): Promise<void> => {
    jest.setSystemTime(Date.now() + heldMs);
    if (isGone) throw new Error('The database is gone');
  };
  sweep = unlessAway(EVERY_MS, async () => void calls.push('sweep'), canBeat);
});
afterEach(() => void jest.useRealTimers());

/** The next look: whether it sweeps. */
async function sweepsAfter(ms: number): Promise<boolean> {
  calls = [];
  jest.setSystemTime(Date.now() + ms);
  await sweep().catch(() => undefined);
  return calls.length > 0;
}

describe('a sweep for what has lost its process', () => {
  it('is made each time', async () => {
    for (let time = 0; time < 3; time += 1) expect(await sweepsAfter(EVERY_MS)).toBe(true);
  });

  it('is left out once by whoever was asleep', async () => {
    expect(await sweepsAfter(60_000)).toBe(false);
    expect(await sweepsAfter(EVERY_MS)).toBe(true);
  });

  it('is left out until the database has answered for a while', async () => {
    isGone = true;
    for (let time = 0; time < 3; time += 1) expect(await sweepsAfter(EVERY_MS)).toBe(false);
    isGone = false;
    expect(await sweepsAfter(EVERY_MS)).toBe(false);
    expect(await sweepsAfter(EVERY_MS)).toBe(true);
  });

  it('is left out once where no sign of life could be written for a while', async () => {
    heldMs = 60_000;
    expect(await sweepsAfter(EVERY_MS)).toBe(false);
    heldMs = 0;
    expect(await sweepsAfter(EVERY_MS)).toBe(true);
  });
});
