import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { unlessAway } from '../../src/platform/heartbeat.js';

const EVERY_MS = 1_000;

let calls: string[];
let sweep: () => Promise<void>;
let isGone = false;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  calls = [];
  isGone = false;
  const call = (name: string) => async () => {
    calls.push(name);
    if (isGone) throw new Error('The database is gone');
  };
  sweep = unlessAway(EVERY_MS, call('sweep'), call('ping'));
});
afterEach(() => void jest.useRealTimers());

async function after(ms: number): Promise<void> {
  jest.setSystemTime(Date.now() + ms);
  await sweep().catch(() => undefined);
}

describe('a sweep for what has lost its process', () => {
  it('is made each time', async () => {
    for (let time = 0; time < 3; time += 1) await after(EVERY_MS);
    expect(calls).toEqual(['sweep', 'sweep', 'sweep']);
  });

  it('is left out once by whoever was asleep', async () => {
    await after(EVERY_MS);
    await after(60_000);
    await after(EVERY_MS);
    expect(calls).toEqual(['sweep', 'ping', 'sweep']);
  });

  it('is left out until the database has answered for a while', async () => {
    isGone = true;
    for (let time = 0; time < 3; time += 1) await after(EVERY_MS);
    isGone = false;
    for (let time = 0; time < 2; time += 1) await after(EVERY_MS);
    expect(calls).toEqual(['sweep', 'ping', 'ping', 'ping', 'sweep']);
  });
});
