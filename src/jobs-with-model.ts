import { sql } from 'kysely';

import type { Services } from './context.js';

/** The embedding model that a job needs, by the id of what it is about. */
const MODEL_OF = {
  sync: (id: string) => sql<{ model: string }>`
    select p.embedding_model as model from sync_run r join project_doc d on d.id = r.project_doc_id
    join project p on p.id = d.project_id where r.id = ${id}`,
  reembedding: (id: string) => sql<{ model: string }>`select to_model as model from reembedding where id = ${id}`,
  evaluation: (id: string) => sql<{ model: string }>`
    select p.embedding_model as model from evaluation_run r join evaluation_set s on s.id = r.set_id
    join project p on p.id = s.project_id where r.id = ${id}`,
};

/**
 * Whether a job is left to other processes: its model is not the one that this process is configured with, and theirs it is. While
 * processes are replaced by such with another model, each has what only it can call.
 */
export async function isForOthers(
  { database, embedders }: Services,
  kind: keyof typeof MODEL_OF,
  id: string,
): Promise<boolean> {
  // It has one process.
  if (database.embedded) return false;
  const { rows } = await MODEL_OF[kind](id).execute(database.fork().getKysely());
  return rows.length > 0 && (await embedders.isOthers(rows[0]!.model));
}
