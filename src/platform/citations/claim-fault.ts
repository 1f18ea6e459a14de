import type { Measure } from './measure-claim.js';

export type ClaimFault =
  | 'a number is missing'
  | 'a name is missing'
  | 'the opposite is said'
  | 'negated differently'
  | 'a small word turns it'
  | 'said of something else'
  | 'another word stands there'
  | 'something is added'
  /** The claim or the passage is not in English, and neither repeats the other: nobody can tell. */
  | 'another language'
  | 'too little in common'
  | 'nothing comes near';

// A claim that repeats so much of the source, but for one word of weight, was changed rather than put in other words.
const REPEATED = 0.7;
const ONE_WORD = 1;
const REPEATED_CLOSELY = 0.8;
const COMMON_WORD = 0.5;
const MAX_CHANGES = 1;
// Neither stems nor synonyms are known of languages other than English: what is supported has to repeat the source
// nearly to the letter, and what does not repeat most of it cannot be compared with it.
const REPEATED_FOREIGN = 0.85;

// Below that claim and source are built so differently that words cannot be held against each other.
const LEAST_ALIGNED = { THE_OPPOSITE_IS_SAID: 0.5, NEGATED_DIFFERENTLY: 0.35, SAID_OF_ANOTHER: 0 };
const FAULTS: Record<NonNullable<Measure['missing'] | Measure['contradiction']>, ClaimFault> = {
  NUMBER_MISSING: 'a number is missing',
  NAME_MISSING: 'a name is missing',
  THE_OPPOSITE_IS_SAID: 'the opposite is said',
  NEGATED_DIFFERENTLY: 'negated differently',
  SAID_OF_ANOTHER: 'said of something else',
};

/** What speaks against a claim beside its quote; null: nothing. The trees weigh how much the two have in common. */
export function faultIn(measure: Measure, isForeign: boolean): ClaimFault | null {
  if (isForeign && measure.aligned < REPEATED) return 'another language';
  if (measure.missing) return FAULTS[measure.missing];
  if (measure.turned) return 'a small word turns it';
  if (measure.contradiction && measure.aligned >= LEAST_ALIGNED[measure.contradiction]) {
    return FAULTS[measure.contradiction];
  }
  const leastWord = measure.said >= REPEATED_CLOSELY ? COMMON_WORD : ONE_WORD;
  if (measure.said >= REPEATED && measure.replaced >= leastWord && measure.changes <= MAX_CHANGES)
    return 'another word stands there';
  if (measure.addsClause || (measure.said >= REPEATED && measure.added >= ONE_WORD)) return 'something is added';
  if (measure.onlyCode && measure.said < REPEATED) return 'too little in common';
  return isForeign && measure.said < REPEATED_FOREIGN ? 'another language' : null;
}
