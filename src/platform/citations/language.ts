import { ENGLISH_STOP_WORDS } from '../text/stop-words.js';
import { relatedRoots } from '../text/thesaurus.js';
import { isUsual } from './usual-words.js';
import type { Word } from './words.js';

/** Of English sentences at least half the words are known; of others hardly any, which English has borrowed or lent. */
const LEAST_KNOWN = 0.5;
const LEAST_WORDS = 2;
/** What no other language has among its usual words tells as much as some rare words that nobody knows. */
const ONLY_ENGLISH = new Set('the of and are with that this these from which when where not be by has'.split(' '));
const WEIGHT_OF_THOSE = 3;

/**
 * Whether words are of another language than English: most of them are neither in the thesaurus nor in the lists of
 * usual words, nor in `others`, which are English. Code and names without accents do not count. Fewer than two words
 * tell nothing.
 */
export function areForeign(words: readonly Word[], others: ReadonlySet<string> = new Set()): boolean {
  const isKnown = ({ text, root }: Word) =>
    ENGLISH_STOP_WORDS.has(text) || isUsual(root) || relatedRoots(root).size > 0 || others.has(text);
  const isName = ({ proper, text }: Word) => proper && !/\P{ASCII}/u.test(text);
  const plain = words.filter((word) => word.kind === 'word' && word.span === 0 && !isName(word));
  const weigh = (some: readonly Word[]) =>
    some.reduce((sum, { text }) => sum + (ONLY_ENGLISH.has(text) ? WEIGHT_OF_THOSE : 1), 0);
  return plain.length >= LEAST_WORDS && weigh(plain.filter(isKnown)) < LEAST_KNOWN * weigh(plain);
}
