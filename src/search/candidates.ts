import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { whereDocument } from '../document/document-filter.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { toVectorText } from '../platform/database/vector-type.js';
import { parseQuery, phrasePattern } from './query.js';
import { SearchMode } from './search.inputs.js';
import { type QueryTerm, type QueryTerms, readQueryTerms } from './terms.js';

/** How many passages each leg contributes before they are joined. */
const CANDIDATES = 200;
/** Okapi BM25 with its customary constants (Robertson and Zaragoza 2009): saturation of frequency, and weight of length. */
const K1 = 1.2;
const B = 0.75;

export interface Candidate {
  chunkId: string;
  documentId: string;
  /** BM25 of the passage; null where no word of the query occurs. */
  keyword: number | null;
  /** BM25 of the whole document; null with `keyword`. */
  page: number | null;
  /** max(0, cosine similarity); null without a vector of the project's model. */
  similarity: number | null;
  /** Whether it is among the nearest. */
  isNear: boolean;
}

export interface CandidateRequest {
  projectId: string;
  query: string;
  mode: SearchMode;
  filter?: DocumentFilter | null;
  /** Of the query; null, in KEYWORD mode only: it has none. */
  vector: QueryVector | null;
}

export interface QueryVector {
  model: string;
  values: readonly number[];
}

/** The best passages of the keyword leg and of the vector leg, each with the scores of both. */
export async function findCandidates(ctx: Context, request: CandidateRequest): Promise<Candidate[]> {
  const { projectId, query, mode, vector } = request;
  const filter = request.filter ?? null;
  const model = vector?.model ?? '';
  const parsed = parseQuery(query);
  const words = mode === SearchMode.SEMANTIC ? null : await readQueryTerms(ctx, projectId, parsed);
  const phrases = words?.terms.some(({ quoted }) => quoted) ? parsed.phrases : [];
  const queryVector = sql`${vector && toVectorText(vector.values)}::vector`;
  const exact = mode === SearchMode.KEYWORD || (await isExact(ctx, projectId, model));
  const wanted = wantedPassages(projectId, filter);
  const keywordLeg = words?.terms.length ? bm25(projectId, words, phrases, filter) : NO_KEYWORDS;
  // What has to occur word for word, the keyword leg alone can tell.
  const vectorLeg =
    mode === SearchMode.KEYWORD || phrases.length > 0
      ? NOTHING_NEAR
      : nearest(projectId, model, queryVector, wanted, exact);
  const statement = sql<Candidate>`
    with keyword_leg as materialized (${keywordLeg}), vector_leg as materialized (${vectorLeg})
    select id as "chunkId", coalesce(k.document_id, v.document_id) as "documentId", k.score as keyword, k.page, v.id is not null as "isNear",
      case when v.id is not null then greatest(0, 1 - v.distance) else (select greatest(0, 1 - (e.vector <=> ${queryVector})) from embedding e
        where e.project_id = ${projectId} and e.embedding_model = ${model} and e.text_digest = k.text_digest) end as similarity
    from keyword_leg k full join vector_leg v using (id)`;
  if (exact) return (await statement.execute(ctx.em.getKysely())).rows;
  return ctx.em.transactional(async (em) => {
    // Otherwise the filter by project would leave few of the index's nearest rows. Lasts as long as the transaction.
    await sql`select set_config('hnsw.iterative_scan', 'strict_order', true)`.execute(em.getKysely());
    return (await statement.execute(em.getKysely())).rows;
  });
}

const NO_KEYWORDS = sql`select null::uuid as id, null::uuid as document_id, null::uuid as text_digest, null::float as score, null::float as page where false`;
const NOTHING_NEAR = sql`select null::uuid as id, null::uuid as document_id, null::float as distance where false`;

/** Which passages a filter leaves; null: all. */
function wantedPassages(projectId: string, filter: DocumentFilter | null): RawBuilder<unknown> | null {
  if (!filter) return null;
  return sql`select c.id, c.document_id, c.project_id, c.text_digest from document d join chunk c on c.document_id = d.id
    where d.project_id = ${projectId} and ${whereDocument('d', filter)}`;
}

/**
 * The best passages by BM25, each with the BM25 of its whole document. How rare a term is, is the project's affair and not
 * the filter's.
 * @param phrases all of these have to occur in a passage or above it
 */
function bm25(
  projectId: string,
  { terms, project }: QueryTerms,
  phrases: readonly string[],
  filter: DocumentFilter | null,
): RawBuilder<unknown> {
  const column = <Key extends keyof QueryTerm>(key: Key) => terms.map((term) => term[key]);
  const quotedWords = terms.map(({ quoted, word }) => (quoted ? word : null));
  const quotedCount = new Set(quotedWords.filter((word) => word !== null)).size;
  const idf = (all: number, having: string) =>
    sql`ln(1 + (${all}::float - ${sql.ref(having)} + 0.5) / (${sql.ref(having)} + 0.5))`;
  const saturated = (frequency: string, length: string, average: number) =>
    sql`${sql.ref(frequency)} * ${K1 + 1}::float / (${sql.ref(frequency)} + ${K1 * (1 - B)}::float + ${sql.ref(length)} * ${(K1 * B) / Math.max(average, 1)}::float)`;
  const withPhrases = sql`
    join chunk c using (document_id, chunk_index) join document d on d.id = document_id
    where ${sql.join(
      phrases.map((phrase) => sql`concat_ws(' ', d.title, c.header_path, c.chunk_text) ~* ${phrasePattern(phrase)}`),
      sql` and `,
    )}`;
  return sql`
    with hit as materialized (
      select document_id, term, postings from document_term where project_id = ${projectId} and term = any(${column('term')}::text[])
    ), word as materialized (
      select term, quoted_word, weight * ${idf(project.passages, 'passages')} as passage_idf, weight * ${idf(project.pages, 'pages')} as page_idf
      from (select term, count(*) as pages, sum(cardinality(postings)) as passages from hit group by term) h
      join unnest(${column('term')}::text[], ${column('weight')}::float[], ${quotedWords}::int[]) as q(term, weight, quoted_word) using (term)
    ), posting as (
      select document_id, quoted_word, passage_idf, unnest(postings) as posting from hit join word using (term)
      ${filter ? sql`where document_id in (select id from document d where project_id = ${projectId} and ${whereDocument('d', filter)})` : sql``}
    ), passage as (
      select s.* from (
        select document_id, (posting >> 24)::int as chunk_index, sum(passage_idf * ${saturated('frequency', 'length', project.termCount / project.passages)}) as score
        from posting cross join lateral (select posting & 255 as frequency, (posting >> 8) & 65535 as length) p
        group by 1, 2 ${phrases.length > 0 ? sql`having count(distinct quoted_word) = ${quotedCount}` : sql``}
      ) s ${phrases.length > 0 ? withPhrases : sql``} order by score desc, document_id, chunk_index limit ${CANDIDATES}
    ), page as (
      select document_id, sum(page_idf * ${saturated('frequency', 'term_count', project.termCount / project.pages)}) as score
      from hit join word using (term) join document d on d.id = document_id
      cross join lateral (select sum((posting & 255)::int) as frequency from unnest(postings) as posting) p
      where document_id in (select document_id from passage) group by 1
    )
    select c.id, document_id, c.text_digest, passage.score, page.score as page
    from passage join page using (document_id) join chunk c using (document_id, chunk_index)`;
}

/**
 * The nearest passages that are scanned and, where the project has some there, the nearest of the approximate index. Passages are
 * looked up vector by vector (`offset 0`), and vectors passage by passage: see withVector for what joins would do.
 */
function nearest(
  projectId: string,
  model: string,
  vector: RawBuilder<unknown>,
  wanted: RawBuilder<unknown> | null,
  exact: boolean,
): RawBuilder<unknown> {
  const leg = (indexed: boolean): RawBuilder<unknown> => sql`
    (select text_digest, vector <=> ${vector} as distance from embedding
    where project_id = ${projectId} and embedding_model = ${model} and indexed = ${sql.lit(indexed)}
      and ${wanted ? sql`text_digest in (select text_digest from (${wanted}) w)` : sql`true`}
    order by distance limit ${CANDIDATES})`;
  return sql`
    select c.id, c.document_id, near.distance from (${exact ? leg(false) : sql`${leg(false)} union all ${leg(true)}`}) near
    cross join lateral (
      select c.id, c.document_id from ${wanted ? sql`(${wanted})` : sql`chunk`} c
      where c.project_id = ${projectId} and c.text_digest = near.text_digest offset 0) c
    order by near.distance limit ${CANDIDATES}`;
}

/** Whether the approximate index holds nothing of the project: see vector-index.ts. */
async function isExact(ctx: Context, projectId: string, model: string): Promise<boolean> {
  const { rows } = await sql<{ indexed: boolean }>`
    select exists (select from embedding where project_id = ${projectId} and embedding_model = ${model} and indexed) as indexed`.execute(
    ctx.em.getKysely(),
  );
  return !rows[0]!.indexed;
}
