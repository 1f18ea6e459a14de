import { expectedPlaces } from './align.js';
import { type Matcher, SAID, SURELY_SAID } from './match-words.js';
import { areOpposites } from './opposites.js';
import { negationsOf, type Negation } from './polarity.js';
import { isSaidOfAnother } from './said-of-another.js';
import type { Word } from './words.js';

/** A claim beside the one sentence that says most of it. */
export interface AlignedClaim {
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

export function findContradiction(aligned: AlignedClaim): Contradiction | null {
  const claimNegations = negationsOf(aligned.claim);
  const sourceNegations = negationsOf(aligned.source);
  if (hasOppositeWord(aligned, claimNegations, sourceNegations)) return 'THE_OPPOSITE_IS_SAID';
  if (hasOtherPolarity(aligned, claimNegations, sourceNegations)) return 'NEGATED_DIFFERENTLY';
  if (isSaidOfAnother(aligned)) return 'SAID_OF_ANOTHER';
  return null;
}

function hasOppositeWord(
  { claim, source, opposed, places, match }: AlignedClaim,
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
  { claim, source, places, match }: AlignedClaim,
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

function isNegated(negations: readonly Negation[], place: number): boolean {
  return negations.filter(({ near }) => near.has(place)).length % 2 === 1;
}
