import { findContradiction, type Contradiction } from './contradictions.js';
import { SAID, strongest, type Matcher } from './match-words.js';
import { missingOf, type Missing } from './missing-words.js';
import { areOpposites } from './opposites.js';
import { findReplacements } from './replacements.js';
import type { QuotableUnit } from './quotable-units.js';
import { turnsAWord } from './turned-words.js';
import type { Word } from './words.js';

/** A claim and the passage that it is held against. */
export interface ClaimPair {
  claim: readonly Word[];
  units: readonly QuotableUnit[];
  /** Words of the passage's title and heading path. */
  heading: readonly Word[];
  /** How much a word of the claim tells in this passage, 0..1: one that is everywhere tells little. */
  rarity: readonly number[];
  match: Matcher;
  alignmentOf: (unit: QuotableUnit) => readonly number[];
}

/** How one piece of the passage compares with the claim. */
export interface UnitMatch {
  unit: QuotableUnit;
  /** How surely it says each word of the claim, 0..1. */
  strengths: readonly number[];
  /** Share of the claim's weight that it says, 0..1. */
  share: number;
  /** The same where the opposite of a word counts as the word: what it speaks about, whatever it says of it. */
  about: number;
}

/** Some neighbouring pieces of a passage, how much of the claim they say, and what of it they do not. */
export interface Measure {
  /** The piece that carries most of the claim. */
  unit: QuotableUnit;
  start: number;
  end: number;
  /** Words of all the pieces, and of what the main one is about. */
  words: readonly Word[];
  /** Share of the claim's weight that the main piece says, 0..1. */
  main: number;
  /** What the main piece speaks about; see UnitMatch. */
  about: number;
  /** Share of the claim's weight that the main piece says with its neighbours and what it is about, 0..1. */
  coverage: number;
  /** Share of the claim's words, stop words too, that the main piece has in order, themselves or as opposites, 0..1. */
  aligned: number;
  /** The same without opposites. */
  said: number;
  /** Weight of words in whose place the source has others. */
  replaced: number;
  /** In how many places the claim departs from the words of the main piece. */
  changes: number;
  /** Weight of words that are nowhere in the quote and are not common. */
  novel: number;
  /** The same behind the first word that the main piece has too, so not in a lead-in. */
  added: number;
  /** Whether the claim ends with a clause of which nothing is in the quote: "… and writes an audit record". */
  addsClause: boolean;
  /** Whether the main piece is code, though most of the claim is prose. */
  onlyCode: boolean;
  /** Whether the main piece is repeated but for a small word that turns it: "unless" for "if". */
  turned: boolean;
  contradiction: Contradiction | null;
  missing: Missing | null;
}

// What a word counts that is not in the main sentence but in one beside it, or only in what that is about.
const BESIDE = 0.85;
const CONTEXT = 0.7;
const OPPOSITE = 0.9;
const STOP_WORD = 0.3;
// Whether the term that a list item explains is one of the claim's.
const SUBJECT = 0.1;
const LEAST_ALIGNED_BESIDE = 0.5;
const REPEATED = 0.85;
const JOINS = new Set('and but so which while'.split(' '));
const LEAST_WORDS_ADDED = 2;

export function matchUnit(pair: ClaimPair, unit: QuotableUnit): UnitMatch {
  const { claim, rarity, match } = pair;
  const strengths = claim.map((word) => strongest(word, unit.words, match));
  const opposites = claim.map((word, index) =>
    word.weight > 0 && strengths[index]! < SAID && unit.words.some((other) => areOpposites(word.root, other.root))
      ? OPPOSITE
      : strengths[index]!,
  );
  return { unit, strengths, share: shareOf(claim, rarity, strengths), about: shareOf(claim, rarity, opposites) };
}

/** Measures what neighbouring pieces say of the claim, of which one carries it. */
export function measureClaim(pair: ClaimPair, parts: readonly UnitMatch[]): Measure {
  const { claim, rarity, match } = pair;
  const alignments = parts.map(({ unit }) => pair.alignmentOf(unit));
  const alignedShares = alignments.map((places) => alignedShare(claim, places));
  const ranks = parts.map(({ about, unit }, index) =>
    unit.isQuestion ? -1 : about + alignedShares[index]! + subjectBonus(pair, unit),
  );
  const mainIndex = ranks.indexOf(Math.max(...ranks));
  const main = parts[mainIndex]!;
  const { places } = withoutOpposites(claim, main.unit.words, alignments[mainIndex]!);
  const context = [...main.unit.context, ...pair.heading];
  const credits = claim.map((word, index) =>
    Math.max(
      main.strengths[index]!,
      ...parts.map(({ strengths }) => BESIDE * strengths[index]!),
      CONTEXT * strongest(word, context, match),
    ),
  );
  const { changes, ...replacements } = findReplacements(claim, main.unit.words, places, match);
  // "We" in a text about Python is Python.
  const isTheSubject = (word: Word) => word.proper && strongest(word, context, match) >= SAID;
  const replaced = replacements.replaced.map((each, index) => each && !isTheSubject(claim[index]!));
  return {
    unit: main.unit,
    start: parts[0]!.unit.start,
    end: parts.at(-1)!.unit.end,
    words: [...parts.flatMap(({ unit }) => unit.words), ...main.unit.context],
    main: main.share,
    about: main.about + subjectBonus(pair, main.unit),
    coverage: shareOf(claim, rarity, credits),
    aligned: alignedShares[mainIndex]!,
    said: alignedShare(claim, places),
    replaced: sum(claim, (word, index) => (replaced[index] ? word.weight : 0)),
    changes,
    novel: sum(claim, (word, index) => (credits[index] === 0 && word.weight >= 1 ? word.weight : 0)),
    added: sum(claim, (word, index) =>
      credits[index] === 0 &&
      word.weight >= 1 &&
      claim.some((each, before) => before < index && each.weight > 0 && places[before]! >= 0)
        ? word.weight
        : 0,
    ),
    addsClause: addsClause(claim, credits),
    onlyCode: main.unit.isCode && sum(claim, (word) => (word.kind === 'word' ? word.weight : -word.weight)) > 0,
    turned: alignedShares[mainIndex]! >= REPEATED && turnsAWord(claim, main.unit.words, alignments[mainIndex]!),
    contradiction: contradictionIn(pair, parts, alignments, alignedShares, mainIndex),
    missing: missingOf(pair, parts, main, context, replaced),
  };
}

function addsClause(claim: readonly Word[], credits: readonly number[]): boolean {
  const join = claim.findLastIndex(({ text }) => JOINS.has(text));
  const behind = [...claim.keys()].filter((index) => index > join && claim[index]!.weight > 0);
  return join > 0 && behind.length >= LEAST_WORDS_ADDED && behind.every((index) => credits[index] === 0);
}

/** Positive where a piece explains a term of the claim, negative where it explains another one. */
function subjectBonus({ claim, match }: ClaimPair, { subject }: QuotableUnit): number {
  if (subject.length === 0) return 0;
  return subject.some((word) => claim.some((each) => match(each, word) >= SAID)) ? SUBJECT : -SUBJECT;
}

/** The main piece must not contradict the claim, nor one beside it that is built like the claim. */
function contradictionIn(
  { claim, match }: ClaimPair,
  parts: readonly UnitMatch[],
  alignments: readonly (readonly number[])[],
  alignedShares: readonly number[],
  mainIndex: number,
): Contradiction | null {
  for (const [index, { unit }] of parts.entries()) {
    const least = index === mainIndex ? 0 : LEAST_ALIGNED_BESIDE;
    if (alignedShares[index]! < least) continue;
    const { places, opposed } = withoutOpposites(claim, unit.words, alignments[index]!);
    const contradiction = findContradiction({ claim, source: unit.words, places, opposed, match });
    if (contradiction) return contradiction;
  }
  return null;
}

/** The places of words, and apart from them those of their opposites. */
function withoutOpposites(claim: readonly Word[], source: readonly Word[], alignment: readonly number[]) {
  const isOpposed = (place: number, index: number) =>
    place >= 0 && areOpposites(claim[index]!.root, source[place]!.root);
  return {
    places: alignment.map((place, index) => (isOpposed(place, index) ? -1 : place)),
    opposed: alignment.map((place, index) => (isOpposed(place, index) ? place : -1)),
  };
}

function alignedShare(claim: readonly Word[], places: readonly number[]): number {
  const weightOf = (word: Word) => (word.weight === 0 ? STOP_WORD : word.weight);
  const whole = sum(claim, weightOf);
  return whole === 0 ? 0 : sum(claim, (word, index) => (places[index]! >= 0 ? weightOf(word) : 0)) / whole;
}

function shareOf(claim: readonly Word[], rarity: readonly number[], strengths: readonly number[]): number {
  const whole = sum(claim, (word, index) => word.weight * rarity[index]!);
  return whole === 0 ? 0 : sum(claim, (word, index) => word.weight * rarity[index]! * strengths[index]!) / whole;
}

function sum(claim: readonly Word[], value: (word: Word, index: number) => number): number {
  return claim.reduce((total, word, index) => total + value(word, index), 0);
}
