import { expectedPlaces } from './align.js';
import type { AlignedClaim } from './contradictions.js';
import { SURELY_SAID } from './match-words.js';
import { areOpposites } from './opposites.js';
import type { Word } from './words.js';

// How far from its expected place a word that was swapped with another may stand.
const SWAP_SLACK = 1;

/** Whether a claim says of one thing, in the source's words, what the source says of another one. */
export const isSaidOfAnother = (claim: AlignedClaim): boolean =>
  [hasSwappedWords, hasCrossedWords, joinsParallels, comparesTheOtherWay].some((isSo) => isSo(claim));

/** Whether two words are both said, but each in the place of the other. */
function hasSwappedWords({ claim, source, places, match }: AlignedClaim): boolean {
  const taken = new Set(places);
  const free = source.map((_, place) => place).filter((place) => source[place]!.weight > 0 && !taken.has(place));
  const lost = claim.flatMap((word, index) => {
    if (word.weight === 0 || places[index] !== -1) return [];
    const found = free.filter((place) => match(word, source[place]!) >= SURELY_SAID);
    return found.length === 0 ? [] : [{ found, gap: expectedPlaces(places, index, source.length, SWAP_SLACK) }];
  });
  const isIn = (found: readonly number[], [from, to]: [number, number]) =>
    found.some((place) => place >= from && place <= to);
  const moved = lost.filter(({ found, gap }) => !isIn(found, gap));
  return moved.some((word, index) =>
    moved.slice(index + 1).some((other) => isIn(word.found, other.gap) && isIn(other.found, word.gap)),
  );
}

/** The same where each was taken for the other: words that mean nearly the same, and names that begin alike. */
function hasCrossedWords({ claim, source, places }: AlignedClaim): boolean {
  const isOther = (word: Word, other: Word) =>
    word.text !== other.text && (word.root !== other.root || word.kind === 'name');
  return claim.some((word, index) => {
    const there = source[places[index]!];
    if (word.weight === 0 || !there || !isOther(word, there)) return false;
    const crossed = claim.findIndex(
      (other, at) => at > index && other.text === there.text && source[places[at]!]?.text === word.text,
    );
    // In a list they may stand in any order.
    return crossed > index + 2 || (crossed > index && !['and', 'or'].includes(claim[crossed - 1]!.text));
  });
}

/**
 * Whether the claim begins with one of two parallel statements and ends with the other: "adding is called popping"
 * where the source says "adding is called pushing, and removing is called popping".
 */
function joinsParallels({ claim, source, places }: AlignedClaim): boolean {
  const aligned = places.map((place, index) => ({ place, index })).filter(({ place }) => place >= 0);
  return aligned.slice(1).some(({ place, index }, count) => {
    const before = aligned[count]!;
    if (index - before.index > 1 || place - before.place < 4) return false;
    const skipped = source.slice(before.place + 1, place);
    const around = claim.slice(Math.max(0, before.index - 3), index + 4);
    const repeats = [claim[index - 1]!, claim[index]!].some(({ text }) => skipped.some((word) => word.text === text));
    return repeats && skipped.some((word) => around.some((each) => areOpposites(each.root, word.root)));
  });
}

/** Whether what the source sets behind `than` the claim sets before it. */
function comparesTheOtherWay({ claim, source, match }: AlignedClaim): boolean {
  const [lesser, greater] = [claim, source].map((words) =>
    words.findIndex(({ text }, at) => text === 'than' && words[at - 1]?.text !== 'other'),
  );
  if (lesser! < 0 || greater! < 0) return false;
  const isIn = (word: Word, others: readonly Word[]) =>
    word.weight > 0 && others.some((other) => match(word, other) >= SURELY_SAID);
  const [before, behind] = [source.slice(0, greater), source.slice(greater! + 1)];
  const [left, right] = [claim.slice(0, lesser), claim.slice(lesser! + 1)];
  const isBehind = (word: Word) => isIn(word, behind) && !isIn(word, before);
  // What both sides have in common tells nothing, nor what comes long after the comparison.
  const other = right.find((word) => word.weight > 0 && !isIn(word, left));
  return left.some((word) => isBehind(word) && !isIn(word, right)) && other !== undefined && !isBehind(other);
}
