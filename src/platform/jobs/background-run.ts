import { passesWithOutage } from '../database/database-fault.js';
import type { OutageLog } from '../database/outage-log.js';
import { FailureError } from '../errors.js';
import { type Failure, logFailure, toFailure } from '../failure.js';
import { HEARTBEAT_MS } from '../heartbeat.js';
import type { Logger } from '../logger.js';

/** Undoes the transaction of a run that was cancelled, deleted or taken up by somebody else. */
export class RunEnded extends Error {}

/** Thrown where a run can only be done by another process from here on: it is queued anew. */
export class LeftToOthers extends Error {}

/** Work that a record stands for, which other processes can read, cancel and take up. */
export interface BackgroundRun {
  /** Gives a sign of life; false when the run has ended or is gone. One that fails is only tried again. */
  beat(): Promise<boolean>;
  work(signal: AbortSignal): Promise<void>;
  /** @param isLeft it is left to other processes; false: this one stops */
  queueAgain(isLeft: boolean): Promise<void>;
  /** Queues it after a failure that passes: in how many milliseconds; null: it has to fail. Absent: it always has. */
  tryLater?(failure: FailureError): Promise<number | null>;
  fail(failure: Failure): Promise<unknown>;
}

/**
 * Does what was started: once the process stops, the run is queued anew; what goes wrong and does not pass fails it,
 * unless it has ended already. One that loses the database is left without a sign of life, for the sweep that takes up
 * what lost its process: of what was written last nobody knows, and a failure could only be written once all is well.
 */
export async function carryOut(
  run: BackgroundRun,
  what: string,
  outages: OutageLog,
  logger: Logger,
  stopping: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const beat = async (): Promise<void> => {
    if (!(await run.beat())) ended.abort(new RunEnded());
  };
  const heartbeat = setInterval(() => void beat().catch(() => {}), HEARTBEAT_MS);
  try {
    await run.work(AbortSignal.any([stopping, ended.signal]));
  } catch (error) {
    if (stopping.aborted || error instanceof LeftToOthers) return await run.queueAgain(!stopping.aborted);
    if (ended.signal.aborted || error instanceof RunEnded) return;
    if (passesWithOutage(error) && outages.tells(error))
      return logger.warn(`${what} lost the database; it is taken up again`);
    // Of one that was cancelled or deleted since the last beat nobody has to hear.
    if (!(await run.beat().catch(() => true))) return;
    const waitMs = error instanceof FailureError && error.retryable ? await run.tryLater?.(error) : null;
    if (waitMs != null) return logFailure(logger, error, { waitMs }, `${what} failed; it is tried again`);
    logFailure(logger, error, {}, `${what} failed`);
    await run.fail(toFailure(error));
  } finally {
    clearInterval(heartbeat);
  }
}

/** Share of a run that is done: 0 until it is known how much there is to do, 1 when it has finished. */
export function progressOf(run: { finishedAt: unknown }, done: number, total: number): number {
  if (run.finishedAt) return 1;
  return total === 0 ? 0 : Math.min(1, done / total);
}
