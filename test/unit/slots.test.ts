import { describe, expect, it } from '@jest/globals';

import { createSlots } from '../../src/platform/slots.js';

describe('slots', () => {
  it('are as many as there are, and free again when the work has ended, however it has', async () => {
    const slots = createSlots(2);
    const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
    const begun = [slots.begin(() => first.promise), slots.begin(() => second.promise)];
    expect(slots.begin(async () => 'third')).toBeNull();
    first.resolve('done');
    second.reject(new Error('out of order'));
    expect(await begun[0]).toBe('done');
    await expect(begun[1]).rejects.toThrow('out of order');
    expect(await Promise.all([slots.begin(async () => 'third'), slots.begin(async () => 'fourth')])).toEqual([
      'third',
      'fourth',
    ]);
  });

  it('tell the work that the service stops, and wait for its end', async () => {
    const slots = createSlots(1);
    const events: string[] = [];
    const begun = slots.begin(async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await new Promise(setImmediate);
      events.push('ended');
      signal.throwIfAborted();
    });
    const outcome = begun!.catch((error: unknown) => error);
    await slots.stop();
    events.push('stopped');
    expect(events).toEqual(['ended', 'stopped']);
    expect(await outcome).toMatchObject({ code: 'INTERRUPTED', retryable: true });
    expect(slots.begin(async () => {})).toBeNull();
  });
});
