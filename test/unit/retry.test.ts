import { describe, expect, it } from '@jest/globals';

import { FailureCode, FailureError } from '../../src/platform/errors.js';
import { backoffMs, retrying, type RetryOptions } from '../../src/platform/retry.js';

const fault = (retryable: boolean, retryAfterMs: number | null = null) =>
  new FailureError(FailureCode.RATE_LIMITED, 'Not now.', retryable, { retryAfterMs });

/** Work that always fails like this: how it ends, and how often it was tried. */
async function failing(failure: Error, options: Partial<RetryOptions> = {}) {
  let tries = 0;
  const work = async (): Promise<never> => {
    tries += 1;
    throw failure;
  };
  const thrown = await retrying(work, { attempts: 4, longestWaitMs: 300_000, ...options }).catch((end: unknown) => end);
  return { thrown, tries };
}

/** With it a wait ends as soon as it begins. */
const aborted = AbortSignal.abort('enough');

describe('what is tried again', () => {
  it('is tried as often as it may be, and then fails as it did the last time', async () => {
    const error = fault(true, 1);
    expect(await failing(error)).toEqual({ thrown: error, tries: 4 });
    expect(await failing(error, { attempts: 1 })).toEqual({ thrown: error, tries: 1 });
  });

  it('gives what it comes to in the end', async () => {
    const outcomes = [() => Promise.reject(fault(true, 1)), async () => 'done'];
    expect(await retrying(() => outcomes.shift()!(), { attempts: 4, longestWaitMs: 300_000 })).toBe('done');
  });

  it('is not what fails in a way that does not pass, or unexpectedly', async () => {
    for (const error of [fault(false, 1), new Error('unexpected')])
      expect(await failing(error)).toEqual({ thrown: error, tries: 1 });
  });

  it('is what passes in the eyes of who asks for it', async () => {
    const error = fault(true, 1);
    expect(await failing(error, { passes: () => false })).toEqual({ thrown: error, tries: 1 });
    expect(await failing(fault(false, 1), { passes: () => true })).toMatchObject({ tries: 4 });
  });

  it('waits as long as the failure asks for, up to the longest wait', async () => {
    expect(await failing(fault(true, 300_000), { signal: aborted })).toEqual({ thrown: 'enough', tries: 1 });
    const tooLong = fault(true, 300_001);
    expect(await failing(tooLong, { signal: aborted })).toEqual({ thrown: tooLong, tries: 1 });
  });

  it('waits half a second to a second at first, where the failure does not say', async () => {
    const error = fault(true);
    expect(await failing(error, { longestWaitMs: 499, signal: aborted })).toEqual({ thrown: error, tries: 1 });
    expect(await failing(error, { longestWaitMs: 1_000, signal: aborted })).toEqual({ thrown: 'enough', tries: 1 });
  });

  it('waits twice as long each time: 1 s, 2 s, 4 s, of which up to half by chance', () => {
    for (const [index, longest] of [1_000, 2_000, 4_000].entries()) {
      const waits = Array.from({ length: 1_000 }, () => backoffMs(index + 1));
      expect(Math.min(...waits)).toBeGreaterThanOrEqual(longest / 2);
      expect(Math.max(...waits)).toBeLessThanOrEqual(longest);
      expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(longest / 4);
    }
  });
});
