import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { whereDocument } from '../document/document-filter.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { toVectorText } from '../platform/database/vector-type.js';
import { SearchMode } from './search.inputs.js';
import { termsOf } from './terms.js';

/** How many passages each leg contributes before they are joined. */
const CANDIDATES = 200;
/** Okapi BM25 with its customary constants (Robertson and Zaragoza 2009): saturation of frequency, and weight of length. */
const K1 = 1.2;
const B = 0.75;

export interface Candidate {
  chunkId: string;
  documentId: string;
  /** BM25; null where no word of the query occurs. */
  keyword: number | null;
  /** max(0, cosine similarity); null without a vector of the active model. */
  similarity: number | null;
}

export interface CandidateRequest {
  projectId: string;
  query: string;
  mode: SearchMode;
  filter?: DocumentFilter | null;
  /** Of the query; null: it has none, and words alone rank. */
  vector: QueryVector | null;
}

export interface QueryVector {
  model: string;
  values: readonly number[];
}

/** The best passages of the keyword leg and of the vector leg, each with the scores of both. */
export async function findCandidates(ctx: Context, request: CandidateRequest): Promise<Candidate[]> {
  const { projectId, query, vector } = request;
  const mode = vector ? request.mode : SearchMode.KEYWORD;
  const model = vector?.model ?? '';
  const terms = await termsOf(ctx, query);
  const queryVector = sql`${vector && toVectorText(vector.values)}::vector`;
  const exact = mode === SearchMode.KEYWORD || (await isExact(ctx, projectId, model));
  const wanted = wantedPassages(projectId, request.filter ?? null);
  const statement = sql<Candidate>`
    with keyword_leg as (${mode === SearchMode.SEMANTIC ? emptyLeg : bm25(projectId, terms, wanted)}),
      vector_leg as (${mode === SearchMode.KEYWORD ? emptyLeg : nearest(projectId, model, queryVector, wanted, exact)}),
      candidate as (select id from keyword_leg union select id from vector_leg)
    select c.id as "chunkId", c.document_id as "documentId", k.score as keyword,
      case when c.embedding_model = ${model} then greatest(0, 1 - (c.embedding <=> ${queryVector})) end as similarity
    from candidate join chunk c using (id) left join keyword_leg k using (id)`;
  if (exact) return (await statement.execute(ctx.em.getKysely())).rows;
  return ctx.em.transactional(async (em) => {
    // Otherwise the filter by project would leave few of the index's nearest rows. Lasts as long as the transaction.
    await sql`select set_config('hnsw.iterative_scan', 'strict_order', true)`.execute(em.getKysely());
    return (await statement.execute(em.getKysely())).rows;
  });
}

const emptyLeg = sql`select null::uuid as id, null::float as score where false`;

/** Which passages a filter leaves; null: all. */
function wantedPassages(projectId: string, filter: DocumentFilter | null): RawBuilder<unknown> | null {
  if (!filter) return null;
  return sql`select c.id from document d join chunk c on c.document_id = d.id
    where d.project_id = ${projectId} and ${whereDocument('d', filter)}`;
}

/** The postings are read once and hold all that ranking needs; how rare a term is, is the project's affair and not the filter's. */
function bm25(projectId: string, terms: readonly string[], wanted: RawBuilder<unknown> | null): RawBuilder<unknown> {
  const length = sql`(1 - ${B}::float + ${B}::float * posting.passage_length / total.length)`;
  return sql`
    select posting.chunk_id as id, sum(
      ln(1 + (total.passages - posting.passages + 0.5) / (posting.passages + 0.5))
        * posting.frequency * ${K1 + 1}::float / (posting.frequency + ${K1}::float * ${length})) as score
    from (
      select chunk_id, frequency, passage_length, count(*) over (partition by term) as passages
      from chunk_term where project_id = ${projectId} and term = any(${[...terms]}::text[])
    ) posting, (
      select count(*)::float as passages, greatest(avg(term_count), 1)::float as length
      from chunk where project_id = ${projectId}
    ) total
    where ${wanted ? sql`posting.chunk_id in (${wanted})` : sql`true`}
    group by posting.chunk_id order by score desc, id limit ${CANDIDATES}`;
}

/** The nearest passages that are scanned and, where the project has some there, the nearest of the approximate index. */
function nearest(
  projectId: string,
  model: string,
  vector: RawBuilder<unknown>,
  wanted: RawBuilder<unknown> | null,
  exact: boolean,
): RawBuilder<unknown> {
  const leg = (indexed: boolean): RawBuilder<unknown> => sql`
    (select id, 1 - (embedding <=> ${vector}) as score from chunk
    where project_id = ${projectId} and embedding_model = ${model} and vector_indexed = ${sql.lit(indexed)}
      and ${wanted ? sql`id in (${wanted})` : sql`true`}
    order by embedding <=> ${vector} limit ${CANDIDATES})`;
  return exact ? leg(false) : sql`${leg(false)} union all ${leg(true)} order by score desc limit ${CANDIDATES}`;
}

/** Whether the approximate index holds nothing of the project: see vector-index.ts. */
async function isExact(ctx: Context, projectId: string, model: string): Promise<boolean> {
  const { rows } = await sql<{ indexed: boolean }>`
    select exists (select from chunk where project_id = ${projectId} and embedding_model = ${model} and vector_indexed) as indexed`.execute(
    ctx.em.getKysely(),
  );
  return !rows[0]!.indexed;
}
