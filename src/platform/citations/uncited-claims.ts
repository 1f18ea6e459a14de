import { BUILTIN_REMARKS } from '../llm/builtin/builtin-model.js';
import { readBlocks, TEXT_START } from './blocks.js';
import { makesClaim, tellsOfSilence } from './claim-words.js';
import type { Span } from './claims.js';
import { breaksOffIn, readSentences, type Sentence } from './sentences.js';

/**
 * The sentences of an answer that say something and cite nothing. What says nothing that wants a source: headings,
 * questions, code, what announces a list, courtesies, and that the documentation is silent.
 *
 * @param cited claims that have a citation, wherever its marker stands or stood
 * @param brokenOff whether the text ended in mid-sentence: nobody knows what that would have cited
 */
export function findUncitedClaims(
  text: string,
  sourceCount: number,
  cited: readonly Span[],
  brokenOff = false,
): Span[] {
  return sentencesOf(text, sourceCount)
    .filter((sentence) => sentence.markers.length === 0 && !(brokenOff && breaksOffIn(text, sentence)))
    .filter(({ start, end }) => !cited.some((claim) => claim.start < end && claim.end > start))
    .filter(({ start, end }) => makesClaim(text.slice(start, end)) && !BUILTIN_REMARKS.includes(text.slice(start, end)))
    .map(({ start, end }) => ({ start, end }));
}

/** Whether an answer that cites nothing says that the documentation is silent, and claims nothing else. */
export function isAbstention(text: string): boolean {
  const saysSo = sentencesOf(text, 0).some(({ start, end }) => tellsOfSilence(text.slice(start, end)));
  return saysSo && findUncitedClaims(text, 0, []).length === 0;
}

function sentencesOf(text: string, sourceCount: number): Sentence[] {
  return readBlocks(text, TEXT_START, true)
    .blocks.filter(({ kind }) => kind !== 'heading' && kind !== 'underlined')
    .flatMap((block) => readSentences(text, block, sourceCount, []));
}
