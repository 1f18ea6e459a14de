import { sql } from 'kysely';

import type { Context } from '../context.js';
import { whereDocument } from '../document/document-filter.js';
import type { DocumentFilter } from '../document/document.inputs.js';
import { query } from '../platform/database/query.js';
import { saturated, weightsAmong } from './bm25.js';
import type { Candidate } from './candidates.js';
import { CHUNK_INDEX, FREQUENCY, LENGTH, LENGTH_BITS } from './postings.js';
import { phrasePattern } from './query.js';
import type { QueryVector } from './query-vector.js';
import type { QueryTerms } from './query-terms.js';
import { similarityOf, toParameter } from './vector-leg.js';

/**
 * For so many of a query's terms it is told whether a passage has them: a bit each of a bigint, between those of the
 * passage's length and the sign.
 */
export const TOLD_TERMS = 63 - LENGTH_BITS;

/** Of so many of the best passages the texts are read where they lack a term, for what they say in other words. */
const READ_PASSAGES = 50;
const ENGLISH = 'en';

export interface WordsRequest {
  projectId: string;
  filter: DocumentFilter | null;
  limit: number;
  words: QueryTerms;
  /** All of these have to occur in a passage, its title or its headings. */
  phrases: readonly string[];
  /** null: no similarities. */
  vector: QueryVector | null;
}

export interface KeywordHit extends Omit<Candidate, 'isNear' | 'inOtherWords'> {
  keyword: number;
  /** How many terms it has. */
  length: number;
  /** Which of the query's terms, by their places: the sum of 2 ** place. */
  held: number;
  /** Of the best in English that lack a term: title and headings twice, as they are counted, and the passage. */
  text: string | null;
}

/**
 * The best passages by BM25, each with the BM25 of its whole document and its similarity. How rare a term is in the
 * project counts, whatever the filter.
 */
export async function findByWords(
  ctx: Context,
  { projectId, filter, limit, words, phrases, vector }: WordsRequest,
): Promise<KeywordHit[]> {
  const { terms, project } = words;
  // A word without meaning in some language of the project is not indexed in its passages.
  const quotedWords = terms.map(({ quoted, meaning, word }) => (quoted && meaning === 1 ? word : null));
  const quotedCount = new Set(quotedWords.filter((word) => word !== null)).size;
  const allHeld = 2 ** Math.min(terms.length, TOLD_TERMS) - 1;
  const withPhrases = sql`
    join chunk c using (document_id, chunk_index) join document d on d.id = document_id
    where ${sql.join(
      phrases.map((phrase) => sql`concat_ws(' ', d.title, c.header_path, c.chunk_text) ~* ${phrasePattern(phrase)}`),
      sql` and `,
    )}`;
  const similarity =
    vector &&
    sql`(select ${similarityOf(sql`(e.vector <=> ${toParameter(vector)})`)} from embedding e
      where e.project_id = ${projectId} and e.embedding_model = ${vector.model} and e.text_digest = c.text_digest)`;
  const inFilter = filter
    ? sql`document_id in (select id from document d where project_id = ${projectId} and ${whereDocument('d', filter)})`
    : sql`true`;
  const hasAllQuoted = phrases.length > 0 ? sql`having count(distinct quoted_word) = ${quotedCount}` : sql``;
  const isRead = sql`row_number() over (order by passage.score desc, document_id, chunk_index) <= ${READ_PASSAGES}
    and bits >> ${sql.lit(LENGTH_BITS)} <> ${allHeld}::bigint and d.language = ${ENGLISH}`;
  return query(ctx.em)<KeywordHit>`
    with word as materialized (
      select *, case when place <= ${TOLD_TERMS} then 1::bigint << (${sql.lit(LENGTH_BITS)} + place::int - 1) else 0 end as held_bit
      from unnest(
        ${terms.map(({ term }) => term)}::text[], ${quotedWords}::int[],
        ${weightsAmong(words, 'passages')}::float[], ${weightsAmong(words, 'pages')}::float[]
      ) with ordinality as q(term, quoted_word, passage_idf, page_idf, place)
    ), posting as (
      select document_id, quoted_word, passage_idf, held_bit, unnest(postings) as posting
      from word join document_term using (term) where project_id = ${projectId} and ${inFilter}
    ), passage as (
      select s.* from (
        select document_id, ${CHUNK_INDEX} as chunk_index,
          sum(passage_idf * ${saturated('frequency', 'length', project.termCount / project.passages)}) as score,
          bit_or(length | held_bit) as bits
        from posting cross join lateral (select ${FREQUENCY} as frequency, ${LENGTH} as length) p
        group by 1, 2 ${hasAllQuoted}
      ) s ${phrases.length > 0 ? withPhrases : sql``} order by score desc, document_id, chunk_index limit ${limit}
    ), page as (
      select document_id,
        sum(page_idf * ${saturated('frequency', 'term_count', project.termCount / project.pages)}) as score
      from word join document_term t using (term) join document d on d.id = document_id
      cross join lateral (select sum(${FREQUENCY}::int) as frequency from unnest(postings) as posting) p
      where t.project_id = ${projectId} and document_id in (select document_id from passage) group by 1
    )
    select c.id as "chunkId", document_id as "documentId", passage.score as keyword, page.score as page,
      (bits & ${sql.lit(2 ** LENGTH_BITS - 1)})::int as length, (bits >> ${sql.lit(LENGTH_BITS)})::float as held,
      ${similarity ?? sql`null::float`} as similarity,
      case when ${isRead} then concat_ws(' ', d.title, header_path, d.title, header_path, chunk_text) end as text
    from passage join page using (document_id) join chunk c using (document_id, chunk_index)
      join document d on d.id = document_id`;
}
