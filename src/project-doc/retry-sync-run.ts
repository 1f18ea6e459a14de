import { LockMode } from '@mikro-orm/core';

import type { Context } from '../context.js';
import type { Row } from '../platform/database/rows.js';
import { getById, requireRow } from '../platform/graphql/load-by-id.js';
import { refuse, refuseUnknown } from '../platform/graphql/user-errors.js';
import { ProjectDoc } from './project-doc.entity.js';
import type { RetrySyncRunInput } from './sync-run.inputs.js';
import { SyncRun, SyncRunStatus } from './sync-run.entity.js';
import { queueRun, SYNC_QUEUE } from './sync-run.service.js';

/**
 * Queues a run for what failed in the newest one. After PARTIAL it takes only the FAILED files; else everything, of
 * which what is stored is UNCHANGED. While a run is going, answers that one.
 */
export async function retrySyncRun(ctx: Context, input: RetrySyncRunInput): Promise<{ syncRun: Row<SyncRun> }> {
  const { id, projectDocId } = await requireRow(ctx, SyncRun, 'id', input.id, 'run');
  const runId = await ctx.em.transactional(async (em) => {
    const projectDoc = await em.findOne(ProjectDoc, projectDocId, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!projectDoc) refuseUnknown('id', 'run');
    const [newest] = await em.find(SyncRun, { projectDocId }, { orderBy: { createdAt: 'desc', id: 'desc' }, limit: 1 });
    if (newest!.finishedAt === null) return newest!.id;
    if (newest!.id !== id)
      refuse('CONFLICT', 'id', 'A newer run has ended since. Retry that one, or use syncProjectDoc.');
    if (newest!.status === SyncRunStatus.SUCCEEDED) refuse('CONFLICT', 'id', 'Nothing failed in this run.');
    // Where the rest of the files is not at the run's commit, they are to be looked at as well.
    const restIsSynced =
      newest!.status === SyncRunStatus.PARTIAL && projectDoc.lastGithubCommitSha === newest!.commitSha;
    return (await queueRun(ctx, em, projectDoc.id, restIsSynced ? id : null))!;
  });
  ctx.jobs.wake(SYNC_QUEUE);
  return { syncRun: await getById(ctx, SyncRun, runId) };
}
