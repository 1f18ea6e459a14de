import { type Block, readBlocks, TEXT_START } from './blocks.js';
import { isLeadIn, listsSources } from './claim-words.js';
import { type Claim, readClaims } from './claims.js';
import type { DroppedMarker } from './marker-filter.js';
import { breaksOffIn, readSentences, type Sentence } from './sentences.js';

/** Finds the claims of a text that grows. However it grew, they are the same in the end. */
export interface ClaimFinder {
  /**
   * The claims that were not returned yet and that nothing can change any more, in their order.
   *
   * @param dropped the markers that were dropped from `text`, in their order
   * @param final whether the text has come to its end
   * @param brokenOff whether that end may be in mid-sentence
   */
  find(text: string, dropped: readonly DroppedMarker[], final: boolean, brokenOff?: boolean): Claim[];
}

/** @param sourceCount the sources are numbered 1 to this */
export function createClaimFinder(sourceCount: number): ClaimFinder {
  /** Where the block begins that was open last, and how many of its claims were returned. */
  let from = TEXT_START;
  let returned = 0;
  /** How many dropped markers stand before it. */
  let passed = 0;
  let previous: Sentence | null = null;
  let leadIn = '';
  /** Whether the block before was of a list of sources, or announced one. */
  let listed = false;

  /** Dropped markers on lines of their own, which belong to what was said last. */
  function strays(dropped: readonly DroppedMarker[], before: number): Claim[] {
    const claims: Claim[] = [];
    for (; passed < dropped.length && dropped[passed]!.at < before; passed += 1) {
      const { sourceIndex, at } = dropped[passed]!;
      const marker = { sourceIndex, start: at, end: at, isDropped: true };
      const { start, end } = previous ?? marker;
      claims.push({ start, end, text: '', isCheckable: false, markers: [marker], isSettled: true });
    }
    return claims;
  }

  function claimsOf(text: string, block: Block, dropped: readonly DroppedMarker[], brokenOff: boolean): Claim[] {
    const own = droppedOf(text, block, dropped, passed);
    const said = text.slice(block.start, block.end);
    const isListed = listsSources(said, block.kind, listed);
    let last = previous;
    const claims: Claim[] = [];
    for (const sentence of readSentences(text, block, sourceCount, own)) {
      const breaksOff = brokenOff && breaksOffIn(text, sentence);
      const around = { kind: block.kind, previous: last, leadIn, listsSources: isListed, breaksOff };
      claims.push(...readClaims(text, sentence, around));
      if (/[\p{L}\p{N}]/u.test(text.slice(sentence.start, sentence.end).replace(/\[\d{1,3}\]/g, ''))) last = sentence;
    }
    if (block.closed) {
      if (block.kind !== 'item') leadIn = isLeadIn(said) ? said : '';
      previous = last;
      listed = isListed;
      passed += own.length;
    }
    return claims;
  }

  return {
    find(text, dropped, final, brokenOff = false) {
      const { blocks, next } = readBlocks(text, from, final);
      // One by one: as arguments of a call, a text of nothing but markers would be too many.
      const found: Claim[] = [];
      for (const block of blocks) {
        for (const claim of strays(dropped, block.lineStart)) found.push(claim);
        const claims = claimsOf(text, block, dropped, brokenOff);
        const settled = claims.findIndex(({ isSettled }) => !isSettled);
        const count = settled === -1 ? claims.length : settled;
        for (const claim of claims.slice(returned, count)) found.push(claim);
        returned = block.closed ? 0 : Math.max(returned, count);
      }
      if (final) for (const claim of strays(dropped, Infinity)) found.push(claim);
      from = next;
      return found;
    },
  };
}

/** Those that stood on its lines. */
function droppedOf(text: string, block: Block, dropped: readonly DroppedMarker[], from: number): DroppedMarker[] {
  const newline = text.indexOf('\n', block.end);
  const end = newline === -1 ? text.length : newline;
  let to = from;
  while (to < dropped.length && dropped[to]!.at <= end) to += 1;
  return dropped.slice(from, to);
}
