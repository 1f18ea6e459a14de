import { type QueryExecutorProvider as Db, sql } from 'kysely';

import { toVectorText } from '../platform/database/vector-type.js';

/** Whose vectors are meant. */
export interface EmbeddingPlace {
  readonly projectId: string;
  readonly embeddingModel: string;
}

/** Vectors by the digest of what was embedded. */
export type Vectors = ReadonlyMap<string, readonly number[]>;

/**
 * The column `digest` where its text has a vector of this model, null where not. A value, not a join: a planner without
 * statistics of the new rows, which it never has at once, joins them in quadratic time.
 */
export const withVector = (projectId: string, model: string, digest: string) => sql`(
  select e.text_digest from embedding e
  where e.project_id = ${projectId} and e.embedding_model = ${model} and e.text_digest = ${sql.ref(digest)})`;

/** Of `digests`, those of texts that have no vector of this model. */
export async function findMissing(
  db: Db,
  { projectId, embeddingModel }: EmbeddingPlace,
  digests: readonly string[],
): Promise<string[]> {
  if (digests.length === 0) return [];
  const { rows } = await sql<{ digest: string }>`
    select d.digest::text from unnest(${digests}::uuid[]) as d(digest)
    where ${withVector(projectId, embeddingModel, 'd.digest')} is null`.execute(db);
  return rows.map(({ digest }) => digest);
}

/** Vectors as rows in JSON, as `storeVectors` takes them: to be made before its transaction, which would wait for it. */
export function vectorRows(vectors: Vectors): string {
  return JSON.stringify(Array.from(vectors, ([digest, vector]) => ({ digest, vector: toVectorText(vector) })));
}

/**
 * Leaves those that are there. In one order, whoever writes them: two at once do not wait for each other.
 * @param rows by `vectorRows`
 */
export async function storeVectors(db: Db, { projectId, embeddingModel }: EmbeddingPlace, rows: string): Promise<void> {
  if (rows === '[]') return;
  await sql`
    insert into embedding (project_id, embedding_model, text_digest, vector)
    select ${projectId}, ${embeddingModel}, r.digest, r.vector::vector
    from json_to_recordset(${rows}::json) as r(digest uuid, vector text) order by r.digest
    on conflict do nothing`.execute(db);
}
