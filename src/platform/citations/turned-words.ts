import { negationsOf } from './polarity.js';
import type { Word } from './words.js';

/** Families of small words: with one of another line in its place a sentence says something else. */
const FAMILIES: readonly (readonly ReadonlySet<string>[])[] = [
  ['if when whenever once', 'unless'],
  ['must shall', 'should', 'may can could might'],
  ['no', 'any all every each'],
].map((lines) => lines.map((words) => new Set(words.split(' '))));
const SOLE = new Set(
  'only just solely exclusively sole alone except unless nothing nobody no not none merely must'.split(' '),
);
const ARTICLES = new Set('a an the its their your our this no any'.split(' '));
const USUAL = new Set('default unless usually normally initially otherwise automatically'.split(' '));

/**
 * Whether a claim that repeats the source turns it by one small word: by "unless" for "if", "must" for "may", "no" for
 * "any", by "only", or by leaving out that something is so by default.
 *
 * @param alignment for each word of the claim its place in the source, or that of its opposite; -1: none
 */
export function turnsAWord(claim: readonly Word[], source: readonly Word[], alignment: readonly number[]): boolean {
  return (
    claim.some((_, index) => isOther(claim, index, source, placeOf(index, alignment))) ||
    (has(claim, 'only') && !source.some(({ text }) => SOLE.has(text))) ||
    (!claim.some(({ root }) => USUAL.has(root)) && source.some((_, place) => isLeftOut(source, place, alignment)))
  );
}

/** Where a word stands in the source, or what stands there in its stead. */
function placeOf(index: number, alignment: readonly number[]): number {
  if (alignment[index]! >= 0) return alignment[index]!;
  const place = (alignment[index - 1] ?? -1) >= 0 ? alignment[index - 1]! + 1 : (alignment[index + 1] ?? -1) - 1;
  return alignment.includes(place) ? -1 : place;
}

function isOther(claim: readonly Word[], index: number, source: readonly Word[], place: number): boolean {
  const lineOf = (text: string) => FAMILIES.flat().find((line) => line.has(text));
  const [said, meant] = [lineOf(claim[index]!.text), lineOf(source[place]?.text ?? '')];
  if (!said || !meant || said === meant || !FAMILIES.some((each) => each.includes(said) && each.includes(meant)))
    return false;
  // "Must not" is "may not", "no one" is "not any one", "unless it is" is "if it is not".
  const others = (words: readonly Word[], at: number) => negationsOf(words).filter((each) => each.at !== at).length;
  return claim[index + 1]?.text !== 'not' && others(claim, index) === others(source, place);
}

/** Whether "by default" stands at a place, not a noun, and the claim repeats what is beside it in its clause. */
function isLeftOut(source: readonly Word[], place: number, alignment: readonly number[]): boolean {
  if (source[place]!.text !== 'default' || ARTICLES.has(source[place - 1]?.text ?? '')) return false;
  // "1 (default) or 2" says which one of several.
  if (place > 0 && source[place]!.pause > 0 && (source[place + 1]?.pause ?? 1) > 0) return false;
  return alignment.includes(source[place]!.pause > 0 ? place + 1 : place - 1);
}

function has(words: readonly Word[], text: string): boolean {
  return words.some((word) => word.text === text);
}
