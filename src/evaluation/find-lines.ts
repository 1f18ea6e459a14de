import { truncate } from '../platform/text/truncate.js';

/** Characters of a passage that are kept, to find it again. */
export const MAX_QUOTE = 2_000;

/** A quote that stands in a file more often says nothing of a place. */
const MAX_OCCURRENCES = 1_000;

export interface Lines {
  /** 1-based, inclusive. */
  startLine: number;
  endLine: number;
}

/** What a passage of these lines begins with, at most 2,000 characters. null where the text does not have the lines. */
export function quoteOf(content: string, { startLine, endLine }: Lines): string | null {
  const lines = withoutReturns(content).split('\n');
  if (startLine < 1 || endLine < startLine || endLine > lines.length) return null;
  const text = lines.slice(startLine - 1, endLine).join('\n');
  return truncate(text, MAX_QUOTE);
}

/** The lines that a quote stands on, the nearest to `near` where it occurs more than once; null where it is not there. */
export function findQuote(content: string, quote: string, near = 1): Lines | null {
  const text = withoutReturns(content);
  const words = withoutReturns(quote);
  if (words === '') return null;
  let best: Lines | null = null;
  let line = 1;
  let counted = 0;
  let occurrences = 0;
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) {
    if ((occurrences += 1) > MAX_OCCURRENCES) break;
    line += newlinesIn(text.slice(counted, at));
    counted = at;
    if (best && Math.abs(line - near) >= Math.abs(best.startLine - near)) continue;
    best = { startLine: line, endLine: line + newlinesIn(words.trimEnd()) };
  }
  return best;
}

/** Line ends as "\n": a file may change its line ends without a change of its words. */
export function withoutReturns(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function newlinesIn(text: string): number {
  return text.split('\n').length - 1;
}
