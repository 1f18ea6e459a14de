import { type Em, execute } from '../../platform/database/query.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import type { ProjectDoc } from '../project-doc.entity.js';
import type { SyncPlan } from './plan-sync.js';

interface PinnedRun {
  readonly projectDoc: Pick<ProjectDoc, 'id' | 'lastGithubCommitSha'>;
  readonly syncRunId: string;
  readonly snapshot: Pick<SourceSnapshot, 'commitSha' | 'parentShas'>;
}

/**
 * Links lead to the commit that a document was read at. It stays there while the history goes on from it. A history
 * that was rewritten, and another repository, may not have it. So what is unchanged is pinned to this commit, unless
 * the last run stored everything at this commit or at a parent of it.
 */
export async function pinUnchanged(
  em: Em,
  { projectDoc, syncRunId, snapshot: { commitSha, parentShas } }: PinnedRun,
  { unchanged }: SyncPlan,
): Promise<void> {
  const ids = unchanged.map(({ document }) => document.id);
  await execute(em)`
    update document set commit_sha = ${commitSha}
    where id = any(${ids}::uuid[]) and commit_sha <> ${commitSha} and not exists (
      select from (
        select status, commit_sha from sync_run
        where project_doc_id = ${projectDoc.id} and id <> ${syncRunId} and commit_sha is not null
        order by created_at desc, id desc limit 1
      ) latest
      where status = 'SUCCEEDED' and commit_sha = ${projectDoc.lastGithubCommitSha}
        and commit_sha = any(${[commitSha, ...parentShas]}))`;
}
