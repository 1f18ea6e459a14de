import { lightStem } from '../text/light-stem.js';
import { ENGLISH_STOP_WORDS } from '../text/stop-words.js';
import { tokenize } from '../text/tokenize.js';

/** How often each stem occurs. */
export function countStems(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of tokenize(text)) {
    if (ENGLISH_STOP_WORDS.has(word)) continue;
    const stem = lightStem(word);
    counts.set(stem, (counts.get(stem) ?? 0) + 1);
  }
  return counts;
}

/** Makes a vector 1 long, in place; where it has no length, by the number at `wordless`. */
export function toUnitLength(vector: Float64Array, wordless: number): Float64Array {
  // 0 without a word, or where all features cancel each other out: cosine is not defined there.
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  if (length === 0) vector[wordless] = 1;
  else for (let place = 0; place < vector.length; place += 1) vector[place]! /= length;
  return vector;
}
