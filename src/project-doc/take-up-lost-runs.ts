import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { FailureCode } from '../platform/errors.js';
import type { Failure } from '../platform/failure.js';
import { takeUpLost } from '../platform/jobs/lost-runs.js';
import { endRun, failRun, jobOf, queueRun, topicOf } from './sync-run.service.js';
import { SyncRun, SyncRunStatus } from './sync-run.entity.js';

type Services = Pick<Context, 'jobs' | 'database' | 'topics'>;

const INTERRUPTED: Failure = {
  code: FailureCode.INTERRUPTED,
  message: 'The process that ran this sync ended, or lost its database. A new run takes it up.',
  retryable: true,
};

const LEFT: Failure = {
  ...INTERRUPTED,
  message: 'The project has come to an embedding model of another process. A new run takes it up there.',
};

/** A sync that ends its process, by its need of memory for one, would do so at each start of the service, for ever. */
const MAX_DEATHS = 5;
const GIVEN_UP: Failure = {
  code: FailureCode.INTERRUPTED,
  message:
    `The process ended ${MAX_DEATHS} times in a row while it ran this sync, and nothing was done in between. ` +
    'See its log for the reason (it may need more memory, or a smaller folder), then sync again.',
  retryable: false,
};

/**
 * Ends the run as INTERRUPTED and queues one that takes it up, in one transaction.
 * @param isLeft its process goes on, and leaves it to others. Default: it ended, or is about to
 */
export async function takeUpAgain(
  services: Pick<Services, 'jobs' | 'database'>,
  id: string,
  isLeft = false,
): Promise<void> {
  await services.database.fork().transactional(async (em) => {
    const run = await em.findOne(SyncRun, id);
    if (run && (await endRun(services, em, id, SyncRunStatus.INTERRUPTED, isLeft ? LEFT : INTERRUPTED)))
      await queueRun(services, em, run.projectDocId, run.retryOfId);
  });
}

/** See takeUpLost. The fifth in a row that died without having done anything is FAILED instead. */
export function takeUpLostRuns(services: Services, before?: Date): Promise<void> {
  const takeUp = async (run: SyncRun): Promise<void> => {
    if (await diesEachTime(services, run)) await failRun(services, run.id, GIVEN_UP);
    else await takeUpAgain(services, run.id);
    services.topics.publish(topicOf(run.id));
  };
  return takeUpLost(services, SyncRun, { takeUp, jobOf }, before);
}

/**
 * Whether the last runs of its ProjectDoc, this one included, all lost their process before anything of a file was
 * stored.
 */
async function diesEachTime({ database }: Services, { id, projectDocId }: SyncRun): Promise<boolean> {
  const rows = await query(database.fork())<{ deaths: number }>`
    select count(*)::int as deaths from (
      select * from sync_run where project_doc_id = ${projectDocId} order by created_at desc, id desc limit ${MAX_DEATHS}) r
    where (id = ${id} or error ->> 'code' = ${FailureCode.INTERRUPTED})
      and files_added + files_updated + files_renamed + files_deleted + files_failed + chunks_embedded = 0`;
  return rows[0]!.deaths === MAX_DEATHS;
}
