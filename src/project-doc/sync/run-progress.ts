import { sql } from 'kysely';

import type { Services } from '../../context.js';
import { newId } from '../../platform/database/columns.js';
import { type Em, execute, query } from '../../platform/database/query.js';
import { RunEnded } from '../../platform/jobs/background-run.js';
import { SIGN_OF_LIFE } from '../../platform/jobs/lost-runs.js';
import type { ProjectDoc } from '../project-doc.entity.js';
import { SyncFileOutcome } from '../sync-run-file.entity.js';
import { topicOf } from '../sync-run.service.js';

/** What became of one file, as it is recorded. */
export interface FileOutcome {
  path: string;
  outcome: SyncFileOutcome;
  previousPath?: string | null;
  reason?: string | null;
  documentId?: string | null;
}

const COUNTERS: Record<SyncFileOutcome, string> = {
  ADDED: 'files_added',
  UPDATED: 'files_updated',
  RENAMED: 'files_renamed',
  DELETED: 'files_deleted',
  UNCHANGED: 'files_unchanged',
  SKIPPED: 'files_skipped',
  FAILED: 'files_failed',
};

/**
 * Records what a run does: in the transaction of the work that a record is about, and only while the run is RUNNING.
 */
export interface RunProgress {
  record(em: Em, files: readonly FileOutcome[], chunks?: { embedded: number; reused: number }): Promise<void>;
  /**
   * In a transaction of its own, with the work that belongs to it.
   * @throws RunEnded when the ProjectDoc was deleted
   */
  transact(work: (em: Em) => Promise<void>): Promise<void>;
}

export function createRunProgress(
  services: Services,
  projectDoc: Pick<ProjectDoc, 'id' | 'projectId'>,
  syncRunId: string,
): RunProgress {
  let position = 0;
  return {
    async transact(work) {
      await services.database.fork().transactional(async (em) => {
        await holdProjectDoc(em, projectDoc);
        await work(em);
      });
      services.topics.publish(topicOf(syncRunId));
    },
    async record(em, files, { embedded, reused } = { embedded: 0, reused: 0 }) {
      const counts = Map.groupBy(files, ({ outcome }) => outcome);
      const processed = files.length - (counts.get(SyncFileOutcome.DELETED)?.length ?? 0);
      const moved = [...counts].map(([outcome, { length }]) => {
        const column = sql.id(COUNTERS[outcome]);
        return sql`${column} = ${column} + ${length}`;
      });
      const updated = await execute(em)`
        update sync_run set files_processed = files_processed + ${processed}, chunks_embedded = chunks_embedded + ${embedded},
          chunks_reused = chunks_reused + ${reused}, heartbeat_at = ${SIGN_OF_LIFE} ${moved.length > 0 ? sql`, ${sql.join(moved)}` : sql``}
        where id = ${syncRunId} and status = 'RUNNING'`;
      if (updated !== 1) throw new RunEnded();
      const rows = files.map((file) => ({
        id: newId(),
        position: (position += 1),
        previous_path: file.previousPath,
        document_id: file.documentId,
        ...file,
      }));
      if (rows.length === 0) return;
      await execute(em)`
        insert into sync_run_file (id, sync_run_id, position, path, previous_path, outcome, reason, document_id)
        select r.id, ${syncRunId}, r.position, r.path, r.previous_path, r.outcome, r.reason, r.document_id
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as r(id uuid, position int, path text, previous_path text, outcome text, reason text, document_id uuid)`;
    },
  };
}

/**
 * Makes a deletion of it or of its project, and a change of the project's embedding model, wait for the end of the
 * transaction. Locked in any other order, the two could wait for each other.
 */
async function holdProjectDoc(em: Em, { id, projectId }: Pick<ProjectDoc, 'id' | 'projectId'>): Promise<void> {
  const rows = await query(em)`
    with p as (select id from project where id = ${projectId} for share)
    select d.id from p join project_doc d on d.project_id = p.id where d.id = ${id} for key share of d`;
  if (rows.length === 0) throw new RunEnded();
}
