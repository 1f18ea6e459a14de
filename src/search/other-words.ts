import { sql } from 'kysely';

import type { Context } from '../context.js';
import { relatedRoots, type Relation } from '../platform/citations/thesaurus.js';
import { wordRoot } from '../platform/citations/word-root.js';
import { saturate, weightsAmong } from './bm25.js';
import type { Candidate } from './candidates.js';
import { type FoundPassage, TOLD_TERMS } from './keyword-leg.js';
import type { QueryTerms } from './terms.js';

/**
 * What a word counts that stands in the place of one that is missing, beside that word itself (1): one that the thesaurus has as
 * saying the same, and one that somebody might say instead, each divided by the square root of how many of them there are. A form of
 * the word that has another stem ("choice" for "chosen") counts half, and so do all together at most.
 */
const SHARES: Partial<Record<Relation, number>> = { SAME: 0.4, NEAR: 0.2 };
const OTHER_FORM = 0.5;
const MOST = 0.5;
/** The best passages, among which other words decide: to read fifty and go through their words takes three milliseconds. */
const RECONSIDERED = 50;

/** What the thesaurus and the roots of words are of. */
const ENGLISH = 'en';

interface QueryWord {
  text: string;
  /** Of its terms among the query's. */
  places: readonly number[];
  weight: number;
  /** What words of these roots count in its place. */
  shares: ReadonlyMap<string, number>;
}

/**
 * Adds to the BM25 of the best passages what they say in the place of words that they lack: somebody who asks how to undo a commit
 * finds how to revert one. English only, and nothing for words in quotes. On 320 questions in users' own words about five programs
 * nDCG@10 went from .390 to .398, on Cranfield from .395 to .400; the programs' own headings as questions stayed where they were.
 */
export async function countOtherWords(
  ctx: Pick<Context, 'em'>,
  query: QueryTerms,
  found: readonly FoundPassage[],
): Promise<Omit<Candidate, 'isNear'>[]> {
  const words = wordsOf(query);
  const best = found.toSorted((a, b) => b.keyword - a.keyword).slice(0, RECONSIDERED);
  const lacking = best.filter((passage) => words.some((word) => lacks(passage, word)));
  const texts = await readTexts(ctx, lacking);
  const countRoots = createCounter(new Set(words.flatMap(({ shares }) => [...shares.keys()])));
  const average = query.project.termCount / query.project.passages;
  const others = new Map(
    lacking.map((passage) => {
      const counts = countRoots(texts.get(passage.chunkId) ?? '');
      const said = words
        .filter((word) => lacks(passage, word))
        .map(({ text, weight, shares }) => {
          const parts = Array.from(
            shares,
            ([root, share]) => share * saturate(counts.get(root) ?? 0, passage.length, average),
          );
          return {
            text,
            score:
              weight *
              Math.min(
                MOST,
                parts.reduce((sum, part) => sum + part, 0),
              ),
          };
        })
        .filter(({ score }) => score > 0);
      return [passage.chunkId, said];
    }),
  );
  return found.map((passage) => {
    const said = others.get(passage.chunkId) ?? [];
    const keyword = said.reduce((sum, { score }) => sum + score, passage.keyword);
    return { ...passage, keyword, inOtherWords: said.map(({ text }) => text) };
  });
}

function lacks({ held }: FoundPassage, { places }: QueryWord): boolean {
  return places.every((place) => Math.floor(held / 2 ** place) % 2 === 0);
}

function wordsOf(query: QueryTerms): QueryWord[] {
  const weights = weightsAmong(query, 'passages');
  const terms = query.terms.slice(0, TOLD_TERMS).map(({ text, quoted }, place) => ({ text, quoted, place }));
  const words = Map.groupBy(
    terms.filter(({ quoted }) => !quoted),
    ({ text }) => text,
  );
  const roots = new Set([...words.keys()].map(wordRoot));
  return Array.from(words, ([text, ofWord]) => {
    const places = ofWord.map(({ place }) => place);
    return { text, places, weight: Math.max(...places.map((place) => weights[place]!)), shares: sharesOf(text, roots) };
  });
}

/** Without what the query has itself. */
function sharesOf(text: string, ofQuery: ReadonlySet<string>): Map<string, number> {
  const related = [...relatedRoots(wordRoot(text))].filter(([root]) => !ofQuery.has(root));
  const ofRelation = Map.groupBy(related, ([, relation]) => relation);
  const shares = related.flatMap(([root, relation]): [string, number][] => {
    const share = SHARES[relation];
    return share ? [[root, share / Math.sqrt(ofRelation.get(relation)!.length)]] : [];
  });
  return new Map([[wordRoot(text), OTHER_FORM], ...shares]);
}

/** Titles and headings twice, as they are counted; null of documents in other languages. */
async function readTexts(
  ctx: Pick<Context, 'em'>,
  passages: readonly FoundPassage[],
): Promise<Map<string, string | null>> {
  if (passages.length === 0) return new Map();
  // Not filtered by language, lest all of the project's documents are gone through for these few.
  const { rows } = await sql<{ id: string; text: string | null }>`
    select c.id, case when d.language = ${ENGLISH} then concat_ws(' ', d.title, c.header_path, d.title, c.header_path, c.chunk_text) end as text
    from chunk c join document d on d.id = c.document_id where c.id = any(${passages.map(({ chunkId }) => chunkId)}::uuid[])`.execute(
    ctx.em.getKysely(),
  );
  return new Map(rows.map(({ id, text }) => [id, text]));
}

/** How often a text has words of these roots. What has been found out of a word is kept, since most occur in many of the texts. */
function createCounter(roots: ReadonlySet<string>): (text: string) => ReadonlyMap<string, number> {
  const rootOf = new Map<string, string | null>();
  return (text) => {
    const counts = new Map<string, number>();
    for (const word of text.toLowerCase().match(/[a-z]{3,}/g) ?? []) {
      let root = rootOf.get(word);
      if (root === undefined) {
        root = wordRoot(word);
        if (!roots.has(root)) root = null;
        rootOf.set(word, root);
      }
      if (root !== null) counts.set(root, (counts.get(root) ?? 0) + 1);
    }
    return counts;
  };
}
