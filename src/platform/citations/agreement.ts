import { SAID } from './match-words.js';
import { areOpposites } from './opposites.js';
import { negationsOf } from './polarity.js';
import type { ClaimPair } from './measure-claim.js';
import type { Word } from './words.js';

/** How a claim and a piece agree when denials and opposites count: shares of the weight of the claim's words, 0..1. */
interface Agreement {
  /** Said, and both sides affirm or deny it. */
  agreed: number;
  /** Said, but only one side denies it. */
  denied: number;
  /** The opposite is said, and both sides affirm or deny it. */
  opposed: number;
  /** The opposite is said and denied, or denied and said. */
  turned: number;
}

/** Wherever in the piece the words stand; what a denial reaches, is its clause. */
export function agreementOf({ claim, rarity, match }: ClaimPair, source: readonly Word[]): Agreement {
  const denials = { claim: deniedIn(claim), source: deniedIn(source) };
  const agreement: Agreement = { agreed: 0, denied: 0, opposed: 0, turned: 0 };
  let whole = 0;
  for (const [index, word] of claim.entries()) {
    const weight = word.weight * rarity[index]!;
    if (weight === 0) continue;
    whole += weight;
    const isSame = (place: number) => denials.claim.has(index) === denials.source.has(place);
    const { strength, place } = nearest(word, source, match, isSame);
    const opposites = source.flatMap((other, at) => (areOpposites(word.root, other.root) ? [at] : []));
    if (strength >= SAID || (strength > 0 && opposites.length === 0)) {
      agreement[isSame(place) ? 'agreed' : 'denied'] += weight * strength;
    } else if (opposites.length > 0) {
      agreement[opposites.some(isSame) ? 'opposed' : 'turned'] += weight;
    }
  }
  const share = (value: number) => value / (whole || 1);
  return {
    agreed: share(agreement.agreed),
    denied: share(agreement.denied),
    opposed: share(agreement.opposed),
    turned: share(agreement.turned),
  };
}

/** Where the piece says a word best; of equals, where it is affirmed or denied alike. */
function nearest(
  word: Word,
  source: readonly Word[],
  match: ClaimPair['match'],
  isSame: (place: number) => boolean,
): { strength: number; place: number } {
  let best = { strength: 0, place: -1 };
  for (const [place, other] of source.entries()) {
    if (other.weight === 0) continue;
    const strength = match(word, other);
    const isBetter = strength > best.strength || (strength === best.strength && !isSame(best.place) && isSame(place));
    if (strength > 0 && isBetter) best = { strength, place };
  }
  return best;
}

/** Places of the words that an odd number of denials reaches. */
function deniedIn(words: readonly Word[]): ReadonlySet<number> {
  const negations = negationsOf(words);
  const isDenied = (at: number) => negations.filter(({ far }) => far.has(at)).length % 2 === 1;
  return new Set([...words.keys()].filter(isDenied));
}
