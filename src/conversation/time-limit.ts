import { FailureCode, FailureError } from '../errors.js';

/** The longest that a timer takes, in milliseconds: some 24 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** A signal that aborts when an answer has taken as long as it may, with a FailureError TIMEOUT as its reason. */
export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Ends the watch. */
  clear(): void;
}

export function startTimeLimit(ms: number): TimeLimit {
  const controller = new AbortController();
  const seconds = Math.round(ms / 1000);
  const longest = seconds === 1 ? '1 second' : `${seconds.toLocaleString('en')} seconds`;
  const message = `This answer took longer than ${longest} and was ended. Ask for less, or generate it again.`;
  const timer = setTimeout(
    () => controller.abort(new FailureError(FailureCode.TIMEOUT, message, true)),
    Math.min(ms, LONGEST_TIMER),
  );
  return { signal: controller.signal, clear: () => clearTimeout(timer) };
}
