import { sql } from 'kysely';

import { type Em, execute, query } from '../platform/database/query.js';
import { VectorParameter } from '../platform/database/vector-type.js';

/** Whose vectors are meant. */
export interface EmbeddingPlace {
  readonly projectId: string;
  readonly embeddingModel: string;
}

/** Vectors by the digest of what was embedded. */
export type Vectors = ReadonlyMap<string, ArrayLike<number>>;

/**
 * The column `digest` where its text has a vector of this model, null where not. A value, not a join: a planner without
 * statistics of the new rows, which it never has at once, joins them in quadratic time.
 */
export const withVector = (projectId: string, model: string, digest: string) => sql`(
  select e.text_digest from embedding e
  where e.project_id = ${projectId} and e.embedding_model = ${model} and e.text_digest = ${sql.ref(digest)})`;

/** Of `digests`, those of texts that have no vector of this model. */
export async function findMissing(
  em: Em,
  { projectId, embeddingModel }: EmbeddingPlace,
  digests: readonly string[],
): Promise<string[]> {
  if (digests.length === 0) return [];
  const rows = await query(em)<{ digest: string }>`
    select d.digest::text from unnest(${digests}::uuid[]) as d(digest)
    where ${withVector(projectId, embeddingModel, 'd.digest')} is null`;
  return rows.map(({ digest }) => digest);
}

/** PostgreSQL takes 65,535 parameters in one statement. */
const MAX_ROWS = 1_000;

/** Keeps existing vectors. Rows are sorted, so that two writers cannot deadlock. */
export async function storeVectors(
  em: Em,
  { projectId, embeddingModel }: EmbeddingPlace,
  vectors: Vectors,
): Promise<void> {
  const rows = [...vectors].sort(([a], [b]) => (a < b ? -1 : 1));
  for (let start = 0; start < rows.length; start += MAX_ROWS) {
    const some = rows.slice(start, start + MAX_ROWS);
    await execute(em)`
      insert into embedding (project_id, embedding_model, text_digest, vector)
      values ${sql.join(some.map(([digest, vector]) => sql`(${projectId}, ${embeddingModel}, ${digest}, ${new VectorParameter(vector)})`))}
      on conflict do nothing`;
  }
}
