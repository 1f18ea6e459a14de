import type { Context } from '../context.js';
import { type Em, execute } from '../platform/database/query.js';
import { ACTIVE_RUN_STATUSES, SyncRun, SyncRunStatus } from './sync-run.entity.js';
import { insertRun } from './sync-run.service.js';

/**
 * Gives each of these ProjectDocs, which the transaction has locked, a run that sees the head as it is now. A run that
 * waits will. One that is going may have fetched already: another one follows its end.
 * @returns the runs that wait, and those that are going
 */
export async function queueRunsAtHead(
  ctx: Pick<Context, 'jobs'>,
  em: Em,
  projectDocIds: readonly string[],
): Promise<{ waiting: string[]; going: string[] }> {
  const active = await em.find(SyncRun, {
    projectDocId: { $in: [...projectDocIds] },
    status: { $in: [...ACTIVE_RUN_STATUSES] },
  });
  // One that takes up what failed leaves the rest as it is.
  const { seeing = [], going = [] } = Object.groupBy(active, ({ status, retryOfId }) =>
    status === SyncRunStatus.QUEUED && retryOfId === null ? 'seeing' : 'going',
  );
  await execute(em)`
    update project_doc set sync_again = true where id = any(${going.map((run) => run.projectDocId)}::uuid[])`;
  const waiting = seeing.map(({ id }) => id);
  const busy = new Set(active.map((run) => run.projectDocId));
  for (const id of projectDocIds) if (!busy.has(id)) waiting.push(await insertRun(ctx, em, id));
  return { waiting, going: going.map(({ id }) => id) };
}
