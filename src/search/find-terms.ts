import { type RawBuilder, sql } from 'kysely';

import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { NO_STEMMER, STEMMERS } from '../platform/text/languages.js';
import { withoutTypingError } from '../platform/text/typing-errors.js';
import { MAX_TERM_LENGTH } from './document-terms.js';
import { CHUNK_INDEX } from './postings.js';
import type { ParsedQuery } from './query.js';
import { otherSpellings } from './spellings.js';

/** A shorter word is one letter away from too many others. */
const MISTYPED = /^[a-z]{6,40}$/;
/** Each takes hundreds of words to look up. */
const MAX_MISTYPED = 3;
/** With so many unknown words, and most of them unknown, a query is in another language than the project. */
const FOREIGN_WORDS = 3;
/** How many passages with a term are searched for the word itself: "environent" has the same term as "environment". */
const READ_PASSAGES = 20;

/** A word of a query as a term of the project. */
export interface FoundTerm {
  term: string;
  stemmers: readonly string[];
  pages: number;
  passages: number;
  word: string;
  /** Of the project, in the languages of these dictionaries. */
  spokenPages: number;
  /** All of the project. */
  spoken: readonly Spoken[];
}

/** What of a project is in the languages of one dictionary. */
interface Spoken {
  stemmer: string;
  pages: number;
  passages: number;
  termCount: number;
}

export interface Spelled {
  /** By word, each with the terms of what it is spelled otherwise. */
  found: ReadonlyMap<string, readonly FoundTerm[]>;
  /** Mistyped words, each with what it was taken for. */
  corrections: ReadonlyMap<string, string>;
  /** 0 where no word means anything. */
  project: { pages: number; passages: number; termCount: number };
}

/** The terms of a query's words as typed, in other spellings and, where the project lacks a word, as it was meant. */
export async function findSpelled(
  ctx: Pick<Context, 'em'>,
  projectId: string,
  parsed: ParsedQuery,
  words: readonly string[],
): Promise<Spelled> {
  const spellings = otherSpellings(parsed);
  const rows = await findTerms(ctx, projectId, [...new Set([...words, ...[...spellings.values()].flat()])]);
  const found = Map.groupBy(rows, ({ word }) => word);
  for (const [word, others] of spellings) {
    const terms = others.flatMap((other) => found.get(other) ?? []);
    spellAlso(found, word, terms);
  }
  const unknown = new Set(words.filter((word) => found.has(word) && !isKnown(found.get(word))));
  const spoken = rows[0]?.spoken ?? [];
  const meant = await findMistyped(ctx, projectId, parsed, unknown, spoken);
  for (const [word, terms] of meant) spellAlso(found, word, terms);
  const total = (count: (one: Spoken) => number): number => spoken.reduce((sum, one) => sum + count(one), 0);
  return {
    found,
    corrections: new Map(Array.from(meant, ([word, terms]) => [word, terms[0]!.word])),
    project: {
      pages: total(({ pages }) => pages),
      passages: total(({ passages }) => passages),
      termCount: total(({ termCount }) => termCount),
    },
  };
}

/** Whether the project has such a term. */
export const isKnown = (rows: readonly FoundTerm[] = []): boolean => rows.some(({ pages }) => pages > 0);

/** Lets a word be found as what it is spelled otherwise, or was meant to be: together they are as rare as one word. */
function spellAlso(found: Map<string, FoundTerm[]>, word: string, others: readonly FoundTerm[]): void {
  const known = others.filter(({ pages }) => pages > 0);
  const own = found.get(word);
  if (!own || known.length === 0) return;
  const all = [...new Map([...known, ...own].map((row) => [row.term, row])).values()];
  const sum = (count: (row: FoundTerm) => number): number => all.reduce((total, row) => total + count(row), 0);
  const held = { pages: sum((row) => row.pages), passages: sum((row) => row.passages) };
  found.set(
    word,
    all.map((row) => ({ ...row, ...held })),
  );
}

/** What unknown words were meant to be: the commonest of the project's words one typing error away. None in quotes. */
async function findMistyped(
  ctx: Pick<Context, 'em'>,
  projectId: string,
  { words }: ParsedQuery,
  unknown: ReadonlySet<string>,
  spoken: readonly Spoken[],
): Promise<Map<string, FoundTerm[]>> {
  const unknownWords = words.filter(({ whole }) => unknown.has(whole)).length;
  if (unknownWords >= FOREIGN_WORDS && unknownWords > words.length / 2) return new Map();
  const quoted = new Set(words.flatMap((word) => (word.quoted ? [word.whole, ...word.parts] : [])));
  const mistyped = [...unknown].filter((word) => MISTYPED.test(word) && !quoted.has(word)).slice(0, MAX_MISTYPED);
  if (mistyped.length === 0) return new Map();
  const meant = mistyped.map((word) => [word, new Set(withoutTypingError(word))] as const);
  const known = await findOccurring(ctx, projectId, [...new Set(meant.flatMap(([, others]) => [...others]))], spoken);
  return new Map(
    meant.flatMap(([word, others]) => {
      const best = known.find((row) => others.has(row.word));
      return best ? [[word, known.filter((row) => row.word === best.word)]] : [];
    }),
  );
}

/** The terms of words in each language of the project, and how many of its pages and passages hold each. */
async function findTerms(ctx: Pick<Context, 'em'>, projectId: string, words: readonly string[]): Promise<FoundTerm[]> {
  return query(ctx.em)<FoundTerm>`${termsOf(
    projectId,
    words,
    sql`
      select coalesce(stemmer, ${NO_STEMMER}) as stemmer, count(*)::int as pages, sum(passage_count)::int as passages, sum(term_count)::float as "termCount"
      from document left join unnest(${Object.keys(STEMMERS)}::text[], ${Object.values(STEMMERS)}::text[]) as s(language, stemmer) using (language)
      where project_id = ${projectId} group by 1`,
  )}`;
}

/** The same of words that stand on some page, give or take an s at the end: exact ones first, then the commonest. */
async function findOccurring(
  ctx: Pick<Context, 'em'>,
  projectId: string,
  words: readonly string[],
  spoken: readonly Spoken[],
): Promise<FoundTerm[]> {
  const known = sql`select * from json_to_recordset(${JSON.stringify(spoken)}::json) as s(stemmer text, pages int)`;
  return query(ctx.em)<FoundTerm>`
    select meant.* from (${termsOf(projectId, words, known)}) meant cross join lateral (
      select bool_or(text ~* concat('(?<![a-z])', word, '(?![a-z])')) as exactly, bool_or(text ~* concat('(?<![a-z])', regexp_replace(word, 's$', ''), 's?(?![a-z])')) as nearly
      from (
        select concat_ws(' ', d.title, c.header_path, c.chunk_text) as text
        from document_term t cross join unnest(postings) as posting join document d on d.id = t.document_id
        join chunk c on c.document_id = d.id and c.chunk_index = ${CHUNK_INDEX}
        where t.project_id = ${projectId} and t.term = meant.term limit ${READ_PASSAGES}) passage) stands
    where pages > 0 and nearly order by exactly desc, passages desc, word`;
}

/** @param spoken how many pages are in the languages of each dictionary */
function termsOf(projectId: string, words: readonly string[], spoken: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    with spoken as materialized (${spoken}), found as (
      select word, left(stem[1], ${MAX_TERM_LENGTH}) as term, array_agg(stemmer) as stemmers, sum(pages)::int as spoken_pages
      from unnest(${words}::text[]) as word, spoken, ts_lexize(stemmer::regdictionary, word) as stem where cardinality(stem) > 0 group by 1, 2
    )
    select word, term, stemmers, spoken_pages as "spokenPages", held.pages, held.passages, (select json_agg(spoken) from spoken) as spoken
    from found cross join lateral (
      select count(*)::int as pages, coalesce(sum(cardinality(postings)), 0)::int as passages
      from document_term t where t.project_id = ${projectId} and t.term = found.term) held`;
}
