import { sql } from 'kysely';

import type { Context } from '../../context.js';
import { toVectorText } from '../../platform/database/vector-type.js';
import type { Place } from './sync-work.js';

type VectorPlace = Pick<Place, 'projectId' | 'projectDocId' | 'embeddingModel'>;

/** Vectors by the digest of what was embedded. */
export type Vectors = ReadonlyMap<string, number[]>;

/** The vectors that the project has of texts with these digests. */
export async function findVectors(
  { database }: Pick<Context, 'database'>,
  place: VectorPlace,
  digests: readonly string[],
): Promise<Map<string, number[]>> {
  if (digests.length === 0) return new Map();
  const { rows } = await sql<{ digest: string; vector: string }>`
    (select distinct on (text_digest) text_digest as digest, embedding::text as vector from chunk
     where project_id = ${place.projectId} and text_digest = any(${digests}::uuid[]) and embedding_model = ${place.embeddingModel})
    union all
    select text_digest, embedding::text from spare_embedding
    where project_doc_id = ${place.projectDocId} and text_digest = any(${digests}::uuid[]) and embedding_model = ${place.embeddingModel}`.execute(
    database.fork().getKysely(),
  );
  return new Map(rows.map(({ digest, vector }) => [digest, JSON.parse(vector) as number[]]));
}

/** Of `digests`, those that have no vector yet: what a sync would send to the model. */
export async function findMissing(
  { database }: Pick<Context, 'database'>,
  place: VectorPlace,
  digests: readonly string[],
): Promise<string[]> {
  const { rows } = await sql<{ digest: string }>`
    select d::text as digest from unnest(${digests}::uuid[]) d
    where not exists (select from chunk where project_id = ${place.projectId} and text_digest = d and embedding_model = ${place.embeddingModel})
      and not exists (select from spare_embedding where project_doc_id = ${place.projectDocId} and text_digest = d
        and embedding_model = ${place.embeddingModel})`.execute(database.fork().getKysely());
  return rows.map(({ digest }) => digest);
}

/** Keeps what the model gave for documents that could not be stored: the next run asks only for the rest. */
export async function keepSpare(em: Context['em'], place: VectorPlace, vectors: Vectors, digests: readonly string[]) {
  if (digests.length === 0) return;
  const texts = digests.map((digest) => toVectorText(vectors.get(digest)!));
  await sql`
    insert into spare_embedding (project_doc_id, text_digest, embedding_model, embedding)
    select ${place.projectDocId}, u.digest, ${place.embeddingModel}, u.vector::vector
    from unnest(${digests}::uuid[], ${texts}::text[]) as u(digest, vector)
    on conflict do nothing`.execute(em.getKysely());
}

/** Once a run has no failed file any more, nothing is spare. */
export async function dropSpare(em: Context['em'], projectDocId: string, syncRunId: string): Promise<void> {
  await sql`
    delete from spare_embedding where project_doc_id = ${projectDocId}
      and not exists (select from sync_run where id = ${syncRunId} and files_failed > 0)`.execute(em.getKysely());
}
