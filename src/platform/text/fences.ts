/** What may stand before a block on its line: quotation marks, bullets and numbers of lists. */
export const LINE_PREFIX = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*/;

const FENCE = new RegExp(`${LINE_PREFIX.source}(\`{3,}|~{3,})\\s*([\\w+-]*)(.*)$`, 's');

/** A fence of code, by the line that opens it. */
export interface Fence {
  mark: string;
  size: number;
  /** Empty where none is named. */
  language: string;
}

/** The fence that a line opens; null where it opens none: ```` ```npm ci``` ```` is inline code. */
export function openingFence(line: string): Fence | null {
  const [, marks, language = '', info = ''] = FENCE.exec(line) ?? [];
  if (!marks || (marks.startsWith('`') && info.includes('`'))) return null;
  return { mark: marks.charAt(0), size: marks.length, language };
}

/** Whether a line closes a fence: as many of its marks or more, and nothing else. */
export function isClosing(line: string, { mark, size }: Fence): boolean {
  const marks = line.replace(/^[\s>]*/, '').trimEnd();
  return marks.length >= size && marks === mark.repeat(marks.length);
}
