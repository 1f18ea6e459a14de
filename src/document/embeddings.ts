import { type QueryExecutorProvider as Db, sql } from 'kysely';

import { toVectorText } from '../platform/database/vector-type.js';

/** Whose vectors are meant. */
export interface EmbeddingPlace {
  readonly projectId: string;
  readonly embeddingModel: string;
}

/** Vectors by the digest of what was embedded. */
export type Vectors = ReadonlyMap<string, readonly number[]>;

/** Of `digests`, those of texts that have no vector of this model. */
export async function findMissing(
  db: Db,
  { projectId, embeddingModel }: EmbeddingPlace,
  digests: readonly string[],
): Promise<string[]> {
  if (digests.length === 0) return [];
  const { rows } = await sql<{ digest: string }>`
    select d::text as digest from unnest(${digests}::uuid[]) d
    where not exists (select from embedding where project_id = ${projectId} and embedding_model = ${embeddingModel} and text_digest = d)`.execute(
    db,
  );
  return rows.map(({ digest }) => digest);
}

/** Leaves those that are there. In one order, whoever writes them: two at once do not wait for each other. */
export async function storeVectors(db: Db, { projectId, embeddingModel }: EmbeddingPlace, vectors: Vectors) {
  if (vectors.size === 0) return;
  const texts = Array.from(vectors.values(), toVectorText);
  await sql`
    insert into embedding (project_id, embedding_model, text_digest, vector)
    select ${projectId}, ${embeddingModel}, u.digest, u.vector::vector
    from unnest(${[...vectors.keys()]}::uuid[], ${texts}::text[]) as u(digest, vector) order by u.digest
    on conflict do nothing`.execute(db);
}
