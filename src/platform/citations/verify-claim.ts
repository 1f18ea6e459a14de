import { readFileSync } from 'node:fs';

import { areSameWords } from './align.js';
import type { ClaimFault } from './claim-fault.js';
import { compareClaim, type Comparison, readClaim, readSource, type ReadSource } from './compare-claim.js';
import { type DecisionTrees, likelihoodOf } from './decision-trees.js';
import type { QuotableUnit } from './quotable-units.js';
import { type TellingWords, weighWords } from './telling-words.js';
import { readWords, type Word } from './words.js';

export interface ClaimCheck {
  /** A quote was found that carries the claim. */
  supported: boolean;
  /**
   * Where the passage comes nearest to the claim: offsets in source.text, in UTF-16 units, of one to three neighbouring
   * sentences, list items, rows or lines of code (or from the first to the last of several, at most 800 characters,
   * where the claim makes several statements); null where nothing comes near.
   */
  quote: { start: number; end: number } | null;
  /** How likely the quote carries the claim, 0..1; supported from LEAST_SCORE on. */
  score: number;
  /** Why it is not supported; null: it is. Of "another language" it may be all the same: nobody can tell. */
  reason: ClaimFault | null;
}

/** From this likelihood on a claim is supported; see docs/retrieval.md. */
const LEAST_SCORE = 0.5;
/** These alone are enough: what a claim names has to be in the quote and in its place, however alike the rest is. */
const DECISIVE = new Set<ClaimFault | null>([
  'a number is missing',
  'a name is missing',
  'said of something else',
  'a small word turns it',
  'another language',
]);
const NEAR = 0.15;
const PART_BORDER = /;\s+|,\s+(?:and|but|while|whereas|so)\s+/;
const LEAST_WORDS_OF_PART = 4;
const MAX_JOINED_QUOTE = 800;
/** Says only that the rest is so; that is what is checked. */
const ASSENT = /^yes,\s+/i;

interface Model {
  trees: DecisionTrees;
  telling: TellingWords;
}
/** Made by bench/citations/train.ts; read when it is first needed. */
let model: Model | undefined;

type Passage = Readonly<Record<'text' | 'heading', string>>;

/**
 * Whether a passage says what a claim says. A claim is one sentence of an answer in Markdown, or a part of one, without
 * its markers. No model is asked. The piece that speaks most about the claim is found; then numbers, names, negations
 * and opposites must agree, and enough of the rest be said, in these words or others. `heading` is the passage's "title
 * > heading path > file": it may say what the passage is about, but is never quoted. Synchronous, a few milliseconds at
 * most. The first call also reads word lists and decision trees from their files.
 */
export function verifyClaim(claim: string, source: Passage): ClaimCheck {
  const known = readSource(source);
  const said = claim.replace(ASSENT, '');
  const whole = verifyPart(said, known);
  if (whole.supported || whole.quote === null) return whole;
  // Two statements in one sentence may be carried by two places of the passage.
  const parts = said.split(PART_BORDER).filter((part) => part.trim() !== '');
  if (parts.length < 2 || parts.some((part) => part.split(/\s+/).length < LEAST_WORDS_OF_PART)) return whole;
  const checks = parts.map((part) => verifyPart(part, known));
  const quotes = checks.flatMap(({ supported, quote }) => (supported && quote ? [quote] : []));
  const start = Math.min(...quotes.map((quote) => quote.start));
  const end = Math.max(...quotes.map((quote) => quote.end));
  if (quotes.length < parts.length || end - start > MAX_JOINED_QUOTE) return whole;
  return { supported: true, quote: { start, end }, score: Math.min(...checks.map(({ score }) => score)), reason: null };
}

function verifyPart(text: string, source: ReadSource): ClaimCheck {
  const claim = readClaim(text);
  const same = unitThatSays(claim.words, source);
  if (same) return { supported: true, quote: { start: same.start, end: same.end }, score: 1, reason: null };
  const nearest = compareClaim(claim, source);
  if (!nearest || nearest.measure.about < NEAR) {
    const reason = nearest?.fault === 'another language' ? nearest.fault : 'nothing comes near';
    return { supported: false, quote: null, score: 0, reason };
  }
  const { measure, fault } = nearest;
  const quote = { start: measure.start, end: measure.end };
  const score = likelihoodFor(nearest);
  if (score >= LEAST_SCORE && !DECISIVE.has(fault)) return { supported: true, quote, score, reason: null };
  const reason = fault ?? 'too little in common';
  return { supported: false, quote, score: Math.min(score, LEAST_SCORE / 2), reason };
}

const REMARK = /\s*\([^()]*\)\W*$/;

/**
 * The piece that says the same word for word, by itself or with the heading above it or the term of its item: "Default:
 * `5` (no limit)" below "`size` (number)" says that `size` defaults to 5. Words that are too common to weigh anything
 * count too.
 */
function unitThatSays(claim: readonly Word[], { text, units }: ReadSource): QuotableUnit | null {
  const said = claim[0]?.text === 'the' ? claim.slice(1) : claim;
  let heading: readonly Word[] = [];
  for (const unit of units) {
    if (unit.isHeading) heading = readWords(text.slice(unit.start, unit.end).replace(REMARK, ''));
    if (unit.isHeading || unit.isQuestion) continue;
    if (areSameWords(claim, unit.words)) return unit;
    for (const above of [heading, unit.subject])
      if ([unit.words, unit.default].some((words) => words.length > 0 && areSameWords(said, [...above, ...words])))
        return unit;
  }
  return null;
}

function likelihoodFor({ features, words }: Comparison): number {
  model ??= { trees: readMade('claim-trees.json'), telling: readMade('telling-words.json') };
  return likelihoodOf(model.trees, { ...features, told: weighWords(words, model.telling) });
}

function readMade<Made>(name: string): Made {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Made;
}
