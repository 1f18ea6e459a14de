import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { whereDocument } from '../document/document-filter.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { toVectorText } from '../platform/database/vector-type.js';
import { SearchMode } from './search.inputs.js';
import { readQueryWords } from './terms.js';

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
  const words = await readQueryWords(ctx, projectId, query);
  const terms = [...new Set(words.flatMap((word) => word.terms))];
  const queryVector = sql`${vector && toVectorText(vector.values)}::vector`;
  const exact = mode === SearchMode.KEYWORD || (await isExact(ctx, projectId, model));
  const wanted = wantedPassages(projectId, request.filter ?? null);
  const statement = sql<Candidate>`
    with keyword_leg as (${mode === SearchMode.SEMANTIC ? emptyLeg : bm25(projectId, terms, request.filter ?? null)}),
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

/** How rare a term is, is the project's affair and not the filter's. */
function bm25(projectId: string, terms: readonly string[], filter: DocumentFilter | null): RawBuilder<unknown> {
  const length = sql`(1 - ${B}::float + ${B}::float * scored.length / total.length)`;
  return sql`
    select c.id, best.score from (
      select scored.document_id, scored.chunk_index, sum(
        ln(1 + (total.passages - scored.passages + 0.5) / (scored.passages + 0.5))
          * scored.frequency * ${K1 + 1}::float / (scored.frequency + ${K1}::float * ${length})) as score
      from (
        select sum(cardinality(passage_lengths))::float as passages,
          greatest(sum(term_count)::float / greatest(sum(cardinality(passage_lengths)), 1), 1) as length
        from document where project_id = ${projectId}
      ) total, (
        select t.document_id, t.passages, place.posting / 256 as chunk_index, place.posting % 256 as frequency,
          d.passage_lengths[place.posting / 256 + 1] as length
        from (
          select document_id, postings, sum(cardinality(postings)) over (partition by term) as passages
          from document_term where project_id = ${projectId} and term = any(${[...terms]}::text[])
        ) t join document d on d.id = t.document_id and ${whereDocument('d', filter)}, unnest(t.postings) as place(posting)
      ) scored
      group by 1, 2 order by score desc, 1, 2 limit ${CANDIDATES}
    ) best join chunk c using (document_id, chunk_index)`;
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
