import { countTokens } from '../text/count-tokens.js';
import { isInsidePair } from '../text/truncate.js';
import type { LineRange, MeasuredLines } from './measured-lines.js';
import { FILL_TOKENS } from './passage.js';

// No character takes more tokens than its UTF-8 bytes, at most 3 a UTF-16 unit: a slice always fits into one passage.
const SLICE = 128;
// The counts of slices do not quite add up to the count of the whole.
const MAX_PART_TOKENS = FILL_TOKENS - 24;

const ITEM = /^\s*(?:[-*+•]|#\.|\(?\d{1,3}[.)])\s/;
/**
 * The end of a sentence, with closing marks and the space after it; not the full stop of an abbreviation or an initial.
 */
const SENTENCE_END =
  /(?:(?<!(?<![\p{L}\p{N}])(?:e\.g|i\.e|z\.\s?B|vs|cf|etc|\p{Lu}))[.!?…]["'”’»)\]*_`]*(?=\s|$)|[。！？][」』”’)\]]*)\s*/gu;
const ENDS_SENTENCE = new RegExp(`${SENTENCE_END.source}$`, 'u');

/**
 * Cuts lines into ranges of at most FILL_TOKENS, as long as possible. A range ends at the best place of its second
 * half, the last of its kind: a blank line, else before an item of a list, else at the end of a sentence. A line that
 * is too long by itself comes as a range of its own.
 */
export function splitByLines(text: MeasuredLines, { start, end }: LineRange): LineRange[] {
  const ranges: LineRange[] = [];
  let rest = text.trim({ start, end });
  while (rest.start < rest.end) {
    const stop = findStop(text, rest);
    ranges.push(text.trim({ start: rest.start, end: stop }));
    rest = text.trim({ start: stop, end: rest.end });
  }
  return ranges;
}

function findStop(text: MeasuredLines, { start, end }: LineRange): number {
  let stop = start + 1;
  while (stop < end && text.tokens({ start, end: stop + 1 }) <= FILL_TOKENS) stop += 1;
  if (stop === end) return stop;
  const secondHalf = Array.from({ length: Math.ceil((stop - start) / 2) }, (_, back) => stop - back);
  return (
    secondHalf.find((line) => text.isBlank(line)) ??
    secondHalf.find((line) => ITEM.test(text.lines[line]!)) ??
    secondHalf.find((line) => ENDS_SENTENCE.test(text.lines[line - 1]!)) ??
    stop
  );
}

/**
 * Halves a range until its text as a whole is within FILL_TOKENS: the sum over its lines can come out a little
 * lower, where signs at a line's end and at the next one's beginning would make one token less apart than together.
 */
export function splitToFit(text: MeasuredLines, range: LineRange): LineRange[] {
  const { start, end } = range;
  // The lines' sum is never off by half.
  if (end - start <= 1 || text.tokens(range) <= FILL_TOKENS / 2) return [range];
  if (countTokens(text.lines.slice(start, end).join('\n')) <= FILL_TOKENS) return [range];
  const middle = Math.ceil((start + end) / 2);
  const halves = [text.trim({ start, end: middle }), text.trim({ start: middle, end })];
  return halves.filter((half) => half.start < half.end).flatMap((half) => splitToFit(text, half));
}

/**
 * Cuts one line into parts of at most FILL_TOKENS, which join to the line: after the last sentence that ends in a
 * part's second half, else after white space where there is some.
 */
export function splitByLength(line: string): string[] {
  const parts: string[] = [];
  let part = { start: 0, tokens: 0 };
  /** The end of the last sentence of the part, and the tokens up to there. */
  let sentence = part;
  for (let start = 0; start < line.length;) {
    const { end, endsSentence } = findSliceEnd(line, start);
    const tokens = part.tokens + countTokens(line.slice(start, end));
    if (tokens > MAX_PART_TOKENS) {
      const stop = sentence.tokens > MAX_PART_TOKENS / 2 ? sentence.start : start;
      parts.push(line.slice(part.start, stop));
      start = stop;
      part = { start, tokens: 0 };
      sentence = part;
      continue;
    }
    part = { ...part, tokens };
    if (endsSentence) sentence = { start: end, tokens };
    start = end;
  }
  return [...parts, line.slice(part.start)];
}

function findSliceEnd(line: string, start: number): { end: number; endsSentence: boolean } {
  const limit = start + SLICE;
  if (limit >= line.length) return { end: line.length, endsSentence: false };
  // With the next character, which tells whether a full stop ends a sentence.
  const ends = Array.from(
    line.slice(start, limit + 1).matchAll(SENTENCE_END),
    (found) => found.index + found[0].length,
  );
  const sentenceEnd = ends.findLast((end) => end <= SLICE);
  if (sentenceEnd !== undefined) return { end: start + sentenceEnd, endsSentence: true };
  for (let end = limit; end > start + SLICE / 2; end -= 1) {
    if (/\s/.test(line[end - 1]!)) return { end, endsSentence: false };
  }
  return { end: isInsidePair(line, limit) ? limit - 1 : limit, endsSentence: false };
}
