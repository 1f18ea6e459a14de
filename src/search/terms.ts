import { sql } from 'kysely';

import type { Context } from '../context.js';
import { stemmerOf } from '../platform/text/languages.js';
import { countOf, mergePostings, passageOf, type Postings } from '../platform/text/postings.js';
import { tokenize } from '../platform/text/tokenize.js';

/** A stem fits the column; what is longer is cut. */
const MAX_TERM_LENGTH = 64;

/** Words and their stems; those without meaning ("the") have none. */
export type Stems = ReadonlyMap<string, string | null>;

/** Stems words by PostgreSQL's own dictionaries. Known words are not asked again. */
export interface Stemmer {
  stem(em: Context['em'], language: string, words: Iterable<string>): Promise<Stems>;
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
        const { rows } = await sql<{ word: string; stem: string | null }>`
          select word, (ts_lexize(${stemmerOf(language)}, word))[1] as stem from unnest(${unknown}::text[]) as word`.execute(
          em.getKysely(),
        );
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
  readonly postings: ReadonlyMap<string, Postings>;
  /** How many terms each passage has: its length for BM25. */
  readonly passageLengths: readonly number[];
}

/** Where the terms of a document of so many passages occur, given where its words do: words with the same stem are one term. */
export function toTerms(words: ReadonlyMap<string, Postings>, stems: Stems, passages: number): DocumentTerms {
  const postings = new Map<string, Postings>();
  const passageLengths = Array.from({ length: passages }, () => 0);
  for (const [word, places] of words) {
    const term = stems.get(word);
    if (!term) continue;
    const known = postings.get(term);
    postings.set(term, known ? mergePostings(known, places) : places);
    for (const posting of places) passageLengths[passageOf(posting)]! += countOf(posting);
  }
  return { postings, passageLengths };
}

/** A word of a query and the terms that stand for it: one for each language of the project, as far as they differ. */
export interface QueryWord {
  readonly word: string;
  readonly terms: readonly string[];
}

/** The distinct words of a query that mean something in the project's languages, in order. */
export async function readQueryWords(ctx: Pick<Context, 'em'>, projectId: string, query: string): Promise<QueryWord[]> {
  const words = [...new Set(tokenize(query))];
  const db = ctx.em.getKysely();
  const languages = await sql<{
    language: string;
  }>`select distinct language from document where project_id = ${projectId}`.execute(db);
  const stemmers = [...new Set(languages.rows.map(({ language }) => stemmerOf(language)))];
  const { rows } = await sql<{ word: string; terms: string[] }>`
    select word, array_agg(distinct stem[1]) as terms
    from unnest(${words}::text[]) with ordinality as w(word, place), unnest(${stemmers}::text[]) as dictionary,
      ts_lexize(dictionary::regdictionary, word) as stem
    where cardinality(stem) > 0 group by word, place order by place`.execute(db);
  return rows.map(({ word, terms }) => ({ word, terms: [...new Set(terms.map((term) => toTerm(term)!))] }));
}
