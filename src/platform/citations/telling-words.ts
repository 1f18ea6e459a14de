import { SAID, strongest, type Matcher } from './match-words.js';
import type { Word } from './words.js';

/** The roots of a claim's words that a quote says, and of those that it does not; none that it only nearly says. */
export interface SaidWords {
  readonly said: readonly string[];
  readonly unsaid: readonly string[];
}

/** Stands for all roots that are not listed. */
export const RARE = '';

/**
 * How much more likely (natural logarithm of odds) a claim is supported when the quote says a word, and when it does
 * not. That "object" is not said tells against a claim; that "something" is not tells nothing.
 */
export type TellingWords = Readonly<Record<keyof SaidWords, Readonly<Record<string, number>>>>;

export function saidWordsOf(claim: readonly Word[], quote: readonly Word[], match: Matcher): SaidWords {
  const strengthOf = (word: Word) =>
    word.weight > 0 ? strongest(word, quote, match) : quote.some(({ text }) => text === word.text) ? 1 : 0;
  const words = claim.filter(({ kind }) => kind === 'word').map((word) => ({ word, strength: strengthOf(word) }));
  const rootsOf = (some: typeof words) => [...new Set(some.map(({ word }) => word.root))];
  return {
    said: rootsOf(words.filter(({ strength }) => strength >= SAID)),
    unsaid: rootsOf(words.filter(({ strength }) => strength === 0)),
  };
}

/** What all words tell together. */
export function weighWords({ said, unsaid }: SaidWords, telling: TellingWords): number {
  const sum = (roots: readonly string[], weights: Readonly<Record<string, number>>) =>
    roots.reduce((total, root) => total + (weights[root] ?? weights[RARE] ?? 0), 0);
  return sum(said, telling.said) + sum(unsaid, telling.unsaid);
}
