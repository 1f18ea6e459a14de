import type { Context } from '../context.js';
import { FailureCode } from '../platform/errors.js';
import type { Row } from '../platform/database/rows.js';
import { isUnavailable } from '../platform/git/heads.js';
import { type ProjectDoc, SourceKind, SyncStatus } from './project-doc.entity.js';
import { SourceFreshness } from './project-doc.inputs.js';
import { findLatestStoringRun, findLatestSyncRun } from './project-doc.loaders.js';
import { type SyncRun, SyncRunStatus } from './sync-run.entity.js';

const UNAVAILABLE = new Set<string>([
  FailureCode.AUTH,
  FailureCode.NETWORK,
  FailureCode.SOURCE_NOT_FOUND,
  FailureCode.TIMEOUT,
  FailureCode.RATE_LIMITED,
]);

/** How what is stored compares with the repository's head, which is asked for; see Heads for how long that may take. */
export async function findFreshness(ctx: Context, projectDoc: Row<ProjectDoc>): Promise<SourceFreshness> {
  const run = await findLatestSyncRun(ctx, projectDoc.id);
  const storing = run?.finishedAt && run.commitSha !== null ? run : await findLatestStoringRun(ctx, projectDoc.id);
  const asStored = freshnessByRun(projectDoc, run, isWhole(projectDoc, storing));
  // There is nothing to compare a head with.
  if (projectDoc.sourceKind !== SourceKind.GIT || asStored === SourceFreshness.NOT_SYNCED) return asStored;
  const { githubUrl: url, branch, lastGithubCommitSha: storedSha } = projectDoc;
  const head = await ctx.heads.read({ url, branch }, sinceOf(projectDoc, run));
  if (isUnavailable(head)) return SourceFreshness.SOURCE_UNAVAILABLE;
  if (head.commitSha === null || misses(projectDoc, run)) return asStored;
  if (storedSha === null) return SourceFreshness.NOT_SYNCED;
  return head.commitSha === storedSha && isWhole(projectDoc, storing)
    ? SourceFreshness.UP_TO_DATE
    : SourceFreshness.NEEDS_UPDATE;
}

/** As far as the last sync saw the repository. */
function freshnessByRun(
  projectDoc: Row<ProjectDoc>,
  run: Row<SyncRun> | null,
  storedIsWhole: boolean,
): SourceFreshness {
  if (projectDoc.syncStatus === SyncStatus.NOT_SYNCED) return SourceFreshness.NOT_SYNCED;
  if (run?.error && UNAVAILABLE.has(run.error.code) && run.commitSha === null)
    return SourceFreshness.SOURCE_UNAVAILABLE;
  if (projectDoc.lastGithubCommitSha === null) return SourceFreshness.NOT_SYNCED;
  const isStored = (run?.commitSha ?? projectDoc.lastGithubCommitSha) === projectDoc.lastGithubCommitSha;
  return isStored && storedIsWhole ? SourceFreshness.UP_TO_DATE : SourceFreshness.NEEDS_UPDATE;
}

/**
 * Whether all that is stored is of the commit that it is said to be of. A run that did not end well may have stored a
 * part of another commit, and so may one that took up what had failed at an earlier one. A run that is going now does
 * not count: what was stored before is still there.
 */
function isWhole({ lastGithubCommitSha }: Row<ProjectDoc>, storing: Row<SyncRun> | null): boolean {
  if (!storing) return true;
  return storing.status === SyncRunStatus.SUCCEEDED && storing.commitSha === lastGithubCommitSha;
}

/**
 * A head from before the end of the last sync may be older than what that sync saw, in whichever process it ran. An end
 * that is still to come is by a clock that is ahead, and does not count.
 */
function sinceOf({ lastSyncedAt }: Row<ProjectDoc>, run: Row<SyncRun> | null): number {
  const ends = [lastSyncedAt, run?.finishedAt].map((at) => (at ? Date.parse(at) : 0));
  return Math.max(0, ...ends.filter((end) => end <= Date.now()));
}

/** That there is no such folder only a sync can see. */
function misses({ githubFolderPath }: Row<ProjectDoc>, run: Row<SyncRun> | null): boolean {
  return githubFolderPath !== null && run?.commitSha === null && run.error?.code === FailureCode.SOURCE_NOT_FOUND;
}
