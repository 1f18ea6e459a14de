import { type RawBuilder, sql } from 'kysely';

import { ApiError } from '../errors.js';
import type { Context } from '../context.js';
import { whereDocument } from '../document/document.loaders.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { toVectorText } from '../platform/database/vector-type.js';
import { SearchMode } from './search.inputs.js';
import { termsOf } from './terms.js';

export const MAX_TOP_K = 100;
const MAX_QUERY_LENGTH = 10_000;

/** How many of each leg are looked at before they are joined. */
const CANDIDATES = 200;
/** Okapi BM25 with its customary constants (Robertson and Zaragoza 2009): saturation of frequency, and weight of length. */
const K1 = 1.2;
const B = 0.75;
/** Up to this many passages of a project an exact scan is both fast and right; beyond it the HNSW index is worth its misses. */
const MAX_EXACT_SCAN = 20_000;

export interface SearchRequest {
  projectId: string;
  query: string;
  topK: number;
  mode: SearchMode;
  minScore?: number | null;
  filter?: DocumentFilter | null;
}

export interface Hit {
  chunkId: string;
  documentId: string;
  score: number;
  similarityScore: number | null;
  keywordScore: number | null;
}

/**
 * The best passages of a project, best first.
 * @throws ApiError BAD_USER_INPUT for a blank query, and for topK and minScore out of range
 */
export async function searchPassages(ctx: Context, request: SearchRequest): Promise<Hit[]> {
  const query = request.query.trim();
  if (query === '') throw new ApiError('BAD_USER_INPUT', 'query must not be blank.');
  if (query.length > MAX_QUERY_LENGTH) throw new ApiError('BAD_USER_INPUT', `query must have at most ${MAX_QUERY_LENGTH.toLocaleString('en')} characters.`);
  if (request.topK < 1 || request.topK > MAX_TOP_K) throw new ApiError('BAD_USER_INPUT', `topK must be between 1 and ${MAX_TOP_K}.`);
  const { minScore } = request;
  if (minScore != null && !(minScore >= 0 && minScore <= 1)) throw new ApiError('BAD_USER_INPUT', 'minScore must be between 0 and 1.');
  const candidates = await findCandidates(ctx, request, query);
  return rank(candidates, request.mode, ctx.embedder.weight)
    .filter((hit) => minScore == null || hit.score >= minScore)
    .slice(0, request.topK);
}

interface Candidate {
  chunkId: string;
  documentId: string;
  keyword: number | null;
  similarity: number | null;
}

async function findCandidates(ctx: Context, request: SearchRequest, query: string): Promise<Candidate[]> {
  const { embedder } = ctx;
  const [terms, vector] = await Promise.all([termsOf(ctx, query), embedder.embedQuery(query)]);
  const passages = sql`select c.* from chunk c join document d on d.id = c.document_id
    where c.project_id = ${request.projectId} and ${whereDocument('d', request.filter ?? null)}`;
  const queryVector = sql`${toVectorText(vector)}::vector`;
  const keywordLeg = request.mode === SearchMode.SEMANTIC ? emptyLeg : bm25(request.projectId, terms, passages);
  const exact = request.mode === SearchMode.KEYWORD || (await isExact(ctx, request.projectId));
  const vectorLeg = request.mode === SearchMode.KEYWORD ? emptyLeg : nearest(embedder.model, queryVector, passages, exact);
  const statement = sql<Candidate>`
    with keyword_leg as (${keywordLeg}), vector_leg as (${vectorLeg}),
      candidate as (select id from keyword_leg union select id from vector_leg)
    select c.id as "chunkId", c.document_id as "documentId", k.score as keyword,
      case when c.embedding_model = ${embedder.model} then greatest(0, 1 - (c.embedding <=> ${queryVector})) end as similarity
    from candidate join chunk c using (id) left join keyword_leg k using (id)`;
  if (exact) return (await statement.execute(ctx.em.getKysely())).rows;
  return ctx.em.transactional(async (em) => {
    // Otherwise the filter by project would leave few of the index's nearest rows. Lasts as long as the transaction.
    await sql`select set_config('hnsw.iterative_scan', 'strict_order', true)`.execute(em.getKysely());
    return (await statement.execute(em.getKysely())).rows;
  });
}

const emptyLeg = sql`select null::uuid as id, null::float as score where false`;

function bm25(projectId: string, terms: readonly string[], passages: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select t.chunk_id as id,
      sum(idf.value * t.frequency * ${K1 + 1}::float / (t.frequency + ${K1}::float * (1 - ${B}::float + ${B}::float * p.term_count / total.length))) as score
    from chunk_term t
    join (
      select term, ln(1 + (n.passages - count(*) + 0.5) / (count(*) + 0.5)) as value
      from chunk_term, (select count(*)::float as passages from chunk where project_id = ${projectId}) n
      where project_id = ${projectId} and term = any(${[...terms]}::text[]) group by term, n.passages
    ) idf using (term)
    join (${passages}) p on p.id = t.chunk_id,
    (select greatest(avg(term_count), 1)::float as length from chunk where project_id = ${projectId}) total
    where t.project_id = ${projectId} and t.term = any(${[...terms]}::text[])
    group by t.chunk_id order by score desc, id limit ${CANDIDATES}`;
}

function nearest(model: string, vector: RawBuilder<unknown>, passages: RawBuilder<unknown>, exact: boolean): RawBuilder<unknown> {
  // Adding nothing keeps the planner from the index.
  const distance = exact ? sql`(p.embedding <=> ${vector}) + 0` : sql`p.embedding <=> ${vector}`;
  return sql`select p.id, 1 - (p.embedding <=> ${vector}) as score from (${passages}) p where p.embedding_model = ${model} order by ${distance} limit ${CANDIDATES}`;
}

async function isExact(ctx: Context, projectId: string): Promise<boolean> {
  const { rows } = await sql<{ more: boolean }>`
    select exists (select from chunk where project_id = ${projectId} offset ${MAX_EXACT_SCAN}) as more`.execute(ctx.em.getKysely());
  return !rows[0]!.more;
}

/** Each leg's scores are spread over 0..1 among the candidates, then weighed: better than ranks alone where one leg is much the stronger. */
function rank(candidates: readonly Candidate[], mode: SearchMode, vectorWeight: number): Hit[] {
  const weight = { [SearchMode.KEYWORD]: 0, [SearchMode.SEMANTIC]: 1, [SearchMode.HYBRID]: vectorWeight }[mode];
  const best = Math.max(...candidates.map(({ keyword }) => keyword ?? 0));
  const similarities = candidates.map(({ similarity }) => similarity ?? 0);
  const [least, most] = [Math.min(...similarities), Math.max(...similarities)];
  const spread = (similarity: number): number => (mode === SearchMode.SEMANTIC || most === least ? similarity : (similarity - least) / (most - least));
  return candidates
    .map(({ chunkId, documentId, keyword, similarity }) => ({
      chunkId,
      documentId,
      score: (1 - weight) * (best > 0 ? (keyword ?? 0) / best : 0) + weight * spread(similarity ?? 0),
      similarityScore: similarity,
      keywordScore: keyword,
    }))
    .sort((a, b) => b.score - a.score || (a.chunkId < b.chunkId ? -1 : 1));
}
