import { countTokens } from '../text/count-tokens.js';

/** Lines from `start` (from 0) up to, not including, `end`. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** A text's lines, each counted once, so that any range's size is a subtraction. */
export interface MeasuredLines {
  readonly lines: readonly string[];
  isBlank(line: number): boolean;
  /** The sum of the lines' tokens, each with its line end: mostly a few more than their joined text has. */
  tokens(range: LineRange): number;
  /** The range without the blank lines at both ends. */
  trim(range: LineRange): LineRange;
}

/** Splits at \n and \r\n. A lone \r stays in its line, as git and its hosts count. */
export function splitIntoLines(content: string): string[] {
  return content.split(/\r?\n/);
}

export function measureLines(lines: readonly string[]): MeasuredLines {
  const sums = new Float64Array(lines.length + 1);
  const blank = lines.map((line, index) => {
    sums[index + 1] = sums[index]! + (line === '' ? 1 : countTokens(`${line}\n`));
    return line.trim() === '';
  });
  return {
    lines,
    isBlank: (line) => blank[line]!,
    tokens: ({ start, end }) => sums[end]! - sums[start]!,
    trim({ start, end }) {
      while (start < end && blank[start]) start += 1;
      while (start < end && blank[end - 1]) end -= 1;
      return { start, end };
    },
  };
}
