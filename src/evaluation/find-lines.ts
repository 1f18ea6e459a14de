import { truncate } from '../platform/text/truncate.js';

/** Characters of a passage that are kept, to find it again. */
export const MAX_QUOTE = 2_000;

/** A quote that occurs more often does not identify a place. */
const MAX_OCCURRENCES = 1_000;

export interface Lines {
  /** 1-based, inclusive. */
  startLine: number;
  endLine: number;
}

/** A text with its lines, which are looked for once, however many passages are. */
export interface LinedText {
  /** Its line ends are "\n". */
  readonly text: string;
  /** Where each line begins. */
  readonly starts: readonly number[];
}

export function findLines(content: string): LinedText {
  const text = withoutReturns(content);
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return { text, starts };
}

/** What a passage of these lines begins with, at most 2,000 characters. null where the text does not have the lines. */
export function quoteOf({ text, starts }: LinedText, { startLine, endLine }: Lines): string | null {
  if (startLine < 1 || endLine < startLine || endLine > starts.length) return null;
  const end = (starts[endLine] ?? text.length + 1) - 1;
  // A slice would keep the whole text in memory.
  return Buffer.from(truncate(text.slice(starts[startLine - 1], end), MAX_QUOTE)).toString();
}

/** 1-based; what comes after the last line end, if anything, is a line. */
export function lastLineOf({ text, starts }: LinedText): number {
  return starts.length - (text.endsWith('\n') ? 1 : 0);
}

/** The lines that a quote stands on: where there are several places, the nearest to `near`. null: it is nowhere. */
export function findQuote({ text, starts }: LinedText, quote: string, near = 1): Lines | null {
  const words = withoutReturns(quote);
  if (words === '') return null;
  const height = words.trimEnd().split('\n').length;
  let best: Lines | null = null;
  let occurrences = 0;
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) {
    if ((occurrences += 1) > MAX_OCCURRENCES) break;
    const line = lineAt(starts, at);
    if (best && Math.abs(line - near) >= Math.abs(best.startLine - near)) continue;
    best = { startLine: line, endLine: line + height - 1 };
  }
  return best;
}

/** Line ends as "\n": a file may change its line ends without a change of its words. */
export function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

/** The number of the line that a place in the text is on: how many begin before it, or at it. */
function lineAt(starts: readonly number[], at: number): number {
  let [low, high] = [1, starts.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle - 1]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
