import type { Services } from '../../context.js';
import { query } from '../../platform/database/query.js';
import { LeftToOthers } from '../../platform/jobs/background-run.js';
import { embedderOf } from '../../project/project.service.js';
import { fitFirstSpace } from './fit-first-space.js';
import type { ChangedFile } from './plan-sync.js';
import { syncChanged } from './sync-changed.js';
import type { Place, SyncWork } from './sync-work.js';
import { VectorsChanged } from './vectors-changed.js';

/**
 * `syncChanged` with the embedding model of the project. Where another model comes into use meanwhile, or a vector goes
 * that was there, the files that have no outcome yet are taken up anew.
 * @throws FailureError when it is the model or the source that fails; LeftToOthers where the model is now one of other
 * processes
 */
export async function syncWithModel(
  work: Omit<SyncWork, 'embedder' | 'place'>,
  where: Omit<Place, 'embeddingModel'>,
  syncRunId: string,
  changed: readonly ChangedFile[],
): Promise<void> {
  await fitFirstSpace(work, where.projectId, changed);
  for (let left = changed; ;) {
    const embedder = await embedderOf(work.services, where.projectId);
    if (await work.services.embedders.isOthers(embedder.model)) throw new LeftToOthers();
    try {
      return await syncChanged({ ...work, embedder, place: { ...where, embeddingModel: embedder.model } }, left);
    } catch (error) {
      if (!(error instanceof VectorsChanged)) throw error;
      left = await withoutOutcome(work.services, syncRunId, left);
    }
  }
}

async function withoutOutcome(
  { database }: Services,
  syncRunId: string,
  changed: readonly ChangedFile[],
): Promise<ChangedFile[]> {
  const rows = await query(database.fork())<{ path: string }>`
    select path from sync_run_file where sync_run_id = ${syncRunId}`;
  const done = new Set(rows.map(({ path }) => path));
  return changed.filter(({ path }) => !done.has(path));
}
