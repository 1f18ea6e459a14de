import { agreementOf } from './agreement.js';
import { type Matcher, strongest } from './match-words.js';
import type { ClaimPair, Measure } from './measure-claim.js';
import { isNameOrNumber, nearestClauseOf } from './nearest-clause.js';
import { negationsOf } from './polarity.js';
import type { ClaimFault } from './claim-fault.js';
import { wordOrderOf } from './word-order.js';
import type { Word } from './words.js';

/** Faults that the trees weigh with the rest; they speak for themselves elsewhere. */
const WEIGHED_FAULTS = [
  'a number is missing',
  'a name is missing',
  'the opposite is said',
  'negated differently',
  'said of something else',
  'another word stands there',
  'something is added',
] as const satisfies readonly ClaimFault[];

// Words that deny without being a negation.
const DENYING = new Set(
  (
    'fail fails failed failing failure prevent prevents prevented preventing lack lacks lacking avoid avoids avoiding ' +
    'refuse refuses refused ignore ignores ignored ignoring unable impossible without never cannot hardly rarely seldom ' +
    'stop stops stopped forbid forbids forbidden disallow disallowed prohibit prohibited neither nor nothing nobody none ' +
    'no not unlike instead rather except unless lose loses lost skip skips skipped disable disables disabled reject ' +
    'rejects rejected deny denies denied drop drops dropped'
  ).split(' '),
);

/** Numbers by name that the trees of claim-trees.json know a claim and its quote by. */
export type ClaimFeatures = Readonly<Record<string, number>>;

interface FeatureSource {
  pair: ClaimPair;
  measure: Measure;
  /** Of claim and quote for the builtin embedder, 0..1. */
  similarity: number;
  /** How far the main piece stands out of its passage, -1..1. */
  contrast: number;
  fault: ClaimFault | null;
}

export function claimFeatures({ pair, measure, similarity, contrast, fault }: FeatureSource): ClaimFeatures {
  const { claim, units, match } = pair;
  const main = measure.unit.words;
  const passage = units.flatMap(({ isHeading, words }) => (isHeading ? [] : words));
  return {
    // How much of the claim is said, and how much in the same words in the same order.
    main: measure.main,
    coverage: measure.coverage,
    aligned: measure.aligned,
    said: measure.said,
    passage: shareSaidBy(claim, passage, match),
    back: shareSaidBy(main, claim, (word, other) => match(other, word)),
    similarity,
    contrast,
    // Where it departs from what is said.
    replaced: measure.replaced,
    changes: measure.changes,
    novel: measure.novel,
    added: measure.added,
    addsClause: measure.addsClause ? 1 : 0,
    ...wordOrderOf(claim, main, match),
    ...nearestClauseOf(pair, measure.unit),
    // What is affirmed and what is denied.
    ...agreementOf(pair, main),
    ...denialsOf(claim, main),
    // What kind of claim and piece it is about.
    names: claim.filter(isNameOrNumber).length,
    claimLength: lengthOf(claim),
    mainLength: lengthOf(main),
    isEntry: measure.unit.isEntry ? 1 : 0,
    ...Object.fromEntries(WEIGHED_FAULTS.map((each) => [each, fault === each ? 1 : 0])),
  };
}

/** The share of the words' weight that others say, 0..1. */
function shareSaidBy(words: readonly Word[], others: readonly Word[], match: Matcher): number {
  const whole = words.reduce((sum, { weight }) => sum + weight, 0);
  return words.reduce((sum, word) => sum + word.weight * strongest(word, others, match), 0) / (whole || 1);
}

/** Whether only one side denies something: by negations, and by words of which an odd number turns a sentence round. */
function denialsOf(claim: readonly Word[], main: readonly Word[]) {
  const [inClaim, inMain] = [negationsOf(claim).length, negationsOf(main).length];
  const denying = (words: readonly Word[]) =>
    words.filter(({ kind, text }) => kind === 'word' && DENYING.has(text)).length;
  const differ = (a: number, b: number) => (a % 2 === b % 2 ? 0 : 1);
  return {
    deniedOnce: differ(inClaim, inMain),
    claimDenies: inClaim > 0 && inMain === 0 ? 1 : 0,
    mainDenies: inMain > 0 && inClaim === 0 ? 1 : 0,
    denyingWords: differ(denying(claim), denying(main)),
  };
}

/** The logarithm of the number of words that say something. */
function lengthOf(words: readonly Word[]): number {
  return Math.log(1 + words.filter(({ weight }) => weight > 0).length);
}
