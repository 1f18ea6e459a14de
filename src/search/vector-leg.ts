import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { whereDocument } from '../document/document-filter.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { isIndexable } from '../document/vector-index.js';
import { query } from '../platform/database/query.js';
import { toVectorText, vectorType } from '../platform/database/vector-type.js';
import { EMBEDDING_DIMENSIONS } from '../platform/embedding/embedder.js';
import type { Candidate } from './candidates.js';
import type { QueryVector } from './query-vector.js';

/** How many candidates the approximate index keeps in view: as many as it can, to miss few of the nearest. */
const EF_SEARCH = 1_000;

export interface NearestRequest {
  projectId: string;
  filter: DocumentFilter | null;
  limit: number;
  vector: QueryVector;
}

type Near = Pick<Candidate, 'chunkId' | 'documentId' | 'similarity'>;

/** The nearest passages. */
export async function findNearest(ctx: Context, request: NearestRequest): Promise<Near[]> {
  if (await isExact(ctx, request)) return await query(ctx.em)<Near>`${nearest(request, null)}`;
  const indexed = vectorType(ctx.database.embedded, EMBEDDING_DIMENSIONS);
  return ctx.em.transactional(async (em) => {
    // Without the first, the filter by project would leave few of the index's nearest rows. Both last as long as the
    // transaction.
    await query(em)`
      select set_config('hnsw.iterative_scan', 'strict_order', true), set_config('hnsw.ef_search', ${String(EF_SEARCH)}, true)`;
    return await query(em)<Near>`${nearest(request, indexed)}`;
  });
}

/** Cosine similarity of a vector to the query's, from their distance. */
export const similarityOf = (distance: RawBuilder<unknown>): RawBuilder<unknown> => sql`greatest(0, 1 - ${distance})`;

/** As a parameter beside a column of vectors. */
export const toParameter = ({ values }: QueryVector): RawBuilder<unknown> => sql`${toVectorText(values)}`;

/**
 * The nearest of the passages that are scanned and, where the project has some there, the nearest of the approximate
 * index. Passages are looked up vector by vector (`offset 0`), and vectors passage by passage: see withVector for what
 * joins would do.
 * @param indexed what the approximate index has the vectors as; null: it holds none of the project
 */
function nearest({ projectId, filter, limit, vector }: NearestRequest, indexed: string | null): RawBuilder<unknown> {
  const wanted =
    filter &&
    sql`(select c.id, c.document_id, c.project_id, c.text_digest from document d join chunk c on c.document_id = d.id
      where d.project_id = ${projectId} and ${whereDocument('d', filter)})`;
  const leg = (vectors: RawBuilder<unknown>, isIndexed: boolean): RawBuilder<unknown> => sql`
    (select text_digest, ${vectors} <=> ${toParameter(vector)} as distance from embedding
    where project_id = ${projectId} and embedding_model = ${vector.model} and indexed = ${sql.lit(isIndexed)}
      and ${wanted ? sql`text_digest in (select text_digest from ${wanted} w)` : sql`true`}
    order by distance limit ${limit})`;
  const scanned = leg(sql`vector`, false);
  return sql`
    select c.id as "chunkId", c.document_id as "documentId", ${similarityOf(sql`near.distance`)} as similarity
    from (${indexed ? sql`${scanned} union all ${leg(sql`vector::${sql.raw(indexed)}`, true)}` : scanned}) near
    cross join lateral (
      select c.id, c.document_id from ${wanted ?? sql`chunk`} c
      where c.project_id = ${projectId} and c.text_digest = near.text_digest offset 0) c
    order by near.distance limit ${limit}`;
}

/** Whether the approximate index holds nothing of the project. */
async function isExact(ctx: Context, { projectId, vector }: NearestRequest): Promise<boolean> {
  if (!isIndexable(vector.model)) return true;
  const rows = await query(ctx.em)<{ indexed: boolean }>`
    select exists (select from embedding where project_id = ${projectId} and embedding_model = ${vector.model} and indexed) as indexed`;
  return !rows[0]!.indexed;
}
