import { type Matcher, SAID, SURELY_SAID } from './match-words.js';
import type { Word } from './words.js';

interface Replacements {
  /** For each word of the claim, whether the source has another one in its place. */
  replaced: readonly boolean[];
  /** In how many places the claim departs from the source's words. */
  changes: number;
}

const MAX_MORE = 3;
// In their place another turn of phrase may stand; whether they contradict each other is looked at elsewhere.
const MODALS = new Set('must may can could might should would use get make do has have need'.split(' '));

/**
 * Where a claim says something else than the source between the same neighbours: as many words for as many. Other
 * departures are insertions or another turn of phrase.
 */
export function findReplacements(
  claim: readonly Word[],
  source: readonly Word[],
  places: readonly number[],
  match: Matcher,
): Replacements {
  const replaced = claim.map(() => false);
  const runs = runsOf(claim, places);
  for (const run of runs) {
    const before = places.slice(0, run[0]).findLast((place) => place >= 0);
    const after = places.slice(run.at(-1)! + 1).find((place) => place >= 0);
    if (before === undefined && after === undefined) continue;
    const gap = gapBetween(source, before, after).filter(isTelling);
    // A name may have stood there together with other words.
    const isNamed = !run.every((index) => isPlain(claim[index]!)) && !gap.every(isPlain);
    if (gap.length === 0 || gap.length > run.length + (isNamed ? MAX_MORE : 0)) continue;
    if (run.some((index) => gap.some((other) => match(claim[index]!, other) >= SAID))) continue;
    const isTight = before !== undefined && after !== undefined && after - before === 2;
    for (const index of run) {
      const isElsewhere = source.some(
        (other, at) => !places.includes(at) && match(claim[index]!, other) >= SURELY_SAID,
      );
      // For a name only another name can stand.
      const isAnother = isPlain(claim[index]!) || !gap.every(isPlain);
      replaced[index] = isAnother && (!isElsewhere || isTight);
    }
  }
  return { replaced, changes: runs.length };
}

/** Neither a name nor a number, nor a sign. */
function isPlain({ kind, proper }: Word): boolean {
  return kind === 'word' && !proper;
}

/** Runs of neighbouring words that say something and have no place in the source; stop words part no run. */
function runsOf(claim: readonly Word[], places: readonly number[]): number[][] {
  const runs: number[][] = [];
  let isOpen = false;
  for (const [index, word] of claim.entries()) {
    if (word.weight === 0) continue;
    const isLost = places[index] === -1 && isTelling(word);
    if (isLost && isOpen) runs.at(-1)!.push(index);
    else if (isLost) runs.push([index]);
    isOpen = isLost;
  }
  return runs;
}

/** What stands between two places; without one of them, up to the border of the clause. */
function gapBetween(source: readonly Word[], before: number | undefined, after: number | undefined): readonly Word[] {
  if (before === undefined) {
    const start = source.findLastIndex((word, at) => at < after! && word.pause > 0);
    return source.slice(Math.max(0, start), after);
  }
  if (after !== undefined) return source.slice(before + 1, after);
  const end = source.findIndex((word, at) => at > before && word.pause > 0);
  return source.slice(before + 1, end < 0 ? source.length : end);
}

function isTelling(word: Word): boolean {
  return word.weight > 0 && !MODALS.has(word.text);
}
