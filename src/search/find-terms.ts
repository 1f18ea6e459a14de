import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { NO_STEMMER, STEMMERS } from '../platform/text/languages.js';
import { withoutTypingError } from '../platform/text/typing-errors.js';
import type { ParsedQuery } from './query.js';
import { otherSpellings } from './spellings.js';

/** A stem fits the column; what is longer is cut. */
export const MAX_TERM_LENGTH = 64;
/** A shorter word is one letter away from too many others. */
const MISTYPED = /^[a-z]{6,40}$/;
/** Each takes hundreds of words to look up. */
const MAX_MISTYPED = 3;

/** A word of a query as a term of the project. */
export interface FoundTerm {
  term: string;
  stemmers: readonly string[];
  pages: number;
  passages: number;
  word: string;
  /** Of the project, in the languages of these dictionaries. */
  spokenPages: number;
  allPages: number;
  allPassages: number;
  termCount: number;
}

export interface Spelled {
  /** By word, each with the terms of what it is spelled otherwise. */
  found: ReadonlyMap<string, readonly FoundTerm[]>;
  /** 0 where no word means anything. */
  project: { pages: number; passages: number; termCount: number };
}

/** The terms of a query's words: as they are, as they are spelled otherwise and, of those that the project does not have, as they were meant to be typed. */
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
  const unknown = words.filter((word) => found.has(word) && !isKnown(found.get(word)));
  for (const [word, meant] of await findMistyped(ctx, projectId, parsed, unknown)) spellAlso(found, word, meant);
  const { allPages: pages = 0, allPassages: passages = 0, termCount = 0 } = rows[0] ?? {};
  return { found, project: { pages, passages, termCount } };
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

/** What words that the project does not have were meant to be: the commonest one that it has and that is one typing error away. None in quotes. */
async function findMistyped(
  ctx: Pick<Context, 'em'>,
  projectId: string,
  { words }: ParsedQuery,
  unknown: readonly string[],
): Promise<Map<string, FoundTerm[]>> {
  const quoted = new Set(words.flatMap((word) => (word.quoted ? [word.whole, ...word.parts] : [])));
  const mistyped = unknown.filter((word) => MISTYPED.test(word) && !quoted.has(word)).slice(0, MAX_MISTYPED);
  if (mistyped.length === 0) return new Map();
  const meant = mistyped.map((word) => [word, new Set(withoutTypingError(word))] as const);
  const rows = await findTerms(ctx, projectId, [...new Set(meant.flatMap(([, others]) => [...others]))]);
  const known = rows
    .filter((row) => row.passages > 0)
    .sort((a, b) => b.passages - a.passages || (a.word < b.word ? -1 : 1));
  return new Map(
    meant.flatMap(([word, others]) => {
      const best = known.find((row) => others.has(row.word));
      return best ? [[word, known.filter((row) => row.word === best.word)]] : [];
    }),
  );
}

/** The terms of words in each language of the project, and how many of its pages and passages hold each. */
async function findTerms(ctx: Pick<Context, 'em'>, projectId: string, words: readonly string[]): Promise<FoundTerm[]> {
  const [languages, stemmers] = [Object.keys(STEMMERS), Object.values(STEMMERS)];
  return query(ctx.em)<FoundTerm>`
    with spoken as materialized (
      select language, count(*) as pages, sum(passage_count) as passages, sum(term_count) as terms
      from document where project_id = ${projectId} group by language
    ), stemmer as (
      select coalesce(s.name, ${NO_STEMMER}) as name, sum(pages)::int as pages
      from spoken left join unnest(${languages}::text[], ${stemmers}::text[]) as s(language, name) using (language) group by 1
    ), found as (
      select word, left(stem[1], ${MAX_TERM_LENGTH}) as term, array_agg(name) as stemmers, sum(pages)::int as spoken_pages
      from unnest(${words}::text[]) as word, stemmer, ts_lexize(stemmer.name::regdictionary, word) as stem where cardinality(stem) > 0 group by 1, 2
    )
    select word, term, stemmers, spoken_pages as "spokenPages", held.pages, held.passages, (select sum(pages)::int from spoken) as "allPages",
      (select sum(passages)::int from spoken) as "allPassages", (select sum(terms)::float from spoken) as "termCount"
    from found cross join lateral (
      select count(*)::int as pages, coalesce(sum(cardinality(postings)), 0)::int as passages
      from document_term t where t.project_id = ${projectId} and t.term = found.term) held`;
}
