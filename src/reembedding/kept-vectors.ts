import { type QueryExecutorProvider as Db, sql } from 'kysely';

import type { Context } from '../context.js';
import { digestText } from '../platform/text/digest.js';
import { indexedText } from '../platform/passages/cut.js';
import { toVectorText } from '../platform/database/vector-type.js';
import type { Reembedding } from './reembedding.entity.js';

export type Change = Pick<Reembedding, 'id' | 'projectId' | 'fromModel' | 'toModel' | 'attempt'>;

/** Rows of 3 kB that one statement moves. */
const ROWS_AT_ONCE = 1_000;
/** What the embedded database answers nothing else during. */
const DELETED_AT_ONCE = 500;

/** A text that lacks a vector of the new model. */
export interface MissingText {
  digest: string;
  /** One of the passages that have it. */
  chunkId: string;
  /** How many have it. */
  passages: number;
}

/** Passages that were cut before there were digests get theirs. */
export async function fillDigests(db: Db, projectId: string): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ id: string; title: string; headerPath: string[]; text: string }>`
      select c.id, d.title, c.header_path as "headerPath", c.chunk_text as text from chunk c join document d on d.id = c.document_id
      where c.project_id = ${projectId} and c.text_digest is null limit ${ROWS_AT_ONCE}`.execute(db);
    if (rows.length === 0) return;
    const digests = rows.map(({ title, ...passage }) => digestText(indexedText(title, passage).text));
    await sql`
      with r as (select * from unnest(${rows.map(({ id }) => id)}::uuid[], ${digests}::uuid[]) as r(id, digest)),
        held as (select id from chunk where id in (select id from r) for update skip locked)
      update chunk c set text_digest = r.digest from r join held using (id) where c.id = r.id`.execute(db);
  }
}

/**
 * What `column` of the vector that is kept for the text of passage `c` is; null without one. A value, not a join: a planner
 * without statistics of the new rows, which it never has at once, joins them in quadratic time.
 */
export const keptOf = (projectId: string, model: string, column: 'embedding' | 'text_digest') => sql`(
  select ${sql.ref(`k.${column}`)} from kept_embedding k
  where k.project_id = ${projectId} and k.embedding_model = ${model} and k.text_digest = c.text_digest)`;

const lacksVector = ({ projectId, toModel }: Change) => sql`
  c.project_id = ${projectId} and c.embedding_model <> ${toModel} and ${keptOf(projectId, toModel, 'text_digest')} is null`;

/** In the order in which the passages were cut. */
export async function findMissingTexts(db: Db, change: Change): Promise<MissingText[]> {
  const { rows } = await sql<MissingText>`
    select c.text_digest::text as digest, min(c.id::text) as "chunkId", count(*)::int as passages
    from chunk c where ${lacksVector(change)} and c.text_digest is not null group by c.text_digest order by 2`.execute(
    db,
  );
  return rows;
}

export async function isAnythingMissing(db: Db, change: Change): Promise<boolean> {
  return (await sql`select from chunk c where ${lacksVector(change)} limit 1`.execute(db)).rows.length > 0;
}

/** The foreign key holds the project against its deletion until the transaction ends. */
export async function keepVectors(
  db: Db,
  { projectId, toModel }: Change,
  digests: readonly string[],
  vectors: readonly number[][],
): Promise<void> {
  await sql`
    insert into kept_embedding (project_id, embedding_model, text_digest, embedding)
    select ${projectId}, ${toModel}, u.digest, u.vector::vector
    from unnest(${[...digests]}::uuid[], ${vectors.map(toVectorText)}::text[]) as u(digest, vector)
    on conflict do nothing`.execute(db);
}

/** Copies the vectors in use: before the change, so that it takes no longer than it must; in it only what came since. */
export async function keepOldVectors(db: Db, { projectId, fromModel, toModel }: Change): Promise<void> {
  if (fromModel === toModel) return;
  const { rows } = await sql<{ id: string }>`
    select min(c.id::text) as id from chunk c
    where c.project_id = ${projectId} and c.embedding_model = ${fromModel} and ${keptOf(projectId, fromModel, 'text_digest')} is null
    group by c.text_digest`.execute(db);
  for (const ids of slices(rows)) {
    await sql`
      insert into kept_embedding (project_id, embedding_model, text_digest, embedding)
      select project_id, embedding_model, text_digest, embedding from chunk
      where id = any(${ids}::uuid[]) and embedding_model = ${fromModel} and text_digest is not null
      on conflict do nothing`.execute(db);
  }
}

/** Every passage gets the vector of the new model that is kept for its text. Nothing is missing. */
export async function useNewVectors(db: Db, { projectId, toModel }: Change): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select id from chunk where project_id = ${projectId} and embedding_model <> ${toModel}`.execute(db);
  for (const ids of slices(rows)) {
    await sql`
      update chunk c set embedding = ${keptOf(projectId, toModel, 'embedding')}, embedding_model = ${toModel}, vector_indexed = false
      where c.id = any(${ids}::uuid[])`.execute(db);
  }
}

/** Deletes what is in use anyway, and what nobody can bring back. @param projectId only of this one; default: of all */
export async function dropUnneededVectors({ database }: Pick<Context, 'database'>, projectId?: string): Promise<void> {
  const db = database.fork().getKysely();
  const now = new Date();
  await sql`update reembedding set kept_until = null where kept_until <= ${now}`.execute(db);
  const { rows } = await sql<{ projectId: string; model: string }>`
    select k.project_id as "projectId", k.embedding_model as model from (
      select distinct project_id, embedding_model from kept_embedding
      where ${projectId ? sql`project_id = ${projectId}` : sql`true`}) k
    where not exists (
      select from reembedding r where r.project_id = k.project_id and case
        when r.finished_at is null then k.embedding_model in (r.from_model, r.to_model)
        when r.status = 'SUCCEEDED' then r.kept_until is not null and k.embedding_model = r.from_model
        else r.kept_until is not null and k.embedding_model = r.to_model end)`.execute(db);
  for (const unneeded of rows) await dropAll(db, unneeded);
}

async function dropAll(db: Db, { projectId, model }: { projectId: string; model: string }): Promise<void> {
  for (let deleted = 1n; deleted > 0n;) {
    ({ numAffectedRows: deleted = 0n } = await sql`
      delete from kept_embedding where ctid = any(array(
        select ctid from kept_embedding where project_id = ${projectId} and embedding_model = ${model}
        limit ${DELETED_AT_ONCE}))`.execute(db));
  }
}

function* slices(rows: readonly { id: string }[]): Generator<string[]> {
  for (let start = 0; start < rows.length; start += ROWS_AT_ONCE)
    yield rows.slice(start, start + ROWS_AT_ONCE).map(({ id }) => id);
}
