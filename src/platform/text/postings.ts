/**
 * Where a word occurs in a document: for each passage with it, in their order, one number: the passage's place in the
 * document times 256, plus how often the word counts there, 255 at most. Ranking is saturated long before.
 */
export type Postings = readonly number[];

const COUNTS = 256;
const MAX_COUNT = COUNTS - 1;

export const postingOf = (passage: number, count: number): number => passage * COUNTS + Math.min(count, MAX_COUNT);
export const passageOf = (posting: number): number => Math.floor(posting / COUNTS);
export const countOf = (posting: number): number => posting % COUNTS;

/** With the length of its passage in terms, 65,535 at most, as it is stored: what ranking needs of a passage is in one number. */
export const withLength = (posting: number, length: number): number =>
  passageOf(posting) * 2 ** 24 + Math.min(length, 65_535) * COUNTS + countOf(posting);

/** Of two words that are one term. */
export function mergePostings(a: Postings, b: Postings): number[] {
  const counts = new Map<number, number>();
  for (const posting of [...a, ...b]) {
    const passage = passageOf(posting);
    counts.set(passage, (counts.get(passage) ?? 0) + countOf(posting));
  }
  return [...counts].sort(([p], [q]) => p - q).map(([passage, count]) => postingOf(passage, count));
}
