import { builtinSimilarityTo } from '../embedding/builtin.js';
import { alignWords, areSameWords } from './align.js';
import { languageOf } from './language.js';
import { createMatcher } from './match-words.js';
import { matchUnit, measureClaim, type Evidence, type Measure, type UnitMatch } from './measure-claim.js';
import { quotableUnits, type QuotableUnit } from './quotable-units.js';
import { readWords, type Word } from './words.js';

export interface ClaimCheck {
  /** A quote was found that carries the claim. */
  supported: boolean;
  /**
   * Where the passage comes nearest to the claim: offsets in source.text, in UTF-16 units, of one to three neighbouring
   * sentences, list items, rows or lines of code (or from the first to the last of several, at most 800 characters, where
   * the claim makes several statements); null where nothing comes near.
   */
  quote: { start: number; end: number } | null;
  /** How surely the quote carries the claim, 0..1; supported from LEAST_SCORE on. */
  score: number;
  /** Why it is not supported; null: it is. */
  reason: ClaimFault | null;
}

export type ClaimFault =
  | 'a number is missing'
  | 'a name is missing'
  | 'the opposite is said'
  | 'negated differently'
  | 'said of something else'
  | 'another word stands there'
  | 'something is added'
  | 'another language'
  | 'too little in common'
  | 'nothing comes near';

/** What is known of a claim beside a quote; the names of WEIGHTS. */
type Features = Record<Exclude<keyof typeof WEIGHTS, 'bias'>, number>;

// A logistic regression over the supported pairs of the tuning half of bench/citations and those that are made up or
// from another passage, negatives counted three times, every sign fixed beforehand; see docs/retrieval.md.
const WEIGHTS = { bias: -6.21, main: 1.74, aligned: 1.4, similarity: 1.44, novel: -0.81, size: 3.02, contrast: 3.79 };
/** From this score on a claim is supported: where the precision on documents left out of the fit passes .95. */
export const LEAST_SCORE = 0.7;
// A claim that repeats the source to this share, but for one word of weight, was changed rather than put in other words.
const REPEATED = 0.7;
const ONE_WORD = 1;
const REPEATED_CLOSELY = 0.8;
const COMMON_WORD = 0.5;
const MAX_CHANGES = 1;
// What repeats the source in another language than English, of which neither stems nor synonyms are known, has to do so
// nearly to the letter.
const REPEATED_FOREIGN = 0.85;

const MAX_UNITS = 3;
const CANDIDATES = 8;
// Of two quotes that are as near the shorter one is better.
const UNIT_PENALTY = 0.03;
// Below that claim and source are built so differently that words cannot be held against each other.
const LEAST_ALIGNED = { THE_OPPOSITE_IS_SAID: 0.5, NEGATED_DIFFERENTLY: 0.35, SAID_OF_ANOTHER: 0 };
const NEAR = 0.25;
const SECTION_NUMBER = /(?<=^|> )\d+(?:\.\d+)*\.?\s+/g;
const PART_BORDER = /;\s+|,\s+(?:and|but|while|whereas|so)\s+/;
const LEAST_WORDS_OF_PART = 4;
const MAX_JOINED_QUOTE = 800;

const FAULTS: Record<NonNullable<Measure['missing'] | Measure['contradiction']>, ClaimFault> = {
  NUMBER_MISSING: 'a number is missing',
  NAME_MISSING: 'a name is missing',
  THE_OPPOSITE_IS_SAID: 'the opposite is said',
  NEGATED_DIFFERENTLY: 'negated differently',
  SAID_OF_ANOTHER: 'said of something else',
};

type Passage = Readonly<Record<'text' | 'heading', string>>;

interface Candidate {
  measure: Measure;
  features: Features;
  rank: number;
}

/**
 * Whether a passage says what a claim says: one sentence of an answer in Markdown, or a part of one, without its markers.
 * No model is asked: the piece that speaks most about the claim is found, and then numbers, names, negations and opposites
 * must agree, and enough of the rest be said, in these words or others. `heading` is the passage's "title > heading path":
 * it may say what the passage is about, but is never quoted. Pure and synchronous, a few milliseconds at most.
 */
export function verifyClaim(claim: string, source: Passage): ClaimCheck {
  const units = quotableUnits(source.text);
  const whole = verifyPart(claim, units, source);
  if (whole.supported || whole.quote === null) return whole;
  // Two statements in one sentence may be carried by two places of the passage.
  const parts = claim.split(PART_BORDER).filter((part) => part.trim() !== '');
  if (parts.length < 2 || parts.some((part) => part.split(/\s+/).length < LEAST_WORDS_OF_PART)) return whole;
  const checks = parts.map((part) => verifyPart(part, units, source));
  const quotes = checks.flatMap(({ supported, quote }) => (supported && quote ? [quote] : []));
  const start = Math.min(...quotes.map((quote) => quote.start));
  const end = Math.max(...quotes.map((quote) => quote.end));
  if (quotes.length < parts.length || end - start > MAX_JOINED_QUOTE) return whole;
  return { supported: true, quote: { start, end }, score: Math.min(...checks.map(({ score }) => score)), reason: null };
}

function verifyPart(claim: string, units: readonly QuotableUnit[], source: Passage): ClaimCheck {
  const words = readWords(claim);
  // Also where all words are too common to weigh anything.
  const same = units.find((unit) => !unit.isHeading && !unit.isQuestion && areSameWords(words, unit.words));
  if (same) return { supported: true, quote: { start: same.start, end: same.end }, score: 1, reason: null };
  const top = findCandidates(claim, words, units, source)[0];
  if (!top || top.measure.about < NEAR)
    return { supported: false, quote: null, score: 0, reason: 'nothing comes near' };
  const language = languageOf(claim) ?? languageOf(source.text);
  const isForeign = language === 'other';
  const score = scoreOf(top.features);
  const fault = faultIn(top.measure, isForeign) ?? (score >= LEAST_SCORE ? null : 'too little in common');
  return {
    supported: fault === null,
    quote: { start: top.measure.start, end: top.measure.end },
    score: fault === null ? score : Math.min(score, LEAST_SCORE / 2),
    reason: fault,
  };
}

/** The quotes that come nearest to a claim, best first. */
function findCandidates(claim: string, words: Word[], units: readonly QuotableUnit[], source: Passage): Candidate[] {
  if (words.length === 0 || units.length === 0) return [];
  const evidence = evidenceOf(words, units, source.heading);
  const matches = units.map((unit) => matchUnit(evidence, unit));
  const usual = matches.map(({ share }) => share).sort((a, b) => a - b)[Math.floor(matches.length * 0.75)]!;
  const similarityTo = builtinSimilarityTo(claim);
  const candidates = windowsOf(matches).map((window): Candidate => {
    const measure = measureClaim(evidence, window);
    const features = {
      main: measure.main,
      aligned: measure.aligned,
      similarity: similarityTo(source.text.slice(measure.start, measure.end)),
      novel: measure.novel,
      size: Math.log(1 + measure.size),
      contrast: measure.main - usual,
    };
    const rank = measure.about + measure.aligned + 0.3 * (features.similarity + measure.coverage);
    return { measure, features, rank: rank - UNIT_PENALTY * (window.length - 1) };
  });
  return candidates.sort((a, b) => b.rank - a.rank);
}

function faultIn(measure: Measure, isForeign: boolean): ClaimFault | null {
  if (measure.missing) return FAULTS[measure.missing];
  if (measure.contradiction && measure.aligned >= LEAST_ALIGNED[measure.contradiction]) {
    return FAULTS[measure.contradiction];
  }
  const leastWord = measure.said >= REPEATED_CLOSELY ? COMMON_WORD : ONE_WORD;
  if (measure.said >= REPEATED && measure.replaced >= leastWord && measure.changes <= MAX_CHANGES)
    return 'another word stands there';
  if (measure.said >= REPEATED && measure.added >= ONE_WORD) return 'something is added';
  if (measure.onlyCode && measure.said < REPEATED) return 'too little in common';
  return isForeign && measure.said < REPEATED_FOREIGN ? 'another language' : null;
}

function scoreOf(features: Features): number {
  const names = Object.keys(features) as (keyof Features)[];
  const sum = names.reduce((total, name) => total + WEIGHTS[name] * features[name], WEIGHTS.bias);
  return 1 / (1 + Math.exp(-sum));
}

function evidenceOf(claim: readonly Word[], units: readonly QuotableUnit[], heading: string): Evidence {
  const match = createMatcher();
  const rarity = claim.map((word) => {
    if (word.weight === 0) return 1;
    const holders = units.filter((unit) => unit.words.some((other) => match(word, other) === 1)).length;
    return holders === 0 ? 1 : 0.4 + (0.6 * Math.log(1 + units.length / holders)) / Math.log(1 + units.length);
  });
  const alignments = new Map<QuotableUnit, readonly number[]>();
  const alignmentOf = (unit: QuotableUnit) => {
    let alignment = alignments.get(unit);
    if (!alignment) alignments.set(unit, (alignment = alignWords(claim, unit.words, match)));
    return alignment;
  };
  return { claim, units, heading: readWords(heading.replace(SECTION_NUMBER, '')), rarity, match, alignmentOf };
}

/** Neighbouring pieces that may be quoted together, those first that say most of what the claim is about. */
function windowsOf(matches: readonly UnitMatch[]): UnitMatch[][] {
  const windows: { window: UnitMatch[]; about: number }[] = [];
  for (let from = 0; from < matches.length; from += 1) {
    for (let size = 1; size <= MAX_UNITS && from + size <= matches.length; size += 1) {
      const window = matches.slice(from, from + size);
      if (window.some(({ unit }) => unit.isHeading)) break;
      if (window.every(({ unit }) => unit.isQuestion)) continue;
      windows.push({ window, about: Math.max(...window.map(({ about }) => about)) + 0.02 * size });
    }
  }
  return windows
    .sort((a, b) => b.about - a.about)
    .slice(0, CANDIDATES)
    .map(({ window }) => window);
}
