import type { Context } from '../context.js';
import { FailureCode } from '../errors.js';
import type { Row } from '../platform/database/rows.js';
import { type ProjectDoc, SyncStatus } from './project-doc.entity.js';
import { SourceFreshness } from './project-doc.inputs.js';
import { findLatestSyncRun } from './project-doc.loaders.js';
import { SyncRunStatus } from './sync-run.entity.js';

const UNAVAILABLE = new Set<string>([
  FailureCode.AUTH,
  FailureCode.NETWORK,
  FailureCode.SOURCE_NOT_FOUND,
  FailureCode.TIMEOUT,
  FailureCode.RATE_LIMITED,
]);

/** How what is stored compares with the head that the last sync saw; the repository is not asked. */
export async function findFreshness(ctx: Context, projectDoc: Row<ProjectDoc>): Promise<SourceFreshness> {
  const run = await findLatestSyncRun(ctx, projectDoc.id);
  if (run?.error && UNAVAILABLE.has(run.error.code) && run.commitSha === null)
    return SourceFreshness.SOURCE_UNAVAILABLE;
  if (projectDoc.syncStatus === SyncStatus.NOT_SYNCED || projectDoc.lastGithubCommitSha === null)
    return SourceFreshness.NOT_SYNCED;
  const isStored = (run?.commitSha ?? projectDoc.lastGithubCommitSha) === projectDoc.lastGithubCommitSha;
  return isStored && run?.status !== SyncRunStatus.PARTIAL ? SourceFreshness.UP_TO_DATE : SourceFreshness.NEEDS_UPDATE;
}
