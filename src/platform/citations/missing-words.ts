import { SAID, strongest } from './match-words.js';
import type { ClaimPair, UnitMatch } from './measure-claim.js';
import type { Word } from './words.js';

export type Missing = 'NUMBER_MISSING' | 'NAME_MISSING';

// A number in a piece beside the main one counts where that piece speaks of the claim too.
const SHARED = 0.3;

// "Two requests that differ" are any two, unless the source counts as well.
const COUNTING = new Set('one once twice single double triple both pair'.split(' '));

/** Whether a number, name or sign of the claim is missing in the quote and, where that counts, in what it is about. */
export function missingOf(
  { claim, units, match }: ClaimPair,
  parts: readonly UnitMatch[],
  main: UnitMatch,
  context: readonly Word[],
  replaced: readonly boolean[],
): Missing | null {
  const isOwn = (word: Word) => claim.some((each) => match(each, word) >= SAID);
  // The number or name that the main sentence has and the claim does not: what another one was swapped for.
  const otherNumber = main.unit.words.some((word) => word.kind === 'number' && !isOwn(word));
  const counts = main.unit.words.some(({ kind, text }) => kind === 'number' || COUNTING.has(text));
  const otherSubject = main.unit.subject.some((word) => !isOwn(word));
  for (const [index, word] of claim.entries()) {
    const isNumber = word.kind === 'number';
    if (!isNumber && word.kind !== 'name' && word.kind !== 'sign' && !word.proper) continue;
    if (isNumber && word.text === 'two' && !counts) continue;
    const missing = isNumber ? 'NUMBER_MISSING' : 'NAME_MISSING';
    if (!isTogether(claim, index, parts)) return missing;
    if (main.strengths[index]! >= SAID) continue;
    const isBeside = parts.some(({ strengths }) => strengths[index]! >= SAID);
    const isContext = strongest(word, context, match) >= SAID;
    if (isContext && !isNumber) continue;
    if (replaced[index]) return missing;
    if (isNumber) {
      if (isContext && !otherNumber) continue;
      const isIn = ({ strengths, share, unit }: UnitMatch) =>
        strengths[index]! >= SAID && (!otherNumber || share >= SHARED) && unit.subject.every(isOwn);
      if (!parts.some(isIn)) return missing;
    } else if (otherSubject) {
      return missing;
    } else if (!isBeside) {
      const isElsewhere = units.some((unit) => strongest(word, unit.words, match) >= SAID);
      if (!isElsewhere || word.kind === 'sign') return missing;
    }
  }
  return null;
}

/** Whether an identifier of the claim, which is the same in all languages, is nowhere in the passage. */
export function lacksIdentifier({ claim, units, heading, match }: ClaimPair): boolean {
  return claim.some((word) => {
    const isIdentifier = word.kind === 'name' && word.span > 0 && (word.parts.length > 0 || /\P{L}/u.test(word.text));
    const isIn = (words: readonly Word[]) => strongest(word, words, match) >= SAID;
    return isIdentifier && !isIn(heading) && !units.some(({ words }) => isIn(words));
  });
}

/** Whether a word of inline code such as `sync: true` stands in one piece with the word before it. */
function isTogether(claim: readonly Word[], index: number, parts: readonly UnitMatch[]): boolean {
  const word = claim[index]!;
  if (word.span === 0 || claim[index - 1]?.span !== word.span) return true;
  const before = claim[index - 1]!;
  // `option: value` may be the claim's own way to write it, where the option is one.
  if (
    parts.some(({ unit }) =>
      [...unit.words, ...unit.context].some((each) => each.kind === 'name' && each.text === before.text),
    )
  ) {
    return true;
  }
  return parts.some(({ unit: { words } }) =>
    words.some((other, place) => {
      if (other.text !== word.text) return false;
      return words.slice(Math.max(0, place - 4), place + 5).some(({ text }) => text === claim[index - 1]!.text);
    }),
  );
}
