import { relationOf } from '../text/thesaurus.js';
import { isSameQuantity } from './quantities.js';
import type { Word } from './words.js';

// How much of a word another one gives back.
const SAME = 1;
const RELATED = 0.85;
const PART = 0.8;
const SYNONYM = 0.75;
const NEAR = 0.4;
const LEAST_COMMON_START = 5;

/** From here on a word counts as said, in the same word or another. */
export const SAID = 0.7;
/** And from here on by the word itself, or a form of it. */
export const SURELY_SAID = 0.85;

export type Matcher = (claim: Word, source: Word) => number;

/** A comparison of words, 0 to 1, that remembers what it has compared. */
export function createMatcher(): Matcher {
  const known = new Map<string, Map<string, number>>();
  return (claim, source) => {
    // Quantities carry their units, which their text does not.
    if (claim.quantity || source.quantity) return strengthOf(claim, source);
    let row = known.get(claim.text + claim.kind);
    if (!row) known.set(claim.text + claim.kind, (row = new Map()));
    const key = source.text + source.kind;
    let strength = row.get(key);
    if (strength === undefined) row.set(key, (strength = strengthOf(claim, source)));
    return strength;
  };
}

/** How surely some words say one, 0..1; nothing is said of a stop word. */
export function strongest(word: Word, others: readonly Word[], match: Matcher): number {
  if (word.weight === 0) return 0;
  let best = 0;
  for (const other of others) {
    best = Math.max(best, match(word, other));
    if (best === 1) break;
  }
  return best;
}

function strengthOf(claim: Word, source: Word): number {
  if (claim.quantity && source.quantity) return isSameQuantity(claim.quantity, source.quantity) ? SAME : 0;
  if (claim.text === source.text) return SAME;
  if (claim.quantity || source.quantity || claim.kind === 'sign' || source.kind === 'sign') return 0;
  if (claim.kind === 'name' && claim.parts.length > 0) return nameStrength(claim, source);
  if (claim.root === source.root) return SAME;
  if (source.parts.includes(claim.root)) return claim.kind === 'name' && !endsWithName(source, claim) ? 0.5 : PART;
  if (claim.kind === 'name' || claim.stop || source.stop) return 0;
  if (areRelated(claim.root, source.root)) return RELATED;
  const relation = relationOf(claim.root, source.root);
  return relation === 'SAME' ? SYNONYM : relation === 'NEAR' ? NEAR : 0;
}

function nameStrength(claim: Word, source: Word): number {
  if (bareName(claim) === bareName(source)) return SAME;
  if (endsWithName(source, claim)) return PART;
  if (endsWithName(claim, source)) return source.kind === 'name' ? PART : 0.5;
  return 0;
}

/** `body` in `request.body`, `flag` in `--flag`. */
function endsWithName(whole: Word, part: Word): boolean {
  const [a, b] = [bareName(whole), bareName(part)];
  return a !== b && b.length > 1 && ['.', '/', ':'].some((separator) => a.endsWith(separator + b));
}

function bareName({ text }: Word): string {
  return text.replace(/^[-@~./$]+|[./:]+$|\.js$/g, '');
}

function areRelated(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  return short.length >= LEAST_COMMON_START && long.length - short.length <= 3 && long.startsWith(short);
}
