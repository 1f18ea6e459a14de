import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import { indexedText } from '../platform/passages/cut.js';
import { tokenize, tokenizeWhole } from '../platform/text/tokenize.js';
import { MAX_TERM_LENGTH } from './document-terms.js';

interface ReadPassage {
  /** PostgreSQL's dictionary of its language. */
  readonly stemmer: string;
  readonly title: string;
  readonly headerPath: readonly string[];
  readonly text: string;
}

/** Where a passage holds terms of a query. */
export interface HeldTerms {
  /** In its title or headings. */
  readonly above: ReadonlySet<string>;
  /** In its text, from its first word (place 0) on; an identifier and its parts are one word. */
  readonly within: readonly { readonly place: number; readonly term: string }[];
}

/** Reads where passages hold terms, with the words and stems that the keyword index has of them. */
export async function findHeldTerms(
  ctx: Pick<Context, 'em'>,
  terms: readonly string[],
  passages: readonly ReadPassage[],
): Promise<HeldTerms[]> {
  const read = passages.map(({ stemmer, title, headerPath, text }) => ({
    stemmer,
    heading: tokenize(indexedText(title, { headerPath, text }).heading),
    words: tokenizeWhole(text),
  }));
  const wordsOf = new Map<string, Set<string>>();
  for (const { stemmer, heading, words } of read) {
    const known = wordsOf.get(stemmer) ?? new Set();
    wordsOf.set(stemmer, known);
    for (const word of [...heading, ...words.flat()]) known.add(word);
  }
  const termOf = await findTermsOf(ctx, terms, wordsOf);
  return read.map(({ stemmer, heading, words }) => {
    const held = (some: readonly string[]) => some.flatMap((word) => termOf.get(`${stemmer} ${word}`) ?? []);
    return {
      above: new Set(held(heading)),
      within: words.flatMap((forms, place) => held(forms).map((term) => ({ place, term }))),
    };
  });
}

/** By dictionary and word, those of the terms that it has the word as. */
async function findTermsOf(
  ctx: Pick<Context, 'em'>,
  terms: readonly string[],
  wordsOf: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<Map<string, string>> {
  const asked = [...wordsOf].flatMap(([stemmer, words]) => Array.from(words, (word) => ({ stemmer, word })));
  const rows = await query(ctx.em)<{ stemmer: string; word: string; term: string }>`
    select stemmer, word, term
    from unnest(${asked.map(({ stemmer }) => stemmer)}::text[], ${asked.map(({ word }) => word)}::text[]) as asked(stemmer, word)
    cross join lateral (select left((ts_lexize(stemmer::regdictionary, word))[1], ${MAX_TERM_LENGTH}) as term) as known
    where term = any(${[...terms]}::text[])`;
  return new Map(rows.map(({ stemmer, word, term }) => [`${stemmer} ${word}`, term]));
}
