import type { Matcher } from './match-words.js';
import { areOpposites } from './opposites.js';
import { isExactly } from './quantities.js';
import type { Word } from './words.js';

const STOP_WORD_GAIN = 0.3;
const OPPOSITE_GAIN = 0.6;
const GAP = -0.05;

/**
 * The place in the source that each word of the claim stands for when both are read from left to right; -1: none. The
 * classic alignment of two sequences, so what was replaced stands between the same neighbours; the opposite of a word
 * is aligned with it too.
 */
export function alignWords(claim: readonly Word[], source: readonly Word[], match: Matcher): number[] {
  const width = source.length + 1;
  const best = new Float64Array((claim.length + 1) * width);
  for (let row = 1; row <= claim.length; row += 1) best[row * width] = row * GAP;
  for (let column = 1; column < width; column += 1) best[column] = column * GAP;
  for (let row = 1; row <= claim.length; row += 1) {
    for (let column = 1; column < width; column += 1) {
      const gain = gainOf(claim[row - 1]!, source[column - 1]!, match);
      best[row * width + column] = Math.max(
        best[(row - 1) * width + column]! + GAP,
        best[row * width + column - 1]! + GAP,
        gain > 0 ? best[(row - 1) * width + column - 1]! + gain : -Infinity,
      );
    }
  }
  const places = claim.map(() => -1);
  for (let row = claim.length, column = source.length; row > 0 && column > 0;) {
    const value = best[row * width + column]!;
    const gain = gainOf(claim[row - 1]!, source[column - 1]!, match);
    if (gain > 0 && value === best[(row - 1) * width + column - 1]! + gain) {
      row -= 1;
      column -= 1;
      places[row] = column;
    } else if (value === best[(row - 1) * width + column]! + GAP) row -= 1;
    else column -= 1;
  }
  return places;
}

function gainOf(claim: Word, source: Word, match: Matcher): number {
  if (areOpposites(claim.root, source.root)) return OPPOSITE_GAIN * (STOP_WORD_GAIN + claim.weight);
  if (claim.weight === 0) return claim.text === source.text ? STOP_WORD_GAIN : 0;
  return match(claim, source) * (0.5 + claim.weight);
}

/** Whether a claim says the same as a source, word for word but for units. Two empty texts are not the same. */
export function areSameWords(claim: readonly Word[], source: readonly Word[]): boolean {
  const [said, meant] = [withoutUnits(claim), withoutUnits(source)];
  const isSame = (word: Word, other: Word) =>
    word.quantity && other.quantity ? isExactly(word.quantity, other.quantity) : word.text === other.text;
  return said.length > 0 && said.length === meant.length && said.every((word, index) => isSame(word, meant[index]!));
}

/** What stands behind a number that has its amount in itself. */
const withoutUnits = (words: readonly Word[]): readonly Word[] =>
  words.filter(({ stop }, index) => !(stop && words[index - 1]?.quantity?.amount));

/** Where in the source the word would stand, going by its neighbours. */
export function expectedPlaces(
  places: readonly number[],
  index: number,
  length: number,
  slack: number,
): [from: number, to: number] {
  const before = places.slice(0, index).findLast((place) => place >= 0);
  const after = places.slice(index + 1).find((place) => place >= 0);
  return [
    before === undefined ? (after ?? 0) - slack - 2 : before - slack + 1,
    after === undefined ? (before ?? length) + slack + 2 : after + slack - 1,
  ];
}
