import { BUILTIN_REMARKS } from '../llm/builtin-model.js';
import { readBlocks } from './blocks.js';
import { makesClaim } from './claim-words.js';
import type { Span } from './claims.js';
import { readSentences } from './sentences.js';

/**
 * The sentences of an answer that say something and cite nothing. What says nothing that wants a source: headings,
 * questions, code, what announces a list, courtesies, and that the documentation is silent.
 *
 * @param cited what cites in another way: claims whose markers were dropped
 */
export function findUncitedClaims(text: string, sourceCount: number, cited: readonly Span[]): Span[] {
  return readBlocks(text, 0, true)
    .blocks.filter(({ kind }) => kind !== 'heading')
    .flatMap((block) => readSentences(text, block, sourceCount, []))
    .filter(({ markers }) => markers.length === 0)
    .filter(({ start, end }) => !cited.some((claim) => claim.start < end && claim.end > start))
    .filter(({ start, end }) => makesClaim(text.slice(start, end)) && !BUILTIN_REMARKS.includes(text.slice(start, end)))
    .map(({ start, end }) => ({ start, end }));
}
