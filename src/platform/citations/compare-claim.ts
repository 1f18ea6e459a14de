import { builtinSimilarityTo } from '../embedding/builtin.js';
import { alignWords } from './align.js';
import { type ClaimFault, faultIn } from './claim-fault.js';
import { type ClaimFeatures, claimFeatures } from './claim-features.js';
import { areForeign } from './language.js';
import { createMatcher } from './match-words.js';
import { matchUnit, measureClaim, type ClaimPair, type Measure, type UnitMatch } from './measure-claim.js';
import { lacksIdentifier } from './missing-words.js';
import { quotableUnits, type QuotableUnit } from './quotable-units.js';
import { type SaidWords, saidWordsOf } from './telling-words.js';
import { readWords, type Word } from './words.js';

/** A claim as its words. */
export interface ReadClaim {
  text: string;
  words: readonly Word[];
}

/** A passage as the pieces that can be quoted. */
export interface ReadSource {
  text: string;
  /** "title > heading path" */
  heading: string;
  units: readonly QuotableUnit[];
  /** Its words but for code; null: it is in another language than English. */
  english: ReadonlySet<string> | null;
}

/** A claim beside the quote that comes nearest to it. */
export interface Comparison {
  measure: Measure;
  features: ClaimFeatures;
  /** The claim's words beside the quote and what that is about. */
  words: SaidWords;
  /** What speaks against the claim, if anything does. */
  fault: ClaimFault | null;
}

interface Candidate {
  measure: Measure;
  similarity: number;
  rank: number;
}

const MAX_UNITS = 3;
const CANDIDATES = 8;
// Of two quotes that are as near the shorter one is better.
const UNIT_PENALTY = 0.03;
const SECTION_NUMBER = /(?<=^|> )\d+(?:\.\d+)*\.?\s+/g;

export function readClaim(text: string): ReadClaim {
  return { text, words: readWords(text) };
}

/** Takes a passage apart, once for all that is held against it. */
export function readSource({ text, heading }: Readonly<Record<'text' | 'heading', string>>): ReadSource {
  const units = quotableUnits(text);
  const prose = units.flatMap(({ isCode, words }) => (isCode ? [] : words));
  return { text, heading, units, english: areForeign(prose) ? null : new Set(prose.map((word) => word.text)) };
}

/** null: there is nothing to compare. */
export function compareClaim(claim: ReadClaim, source: ReadSource): Comparison | null {
  if (claim.words.length === 0 || source.units.length === 0) return null;
  const pair = pairOf(claim.words, source.units, source.heading);
  const matches = source.units.map((unit) => matchUnit(pair, unit));
  const nearest = nearestCandidate(pair, matches, claim.text, source.text);
  if (!nearest) return null;
  const { measure, similarity } = nearest;
  const isForeign = source.english === null || areForeign(claim.words, source.english);
  const fault = isForeign && lacksIdentifier(pair) ? 'a name is missing' : faultIn(measure, isForeign);
  const usual = matches.map(({ share }) => share).sort((a, b) => a - b)[Math.floor(matches.length * 0.75)]!;
  const contrast = measure.main - usual;
  const features = claimFeatures({ pair, measure, similarity, contrast, fault });
  return { measure, features, words: saidWordsOf(claim.words, measure.words, pair.match), fault };
}

function nearestCandidate(
  pair: ClaimPair,
  matches: readonly UnitMatch[],
  claim: string,
  text: string,
): Candidate | undefined {
  const similarityTo = builtinSimilarityTo(claim);
  const candidates = windowsOf(matches).map((window): Candidate => {
    const measure = measureClaim(pair, window);
    const similarity = similarityTo(text.slice(measure.start, measure.end));
    const rank = measure.about + measure.aligned + 0.3 * (similarity + measure.coverage);
    return { measure, similarity, rank: rank - UNIT_PENALTY * (window.length - 1) };
  });
  return candidates.sort((a, b) => b.rank - a.rank)[0];
}

function pairOf(claim: readonly Word[], units: readonly QuotableUnit[], heading: string): ClaimPair {
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
