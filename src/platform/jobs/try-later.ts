import { type FilterQuery, LockMode } from '@mikro-orm/core';

import type { Database } from '../database/database.js';
import type { FailureError } from '../errors.js';
import { type Failure, toFailure } from '../failure.js';
import type { Job, Jobs } from './jobs.js';
import { afterSetback, type Setbacks } from './setbacks.js';

interface Going {
  status: string;
  error: Failure | null;
}

/**
 * Queues a run that is RUNNING, and has failed in a way that passes, for later: what is done of it stays.
 * @param own which one, while this process has it
 * @param setbacks those before this one count where the run has not got on since
 * @returns in how many milliseconds it is tried again; null: it is not
 */
export function tryLater<Run extends Going>(
  { database, jobs }: { database: Database; jobs: Jobs },
  entity: new () => Run,
  own: Partial<Run>,
  failure: FailureError,
  setbacks: { before: Setbacks | undefined; hasGotOn(run: Run): boolean },
  jobOf: (run: Run, setbacks: Setbacks) => Job,
): Promise<number | null> {
  return database.fork().transactional(async (em) => {
    const where = { ...own, status: 'RUNNING' } as FilterQuery<Run>;
    const run = (await em.findOne(entity, where, { lockMode: LockMode.PESSIMISTIC_WRITE })) as Run | null;
    const later = run && afterSetback(setbacks.hasGotOn(run) ? undefined : setbacks.before, failure);
    if (!later) return null;
    Object.assign(run, { status: 'QUEUED', error: toFailure(failure) });
    await em.flush();
    await jobs.send(em, jobOf(run, later.setbacks), later.waitMs);
    return later.waitMs;
  });
}
