import { jest } from '@jest/globals';

/** All but the date. */
const TIMERS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'nextTick',
  'queueMicrotask',
  'performance',
  'hrtime',
] as const;

/** Stops the clock of this process, so far from the right time; 0: it goes right again. The embedded database has no clock of its own. */
export function setClockOff(byMs: number): void {
  jest.useRealTimers();
  if (byMs !== 0) jest.useFakeTimers({ now: Date.now() + byMs, doNotFake: [...TIMERS] });
}
