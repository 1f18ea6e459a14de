import { type Matcher, SAID } from './match-words.js';
import { areOpposites } from './opposites.js';
import { negationsOf, type Negation } from './polarity.js';
import type { Word } from './words.js';

/** A claim beside the one sentence that says most of it. */
export interface Comparison {
  claim: readonly Word[];
  source: readonly Word[];
  /** For each word of the claim its place in the source, in order; -1: none. */
  places: readonly number[];
  /** The same for words whose opposite stands there. */
  opposed: readonly number[];
  match: Matcher;
}

export type Contradiction = 'THE_OPPOSITE_IS_SAID' | 'NEGATED_DIFFERENTLY' | 'SAID_OF_ANOTHER';

const RELATIONS = new Set(
  (
    'must may can should all each every none no some few many more less most least only also first last before after ' +
    'once then same different new old one multiple several both'
  ).split(' '),
);
// How far from its expected place the opposite of a word may stand and still be about the same thing.
const SLACK = 8;
// How far from its expected place a word that was swapped with another may stand.
const SWAP_SLACK = 1;
const SURELY_SAID = 0.85;

export function findContradiction(comparison: Comparison): Contradiction | null {
  const claimNegations = negationsOf(comparison.claim);
  const sourceNegations = negationsOf(comparison.source);
  if (hasOppositeWord(comparison, claimNegations, sourceNegations)) return 'THE_OPPOSITE_IS_SAID';
  if (hasOtherPolarity(comparison, claimNegations, sourceNegations)) return 'NEGATED_DIFFERENTLY';
  if (
    hasSwappedWords(comparison) ||
    hasCrossedWords(comparison) ||
    joinsParallels(comparison) ||
    comparesTheOtherWay(comparison)
  ) {
    return 'SAID_OF_ANOTHER';
  }
  return null;
}

function hasOppositeWord(
  { claim, source, opposed, places, match }: Comparison,
  claimNegations: readonly Negation[],
  sourceNegations: readonly Negation[],
): boolean {
  const isOppositeAt = (index: number, at: number) =>
    areOpposites(claim[index]!.root, source[at]!.root) &&
    isNegated(claimNegations, index) === isNegated(sourceNegations, at);
  // What another word of the claim says already, and in another place, is not against it.
  const isTaken = (at: number) =>
    places.includes(at) || claim.some((each, index) => places[index] === -1 && match(each, source[at]!) >= SAID);
  return claim.some((word, index) => {
    if (word.kind === 'number') return false;
    if (opposed[index]! >= 0) return isOppositeAt(index, opposed[index]!) && !isTaken(opposed[index]!);
    const isSaid = places[index]! >= 0;
    // What relates other words has to stand in the very place of its opposite.
    if (isRelation(word) || (!isSaid && source.some((other) => other.root === word.root))) return false;
    // Said, but beside its opposite, of which the claim says nothing: "adding is pushing, removing is popping".
    const [from, to] = expectedPlaces(places, index, source.length, isSaid ? 0 : SLACK);
    return source.some(
      (_, at) => at >= from && at <= to && isOppositeAt(index, at) && !isTaken(at) && !isAlternative(source, at, word),
    );
  });
}

/** "Enabled or disabled": the claim may name one of both. */
function isAlternative(source: readonly Word[], at: number, word: Word): boolean {
  return [-1, 1].some(
    (side) => ['or', 'and'].includes(source[at + side]?.text ?? '') && source[at + 2 * side]?.root === word.root,
  );
}

/** Whether what one side negates is said without negation, in the same words, on the other. */
function hasOtherPolarity(
  { claim, source, places, match }: Comparison,
  claimNegations: readonly Negation[],
  sourceNegations: readonly Negation[],
): boolean {
  const placeOf = (index: number) => {
    const word = claim[index];
    if (!word || word.weight === 0) return -1;
    return places[index]! >= 0 ? places[index]! : source.findIndex((other) => match(word, other) >= SURELY_SAID);
  };
  const isCovered = (negations: readonly Negation[], place: number) =>
    negations.some(({ near }) => near.has(place))
      ? isNegated(negations, place)
      : negations.some(({ far }) => far.has(place));
  const indexOf = (place: number) => {
    const aligned = places.indexOf(place);
    return aligned >= 0 ? aligned : claim.findIndex((word, index) => word.weight > 0 && placeOf(index) === place);
  };
  const isDeniedInVain = (index: number) => {
    const place = placeOf(index);
    return place >= 0 && !isCovered(sourceNegations, place) && !isFlipped(claim[index]!, source[place]!);
  };
  const isDeniedUnheard = (place: number) => {
    const index = indexOf(place);
    return index >= 0 && !isCovered(claimNegations, index) && !isFlipped(claim[index]!, source[place]!);
  };
  // Two negations that surely cover the same word are one, wherever else they reach.
  const answers = (inClaim: Negation, inSource: Negation) =>
    inClaim.isSide === inSource.isSide &&
    [...inClaim.near].some((index) => {
      const place = placeOf(index);
      return inSource.near.has(place) && isNegated(claimNegations, index) === isNegated(sourceNegations, place);
    });
  return (
    claimNegations.some(
      (negation) =>
        !negation.isSide &&
        !sourceNegations.some((other) => answers(negation, other)) &&
        negation.denied.some(isDeniedInVain),
    ) ||
    sourceNegations.some(
      (negation) =>
        !negation.isSide &&
        !claimNegations.some((other) => answers(other, negation)) &&
        negation.denied.some(isDeniedUnheard),
    )
  );
}

function isRelation(word: Word): boolean {
  return word.weight === 0 || RELATIONS.has(word.text);
}

function isFlipped(a: Word, b: Word): boolean {
  return areOpposites(a.root, b.root);
}

/** Whether two words are both said, but each in the place of the other. */
function hasSwappedWords({ claim, source, places, match }: Comparison): boolean {
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
function hasCrossedWords({ claim, source, places }: Comparison): boolean {
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
 * Whether the claim begins with one of two parallel statements and ends with the other: "adding is called popping" where
 * the source says "adding is called pushing, and removing is called popping".
 */
function joinsParallels({ claim, source, places }: Comparison): boolean {
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
function comparesTheOtherWay({ claim, source, match }: Comparison): boolean {
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

function isNegated(negations: readonly Negation[], place: number): boolean {
  return negations.filter(({ near }) => near.has(place)).length % 2 === 1;
}

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
