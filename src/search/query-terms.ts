import type { Context } from '../context.js';
import type { ParsedQuery } from './query.js';
import { findSpelled, isKnown } from './find-terms.js';

/** What the keyword leg looks for. */
export interface QueryTerm {
  readonly term: string;
  /** How much it counts beside the others. */
  readonly weight: number;
  /**
   * The number of the word that it stands for. A word has a term in each language, and a quoted identifier also those
   * of its parts.
   */
  readonly word: number;
  /** That word, in lower case. */
  readonly text: string;
  /** Whether that stands in quotes. */
  readonly quoted: boolean;
  /** The share of the project's pages in whose language the word is no stop word, 0..1. */
  readonly meaning: number;
  /** PostgreSQL's dictionaries of the project's languages that stem the word so. */
  readonly stemmers: readonly string[];
  /** How many of the project's pages and passages hold the term. */
  readonly pages: number;
  readonly passages: number;
}

export interface QueryTerms {
  readonly terms: readonly QueryTerm[];
  /** Mistyped words, each with the one that it was taken for, in lower case. */
  readonly corrections: ReadonlyMap<string, string>;
  /** Of the whole project. 0 where there are no terms. */
  readonly project: { readonly pages: number; readonly passages: number; readonly termCount: number };
}

export const NO_TERMS: QueryTerms = {
  terms: [],
  corrections: new Map(),
  project: { pages: 0, passages: 0, termCount: 0 },
};

/** The parts of an identifier say little where the whole is found, and those of a number or date always. */
const PART_WEIGHT = 0.2;
const NUMBER = /^\d+(?:[.-]\d+)+$/;

/** The stems of a query's words in each language of the project, with the counts for BM25. Stop words have none. */
export async function readQueryTerms(
  ctx: Pick<Context, 'em'>,
  projectId: string,
  parsed: ParsedQuery,
): Promise<QueryTerms> {
  const { words } = parsed;
  const distinct = [...new Set(words.flatMap(({ whole, parts }) => [whole, ...parts]))];
  const { found, ...spelled } = await findSpelled(ctx, projectId, parsed, distinct);
  const terms = new Map<string, QueryTerm>();
  const add = (word: string, weight: number, quoted: boolean, standsFor = word): void => {
    const ofWord = found.get(word) ?? [];
    const meaning =
      ofWord.reduce((sum, row) => sum + (row.word === word ? row.spokenPages : 0), 0) / spelled.project.pages;
    // Words that are one term in some language are one word.
    const number = ofWord.map(({ term }) => terms.get(term)?.word).find((known) => known !== undefined);
    for (const { term, stemmers, ...held } of ofWord) {
      const known = terms.get(term);
      terms.set(term, {
        term,
        weight: Math.max(weight * meaning, known?.weight ?? 0),
        word: number ?? distinct.indexOf(standsFor),
        text: known?.text ?? word,
        quoted: known?.quoted || quoted,
        meaning: Math.max(meaning, known?.meaning ?? 0),
        stemmers: [...new Set([...stemmers, ...(known?.stemmers ?? [])])],
        pages: held.pages,
        passages: held.passages,
      });
    }
  };
  for (const { whole, parts, quoted } of words) {
    add(whole, 1, quoted);
    const partWeight = isKnown(found.get(whole)) || NUMBER.test(whole) ? PART_WEIGHT : 1;
    for (const part of parts) add(part, partWeight, quoted, quoted ? whole : part);
  }
  return { terms: [...terms.values()], ...spelled };
}
