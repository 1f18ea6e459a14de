import { countTokens } from '../text/count-tokens.js';
import { isInsidePair } from '../text/truncate.js';
import type { LineRange, MeasuredLines } from './measured-lines.js';
import { FILL_TOKENS } from './passage.js';

// No character takes more tokens than its UTF-8 bytes, at most 3 a UTF-16 unit: a slice always fits into one passage.
const SLICE = 128;
// The counts of slices do not quite add up to the count of the whole.
const MAX_PART_TOKENS = FILL_TOKENS - 24;

/**
 * Cuts lines into ranges of at most FILL_TOKENS, as long as possible, but at the last blank line of a range's
 * second half where there is one. A line that is too long by itself comes as a range of its own.
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
  for (let line = stop; line > (start + stop) / 2; line -= 1) {
    if (text.isBlank(line)) return line;
  }
  return stop;
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

/** Cuts one line into parts of at most FILL_TOKENS, after white space where it can. They join to the line. */
export function splitByLength(line: string): string[] {
  const parts: string[] = [];
  let partStart = 0;
  let tokens = 0;
  for (let start = 0; start < line.length;) {
    const end = findSliceEnd(line, start);
    const more = countTokens(line.slice(start, end));
    if (tokens + more > MAX_PART_TOKENS) {
      parts.push(line.slice(partStart, start));
      partStart = start;
      tokens = 0;
    }
    tokens += more;
    start = end;
  }
  return [...parts, line.slice(partStart)];
}

function findSliceEnd(line: string, start: number): number {
  const limit = start + SLICE;
  if (limit >= line.length) return line.length;
  for (let end = limit; end > start + SLICE / 2; end -= 1) {
    if (/\s/.test(line[end - 1]!)) return end;
  }
  return isInsidePair(line, limit) ? limit - 1 : limit;
}
