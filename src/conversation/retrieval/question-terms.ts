import type { QueryTerms } from '../../search/query-terms.js';

/** A word of a question. */
export interface QuestionWord {
  /** In lower case. */
  text: string;
  /** See QueryTerm. */
  meaning: number;
  stemmers: ReadonlySet<string>;
  /** How many passages of the project hold it. */
  passages: number;
  terms: readonly string[];
}

/** The words of a question in their order. */
export function questionWords({ terms }: QueryTerms): QuestionWord[] {
  const words = Map.groupBy(terms, ({ word }) => word);
  return Array.from(words.values(), (same) => ({
    text: same[0]!.text,
    meaning: same[0]!.meaning,
    stemmers: new Set(same.flatMap(({ stemmers }) => stemmers)),
    passages: Math.max(...same.map(({ passages }) => passages)),
    terms: same.map(({ term }) => term),
  }));
}
