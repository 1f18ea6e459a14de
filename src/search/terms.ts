import { sql } from 'kysely';

import type { Context } from '../context.js';
import { tokenize } from '../platform/text/tokenize.js';

/** A stem fits the column; what is longer is cut. */
const MAX_TERM_LENGTH = 64;

/** Stems words by PostgreSQL's own dictionary; words without meaning ("the") have none. Known words are not asked again. */
export interface Stemmer {
  stem(em: Context['em'], words: Iterable<string>): Promise<Map<string, string | null>>;
}

const MAX_KNOWN_WORDS = 100_000;

export function createStemmer(): Stemmer {
  const known = new Map<string, string | null>();
  return {
    async stem(em, words) {
      if (known.size > MAX_KNOWN_WORDS) known.clear();
      const unknown = [...new Set(words)].filter((word) => !known.has(word));
      if (unknown.length > 0) {
        const { rows } = await sql<{ word: string; stem: string | null }>`
          select word, (ts_lexize('english_stem', word))[1] as stem from unnest(${unknown}::text[]) as word`.execute(
          em.getKysely(),
        );
        for (const { word, stem } of rows) known.set(word, stem === null ? null : stem.slice(0, MAX_TERM_LENGTH));
      }
      return known;
    },
  };
}

/** How often each term counts in a passage, given how often its words do: words with the same stem are one term. */
export function countTerms(
  words: ReadonlyMap<string, number>,
  stems: ReadonlyMap<string, string | null>,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word, count] of words) {
    const stem = stems.get(word);
    if (stem) counts.set(stem, (counts.get(stem) ?? 0) + count);
  }
  return counts;
}

/** The distinct terms of a query. */
export async function termsOf(ctx: Pick<Context, 'em'>, query: string): Promise<string[]> {
  const words = tokenize(query);
  const stems = await createStemmer().stem(ctx.em, words);
  return [...new Set(words.map((word) => stems.get(word)).filter((stem) => stem != null))];
}
