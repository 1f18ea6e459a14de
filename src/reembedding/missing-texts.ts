import { sql } from 'kysely';

import { withVector } from '../document/embeddings.js';
import { type Em, query } from '../platform/database/query.js';
import type { Reembedding } from './reembedding.entity.js';

export type Change = Pick<
  Reembedding,
  'id' | 'projectId' | 'fromModel' | 'toModel' | 'attempt' | 'rollsBackId' | 'chunksEmbedded'
>;

/** A text that lacks a vector of the new model. */
export interface MissingText {
  digest: string;
  /** One of the passages that have it. */
  chunkId: string;
  /** How many have it. */
  passages: number;
}

/** Whether the text of passage `c` has a vector of the new model. */
export const hasVector = ({ projectId, toModel }: Pick<Change, 'projectId' | 'toModel'>) =>
  sql<boolean>`${withVector(projectId, toModel, 'c.text_digest')} is not null`;

/** In the order in which the passages were cut. */
export async function findMissingTexts(em: Em, change: Pick<Change, 'projectId' | 'toModel'>): Promise<MissingText[]> {
  return query(em)<MissingText>`
    select c.text_digest::text as digest, min(c.id::text) as "chunkId", count(*)::int as passages
    from chunk c where c.project_id = ${change.projectId} and not (${hasVector(change)}) group by c.text_digest order by 2`;
}

export async function isAnythingMissing(em: Em, change: Pick<Change, 'projectId' | 'toModel'>): Promise<boolean> {
  const rows = await query(em)`
    select from chunk c where c.project_id = ${change.projectId} and not (${hasVector(change)}) limit 1`;
  return rows.length > 0;
}
