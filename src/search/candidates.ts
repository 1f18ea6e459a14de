import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { whereDocument } from '../document/document-filter.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { toVectorText } from '../platform/database/vector-type.js';
import { parseQuery, phrasePattern } from './query.js';
import { SearchMode } from './search.inputs.js';
import { type QueryTerm, readQueryTerms } from './terms.js';

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
  /** max(0, cosine similarity); null in KEYWORD mode. */
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
  const terms = mode === SearchMode.SEMANTIC ? [] : await readQueryTerms(ctx, projectId, parsed);
  const phrases = terms.some(({ quoted }) => quoted) ? parsed.phrases : [];
  const queryVector = sql`${vector && toVectorText(vector.values)}::vector`;
  const exact = mode === SearchMode.KEYWORD || (await isExact(ctx, projectId, model));
  const wanted = wantedPassages(projectId, filter);
  const keywordLeg = terms.length === 0 ? NOTHING : bm25(projectId, terms, phrases, filter);
  // What has to occur word for word, the keyword leg alone can tell.
  const vectorLeg =
    mode === SearchMode.KEYWORD || phrases.length > 0 ? NOTHING : nearest(projectId, model, queryVector, wanted, exact);
  const statement = sql<Candidate>`
    with keyword_leg as (${keywordLeg}), vector_leg as (${vectorLeg}),
      candidate as (select id from keyword_leg union select id from vector_leg)
    select c.id as "chunkId", c.document_id as "documentId", k.score as keyword, k.page, v.score is not null as "isNear",
      case when e.vector is not null then greatest(0, 1 - (e.vector <=> ${queryVector})) end as similarity
    from candidate join chunk c using (id) left join keyword_leg k using (id) left join vector_leg v using (id)
      left join embedding e on e.project_id = c.project_id and e.embedding_model = ${model} and e.text_digest = c.text_digest`;
  if (exact) return (await statement.execute(ctx.em.getKysely())).rows;
  return ctx.em.transactional(async (em) => {
    // Otherwise the filter by project would leave few of the index's nearest rows. Lasts as long as the transaction.
    await sql`select set_config('hnsw.iterative_scan', 'strict_order', true)`.execute(em.getKysely());
    return (await statement.execute(em.getKysely())).rows;
  });
}

const NOTHING = sql`select null::uuid as id, null::float as score, null::float as page where false`;

/** Which passages a filter leaves; null: all. */
function wantedPassages(projectId: string, filter: DocumentFilter | null): RawBuilder<unknown> | null {
  if (!filter) return null;
  return sql`select c.id, c.project_id, c.text_digest from document d join chunk c on c.document_id = d.id
    where d.project_id = ${projectId} and ${whereDocument('d', filter)}`;
}

/**
 * The best passages by BM25, each with the BM25 of its whole document. How rare a term is, is the project's affair and not
 * the filter's.
 * @param phrases all of these have to occur in a passage or above it
 */
function bm25(
  projectId: string,
  terms: readonly QueryTerm[],
  phrases: readonly string[],
  filter: DocumentFilter | null,
): RawBuilder<unknown> {
  const column = <Key extends keyof QueryTerm>(key: Key) => terms.map((term) => term[key]);
  const quotedWords = terms.map(({ quoted, word }) => (quoted ? word : null));
  const quotedCount = new Set(quotedWords.filter((word) => word !== null)).size;
  const idf = (all: string, having: string) =>
    sql`ln(1 + (${sql.ref(all)} - ${sql.ref(having)} + 0.5) / (${sql.ref(having)} + 0.5))`;
  const saturated = (frequency: string, length: RawBuilder<unknown>, average: string) =>
    sql`${sql.ref(frequency)} * ${K1 + 1}::float / (${sql.ref(frequency)} + ${K1}::float * (1 - ${B}::float + ${B}::float * ${length} / ${sql.ref(average)}))`;
  const passages = sql`
    select p.document_id, place.posting / 256 as chunk_index,
      sum(p.passage_idf * ${saturated('place.frequency', sql`p.passage_lengths[place.posting / 256 + 1]`, 'total.passage_length')}) as score
    from posting p, total, lateral (select posting, (posting % 256)::float as frequency from unnest(p.postings) as posting) place
    group by 1, 2`;
  const withPhrases = sql`
    select s.* from (${passages} having count(distinct p.quoted_word) = ${quotedCount}) s
    join chunk c using (document_id, chunk_index) join document d on d.id = s.document_id
    where ${sql.join(
      phrases.map((phrase) => sql`concat_ws(' ', d.title, c.header_path, c.chunk_text) ~* ${phrasePattern(phrase)}`),
      sql` and `,
    )}`;
  return sql`
    with total as (
      select count(*)::float as pages, sum(cardinality(passage_lengths))::float as passages, greatest(avg(term_count), 1)::float as page_length,
        greatest(sum(term_count)::float / greatest(sum(cardinality(passage_lengths)), 1), 1) as passage_length
      from document where project_id = ${projectId}
    ), posting as materialized (
      select t.document_id, t.postings, d.passage_lengths, d.term_count, q.quoted_word,
        q.weight * ${idf('total.passages', 't.passages')} as passage_idf, q.weight * ${idf('total.pages', 't.pages')} as page_idf
      from (
        select document_id, term, postings, count(*) over same_term as pages, sum(cardinality(postings)) over same_term as passages
        from document_term where project_id = ${projectId} and term = any(${column('term')}::text[])
        window same_term as (partition by term)
      ) t join unnest(${column('term')}::text[], ${column('weight')}::float[], ${quotedWords}::int[]) as q(term, weight, quoted_word) using (term)
        join document d on d.id = t.document_id and ${whereDocument('d', filter)}, total
    ), passage as (
      select * from (${phrases.length > 0 ? withPhrases : passages}) s order by score desc, document_id, chunk_index limit ${CANDIDATES}
    ), page as (
      select p.document_id, sum(p.page_idf * ${saturated('whole.frequency', sql`p.term_count`, 'total.page_length')}) as score
      from posting p, total, lateral (select sum(posting % 256)::float as frequency from unnest(p.postings) as posting) whole
      where p.document_id in (select document_id from passage) group by 1
    )
    select c.id, passage.score, page.score as page
    from passage join page using (document_id) join chunk c using (document_id, chunk_index)`;
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
    (select text_digest, 1 - (vector <=> ${vector}) as score from embedding
    where project_id = ${projectId} and embedding_model = ${model} and indexed = ${sql.lit(indexed)}
      and ${wanted ? sql`text_digest in (select text_digest from (${wanted}) w)` : sql`true`}
    order by vector <=> ${vector} limit ${CANDIDATES})`;
  return sql`
    select c.id, near.score from (${exact ? leg(false) : sql`${leg(false)} union all ${leg(true)}`}) near
    join ${wanted ? sql`(${wanted})` : sql`chunk`} c on c.project_id = ${projectId} and c.text_digest = near.text_digest
    order by near.score desc limit ${CANDIDATES}`;
}

/** Whether the approximate index holds nothing of the project: see vector-index.ts. */
async function isExact(ctx: Context, projectId: string, model: string): Promise<boolean> {
  const { rows } = await sql<{ indexed: boolean }>`
    select exists (select from embedding where project_id = ${projectId} and embedding_model = ${model} and indexed) as indexed`.execute(
    ctx.em.getKysely(),
  );
  return !rows[0]!.indexed;
}
