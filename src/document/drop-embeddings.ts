import { sql } from 'kysely';

import type { Context } from '../context.js';
import { type Em, execute, query } from '../platform/database/query.js';
import { spaceModel } from '../platform/embedding/builtin-embedders.js';
import { lockProject } from '../project/project-lock.js';
import type { EmbeddingPlace } from './embeddings.js';

/** Of a model that is needed no more. The embedded database answers nothing else during one statement. */
const DELETED_AT_ONCE = 500;

/**
 * Deletes the vectors of models that no search uses and nobody can bring back, with their spaces, and the vectors of
 * texts that no passage has any more.
 * @param projectId only of this project; default: of all
 * @throws the signal's reason once that is aborted: the rest waits for the next time
 */
export async function dropUnneededEmbeddings(
  { database }: Pick<Context, 'database'>,
  projectId?: string,
  signal?: AbortSignal,
): Promise<void> {
  const em = database.fork();
  await execute(em)`update reembedding set kept_until = null where kept_until <= ${new Date()}`;
  for (const place of await findUnneededModels(em, projectId)) await dropModel(database, place, signal);
  const rows = await query(em)<{ id: string }>`
    select id from project where ${projectId ? sql`id = ${projectId}` : sql`true`} order by id`;
  for (const { id } of rows) {
    signal?.throwIfAborted();
    await dropTextsWithoutPassage(database, id);
  }
}

/** Models that a project once had or was to have, and spaces. */
async function findUnneededModels(em: Em, projectId?: string): Promise<EmbeddingPlace[]> {
  return query(em)<EmbeddingPlace>`
    select m.project_id as "projectId", m.embedding_model as "embeddingModel" from (
      select project_id, from_model as embedding_model from reembedding union select project_id, to_model from reembedding
      union select project_id, ${spaceModel('')} || id from term_space) m
      join project p on p.id = m.project_id
    where ${projectId ? sql`p.id = ${projectId}` : sql`true`} and m.embedding_model <> p.embedding_model and not exists (
      select from reembedding r where r.project_id = m.project_id and case
        when r.finished_at is null then m.embedding_model in (r.from_model, r.to_model)
        when r.status = 'SUCCEEDED' then r.kept_until is not null and m.embedding_model = r.from_model
        else r.kept_until is not null and m.embedding_model = r.to_model end)`;
}

/** The lock is against a change to this model at the same moment: see switchModel. */
async function dropModel(
  database: Context['database'],
  { projectId, embeddingModel }: EmbeddingPlace,
  signal?: AbortSignal,
): Promise<void> {
  for (let isDone = false; !isDone;) {
    signal?.throwIfAborted();
    isDone = await database.fork().transactional(async (em) => {
      const rows = await query(em)`
        select from project where id = ${projectId} and embedding_model <> ${embeddingModel} for no key update`;
      if (rows.length === 0) return true;
      const deleted = await execute(em)`
        delete from embedding where ctid = any(array(
          select ctid from embedding where project_id = ${projectId} and embedding_model = ${embeddingModel}
          limit ${DELETED_AT_ONCE}))`;
      if (deleted > 0) return false;
      // Unless it was asked for again: whoever does so holds the project too.
      await execute(em)`
        delete from term_space where ${spaceModel('')} || id = ${embeddingModel} and project_id = ${projectId} and not exists (
          select from reembedding r
          where r.project_id = ${projectId} and finished_at is null and ${embeddingModel} in (from_model, to_model))`;
      return true;
    });
  }
}

/**
 * Deletes the vectors of texts that no passage has any more. Not while a run of the project is going, or where its last
 * run has failed files: the vectors that were made for them wait for the next one. The lock makes batches of syncs
 * wait, which count on the vectors that they found: see holdProjectDoc.
 * @param syncRunId a run that asks for it, having stored all that it had to; default: none
 */
export async function dropTextsWithoutPassage(
  database: Context['database'],
  projectId: string,
  syncRunId: string | null = null,
): Promise<void> {
  await database.fork().transactional(async (em) => {
    await lockProject(em, projectId, 'vectors');
    await execute(em)`
      delete from embedding e where project_id = ${projectId}
        and (select c.text_digest from chunk c where c.project_id = ${projectId} and c.text_digest = e.text_digest limit 1) is null
        and not exists (
          select from project_doc d cross join lateral (
            select files_failed, finished_at is null and id is distinct from ${syncRunId}::uuid as is_going
            from sync_run where project_doc_id = d.id order by created_at desc, id desc limit 1) last
          where d.project_id = e.project_id and (last.files_failed > 0 or last.is_going))`;
  });
}
