import type { Context } from '../context.js';
import { sendVectorJob } from '../document/vector-index.js';
import { execute } from '../platform/database/query.js';
import { spaceIdOf } from '../platform/embedding/builtin-embedders.js';
import { RunEnded } from '../platform/jobs/background-run.js';
import { lockProject } from '../project/project-lock.js';
import { recordPassages } from '../term-space/stored-spaces.js';
import { type Change, isAnythingMissing } from './missing-texts.js';
import { KEEP_MS } from './reembedding.service.js';

/**
 * Brings the new vectors into use: from one moment to the next, searches use all of them and none of the old ones,
 * which are kept.
 * @returns false, and nothing is done, while a passage lacks its vector
 * @throws RunEnded when it was cancelled, is gone, or has another process
 */
export async function switchModel({ database, jobs }: Pick<Context, 'database' | 'jobs'>, change: Change) {
  const { id, projectId, fromModel, toModel, attempt } = change;
  return database.fork().transactional(async (em) => {
    if (!(await lockProject(em, projectId, 'vectors'))) throw new RunEnded();
    if (await isAnythingMissing(em, change)) return false;
    await execute(em)`update project set embedding_model = ${toModel} where id = ${projectId}`;
    const spaceId = spaceIdOf(toModel);
    if (spaceId !== null) await recordPassages(em, spaceId);
    const now = new Date();
    await execute(em)`
      update reembedding set kept_until = null,
        status = case when id = (select rolls_back_id from reembedding where id = ${id}) then 'ROLLED_BACK' else status end
      where project_id = ${projectId} and id <> ${id}`;
    // At last, so that it can be cancelled until then.
    const ended = await execute(em)`
      update reembedding set status = 'SUCCEEDED', error = null, finished_at = ${now}, chunks_done = chunks_total,
        kept_until = ${fromModel === toModel ? null : new Date(now.getTime() + KEEP_MS)}::timestamptz
      where id = ${id} and status = 'RUNNING' and attempt = ${attempt}`;
    if (ended !== 1) throw new RunEnded();
    await sendVectorJob(jobs, em, projectId);
    return true;
  });
}
