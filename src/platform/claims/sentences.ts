import { isAbbreviated } from '../text/sentence-ranges.js';
import type { Block } from './blocks.js';
import type { DroppedMarker } from './marker-filter.js';
import { isMarker, MARKER, MARKER_CONTEXT } from './markers.js';
import { maskCode } from '../text/mask-code.js';

/** A marker in its place; one that was dropped has none of its own, and stands between two characters. */
export interface PlacedMarker {
  sourceIndex: number;
  start: number;
  end: number;
  isDropped: boolean;
}

/** Offsets in the whole text, in UTF-16 code units. */
export interface Sentence {
  start: number;
  /** After its full stop, before markers that follow that. */
  end: number;
  /** In their order; those after its full stop as well. */
  markers: PlacedMarker[];
  /** Whether it is a row of a table, or a piece of one. */
  isRow: boolean;
  /** Whether nothing that follows can change it. */
  complete: boolean;
  /** Whether it has a full stop, or a hard line break behind it. */
  isEnded: boolean;
}

/** Full stops with what closes after them, full-width ones, and hard line breaks, as which `<br>` counts. */
const BOUNDARY = /(?<![.!?…])[.!?…]+["'”’»)\]*_]*(?=\s|$|\[\d)|[。！？]+[」』”’)\]*_]*|(?: {2}|\\)(?=\n)/g;
const FULL_STOP = /^\.(?![.!?…])/;
const LINE_BREAK = /<br\s*\/?>/gi;
const OPEN_TAG = /<(?:b(?:r\s*\/?)?)?$/i;
/** A line with a bar is a row of a table. */
const ROW = /^(?:[^\n|\\]|\\.)*\|[^\n]*(?=\n)/gm;
/** What follows a marker at the end of a line, unless the next line goes on with the sentence: in a small letter. */
const LINE_END = /[*_"'”’»)]*[^\S\n]*(?=(\n[\s>*_“"'«(]*)[^\s>*_“"'«(\p{Ll},;:.!?)\][|])/uy;
/** What follows a marker at the beginning of a line that begins a sentence. */
const LINE_BEGINNING = /(?:\[\d{1,3}\])*[^\S\n]*[^\s\p{Ll},;:.!?)\][|]/uy;
/** What introduces markers that follow a sentence on its line. */
const SOURCE_NOTE = /[^\S\n]*(?:(\()(?:see|cf\.|siehe|vgl\.|sources?:?|quellen?:?)|sources?:|quellen?:)[^\S\n]*/iy;
const LONGEST_INDENT = 20;
/** What follows a marker that stands for its source as the subject of a sentence: "[2] says that …". */
const SAYS = /(?:also )?(?:says?|states?|explains?|shows?|notes?|describes?|mentions?|adds?|documents?|recommends?)\b/y;
const MAY_SAY = /^[a-z ]*$/;
const LONGEST_SAYING = 20;
/** What goes on for longer without a full stop is cut: nobody could check it. */
const LONGEST_SENTENCE = 2_000;

/**
 * The sentences of a block with their markers: those that name one of `sourceCount` sources, and those that were
 * dropped from the block. "It is x. [1]" is one sentence. Where a block begins with a marker, a marker behind a full
 * stop belongs to the sentence after it.
 */
export function readSentences(
  text: string,
  block: Block,
  sourceCount: number,
  dropped: readonly DroppedMarker[],
): Sentence[] {
  // Offsets stay. What is open at the end of an open block is left out.
  const masked = maskCode(text.slice(block.start, block.end), block.closed)
    .replace(block.closed ? '' : OPEN_TAG, '')
    .replace(LINE_BREAK, (tag) => '  \n'.padEnd(tag.length))
    .replace(/\n[ \t>]+/g, (gap) => `\n${' '.repeat(gap.length - 1)}`);
  const known = findMarkers(text, block.start, masked, sourceCount);
  const endOfMarkerAt = new Map(known.map(({ start, end }) => [start - block.start, end - block.start]));
  const markers = [...known, ...dropped.map(place)].sort((a, b) => a.start - b.start || a.end - b.end);
  const first = skipSpace(masked, 0);
  const isBefore = markers[0] !== undefined && markers[0].start <= block.start + first;
  const leads = isBefore && !matchesAt(SAYS, masked, skipSpace(masked, skipMarkers(masked, first, endOfMarkerAt)));
  const boundaries = findBoundaries(text, block.start, masked, markers, leads);
  const sentences: Sentence[] = [];
  let boundary = 0;
  let taken = 0;
  for (let start = first; start < masked.length;) {
    while (boundary < boundaries.length && boundaries[boundary]! <= start) boundary += 1;
    const end = cutOff(masked, start, boundaries[boundary] ?? masked.length);
    const behind = skipMarkers(masked, end, endOfMarkerAt);
    const after = skipSpace(masked, behind);
    const isLast = after >= masked.length;
    const areNext = !isLast && (leads || (behind > end && matchesAt(SAYS, masked, after)));
    const mayBeNext = behind > end && masked.length - after < LONGEST_SAYING && MAY_SAY.test(masked.slice(after));
    const next = areNext ? skipSpace(masked, end) : after;
    const isOwn = ({ start: at, isDropped }: PlacedMarker) =>
      isLast || at < block.start + (areNext ? end : next) || (isDropped && !areNext && at === block.start + next);
    const own: PlacedMarker[] = [];
    for (; taken < markers.length && isOwn(markers[taken]!); taken += 1) own.push(markers[taken]!);
    const said = masked.slice(start, end).trimEnd();
    sentences.push({
      start: block.start + start,
      end: block.start + start + said.length,
      markers: own,
      isRow: said.includes('|'),
      complete: block.closed || !(isLast || mayBeNext),
      isEnded: boundary < boundaries.length,
    });
    start = next;
  }
  return sentences;
}

/** Whether a text that broke off did so in this sentence of it. */
export function breaksOffIn(text: string, { end, isEnded }: Sentence): boolean {
  return !isEnded && /^[^\S\n]*$/.test(text.slice(end));
}

const place = ({ sourceIndex, at }: DroppedMarker): PlacedMarker => ({
  sourceIndex,
  start: at,
  end: at,
  isDropped: true,
});

function findMarkers(text: string, offset: number, masked: string, sourceCount: number): PlacedMarker[] {
  return [...masked.matchAll(MARKER)].flatMap(({ 0: { length }, 1: digits, index }) => {
    const sourceIndex = Number(digits);
    const start = offset + index;
    const before = text.slice(Math.max(0, start - MARKER_CONTEXT), start);
    const isKnown = sourceIndex >= 1 && sourceIndex <= sourceCount;
    if (!isKnown || !isMarker(before.slice(before.lastIndexOf('\n') + 1), [sourceIndex], masked.charAt(index + length)))
      return [];
    return [{ sourceIndex, start, end: start + length, isDropped: false }];
  });
}

function cutOff(masked: string, start: number, end: number): number {
  if (end - start <= LONGEST_SENTENCE) return end;
  const cut = start + LONGEST_SENTENCE;
  return /[\uDC00-\uDFFF]/.test(masked.charAt(cut)) ? cut + 1 : cut;
}

/** Where sentences end, in order. */
function findBoundaries(
  text: string,
  offset: number,
  masked: string,
  markers: readonly PlacedMarker[],
  leads: boolean,
): number[] {
  const fullStops = [...masked.matchAll(BOUNDARY)].filter(
    ({ 0: mark, index }) => !FULL_STOP.test(mark) || !isAbbreviated(masked, index, index + mark.length),
  );
  const ends = [...fullStops, ...masked.matchAll(ROW)].map(({ 0: { length }, index }) => index + length);
  for (const { start, end, isDropped } of markers) {
    if (leads && !isDropped && matchesAt(LINE_BEGINNING, text, end)) {
      const [gap] = /\n\s*$/.exec(masked.slice(Math.max(0, start - offset - LONGEST_INDENT), start - offset)) ?? [];
      if (gap) ends.push(start - offset - gap.length);
    }
    LINE_END.lastIndex = end;
    const [rest, gap] = LINE_END.exec(text) ?? [];
    const lineEnd = end + (rest?.length ?? 0) - offset;
    if (gap && lineEnd + gap.length < masked.length) ends.push(lineEnd);
  }
  return ends.sort((a, b) => a - b);
}

/** Past markers, what separates them, what introduces them and a full stop after them: "[1], [2]", "(Source: [3])." */
function skipMarkers(masked: string, from: number, endOfMarkerAt: ReadonlyMap<number, number>): number {
  SOURCE_NOTE.lastIndex = from;
  const [introduction = '', parenthesis] = SOURCE_NOTE.exec(masked) ?? [];
  let end = from;
  for (let at = skipSpace(masked, from + introduction.length); endOfMarkerAt.has(at);) {
    end = endOfMarkerAt.get(at)!;
    at = skipSpace(masked, masked.charAt(end) === ',' ? end + 1 : end);
  }
  if (end === from) return from;
  if (parenthesis) {
    if (masked.charAt(end) !== ')') return from;
    end += 1;
  }
  return /^[.,;。](?:\s|$)/.test(masked.slice(end, end + 2)) ? end + 1 : end;
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
  return at;
}
