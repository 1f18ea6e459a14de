import { type QueryExecutorProvider as Db, sql } from 'kysely';

import type { Reembedding } from './reembedding.entity.js';

export type Change = Pick<Reembedding, 'id' | 'projectId' | 'fromModel' | 'toModel' | 'attempt'>;

/** A text that lacks a vector of the new model. */
export interface MissingText {
  digest: string;
  /** One of the passages that have it. */
  chunkId: string;
  /** How many have it. */
  passages: number;
}

/** Whether the text of passage `c` has a vector of this model. */
export const hasVector = (model: string) => sql<boolean>`exists (
  select from embedding e where e.project_id = c.project_id and e.embedding_model = ${model} and e.text_digest = c.text_digest)`;

/** In the order in which the passages were cut. */
export async function findMissingTexts(
  db: Db,
  { projectId, toModel }: Pick<Change, 'projectId' | 'toModel'>,
): Promise<MissingText[]> {
  const { rows } = await sql<MissingText>`
    select c.text_digest::text as digest, min(c.id::text) as "chunkId", count(*)::int as passages
    from chunk c where c.project_id = ${projectId} and not ${hasVector(toModel)} group by c.text_digest order by 2`.execute(
    db,
  );
  return rows;
}

export async function isAnythingMissing(
  db: Db,
  { projectId, toModel }: Pick<Change, 'projectId' | 'toModel'>,
): Promise<boolean> {
  const { rows } = await sql`
    select from chunk c where c.project_id = ${projectId} and not ${hasVector(toModel)} limit 1`.execute(db);
  return rows.length > 0;
}
