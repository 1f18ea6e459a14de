import { type Em, query } from '../platform/database/query.js';
import type { IndexedPassage } from '../platform/passages/cut-file.js';
import { stemmerOf } from '../platform/text/languages.js';
import { postingOf } from './postings.js';

/** A stem fits the column; what is longer is cut. */
export const MAX_TERM_LENGTH = 64;

/** Words and their stems; stop words have none. */
export type Stems = ReadonlyMap<string, string | null>;

/** Stems words by PostgreSQL's own dictionaries. Known words are not asked again. */
export interface Stemmer {
  stem(em: Em, language: string, words: Iterable<string>): Promise<Stems>;
}

const MAX_KNOWN_WORDS = 100_000;

export function createStemmer(): Stemmer {
  const knownOf = new Map<string, Map<string, string | null>>();
  return {
    async stem(em, language, words) {
      let known = knownOf.get(language);
      if (!known || known.size > MAX_KNOWN_WORDS) knownOf.set(language, (known = new Map()));
      const unknown = [...new Set(words)].filter((word) => !known.has(word));
      if (unknown.length > 0) {
        const rows = await query(em)<{ word: string; stem: string | null }>`
          select word, (ts_lexize(${stemmerOf(language)}, word))[1] as stem from unnest(${unknown}::text[]) as word`;
        for (const { word, stem } of rows) known.set(word, toTerm(stem));
      }
      return known;
    },
  };
}

function toTerm(stem: string | null): string | null {
  return stem === null ? null : stem.slice(0, MAX_TERM_LENGTH);
}

export interface DocumentTerms {
  /** As they are stored. */
  readonly postings: ReadonlyMap<string, readonly number[]>;
  /** How many terms all passages have. */
  readonly termCount: number;
}

/** Where the terms of a document occur: words with the same stem are one term. */
export function toTerms(passages: readonly Pick<IndexedPassage, 'words' | 'counts'>[], stems: Stems): DocumentTerms {
  const postings = new Map<string, number[]>();
  let termCount = 0;
  for (const [passage, { words, counts }] of passages.entries()) {
    const frequencies = new Map<string, number>();
    let length = 0;
    for (const [index, word] of words.entries()) {
      const term = stems.get(word);
      if (!term) continue;
      frequencies.set(term, (frequencies.get(term) ?? 0) + counts[index]!);
      length += counts[index]!;
    }
    for (const [term, frequency] of frequencies) {
      const posting = postingOf(passage, length, frequency);
      const known = postings.get(term);
      if (known) known.push(posting);
      else postings.set(term, [posting]);
    }
    termCount += length;
  }
  return { postings, termCount };
}
