import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from '@jest/globals';

import { endingWithin } from '../../src/platform/within.js';
import { until } from '../support/until.js';

const never = new AbortController().signal;
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('work that ends within a time', () => {
  it('gives what it comes to', async () => {
    expect(await endingWithin(60_000, never, async () => 'done')).toBe('done');
  });

  it('is aborted when the time is over, or before that by whoever asked for it', async () => {
    await expect(endingWithin(1, never, untilAborted)).rejects.toMatchObject({ name: 'TimeoutError' });
    const stop = new AbortController();
    const ended = endingWithin(60_000, stop.signal, untilAborted);
    stop.abort(new Error('stopped'));
    await expect(ended).rejects.toThrow('stopped');
  });

  it('leaves nothing behind, though what it was part of goes on', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const outer = AbortSignal.any([new AbortController().signal]);
    const ended = await endingWithin(60_000, outer, async (signal) => {
      // As a request to a provider does.
      AbortSignal.any([signal, new AbortController().signal]);
      return new WeakRef(signal);
    });
    await until(() => {
      collectGarbage();
      return ended.deref() === undefined;
    });
    expect(outer.aborted).toBe(false);
  });
});
