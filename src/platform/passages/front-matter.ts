import { parse, YAMLParseError } from 'yaml';
import { toPlainJson } from './plain-json.js';

const MAX_LENGTH = 64 * 1024;
// Aliases multiply: a few lines of them can stand for gigabytes.
const MAX_ALIASES = 50;

export interface FrontMatter {
  readonly metadata: Record<string, unknown> | null;
  /** How many lines it takes from the file's first one on, its two fences included; 0: there is none. */
  readonly lineCount: number;
  /** Why it gives no metadata though it should, for people; null: it has no fault. */
  readonly fault: string | null;
}

export const NO_FRONT_MATTER: FrontMatter = { metadata: null, lineCount: 0, fault: null };

/**
 * Reads YAML between `---` lines at the very start, of at most 64 KiB. What is malformed or too nested is left out,
 * with its fault. What is no mapping is taken for text between two rules, and so is what is malformed after a blank
 * line.
 */
export function readFrontMatter(lines: readonly string[]): FrontMatter {
  if (lines[0]?.trimEnd() !== '---') return NO_FRONT_MATTER;
  const end = findEnd(lines);
  if (end === -1) return NO_FRONT_MATTER;
  const lineCount = end + 1;
  try {
    const value = toPlainJson(
      parse(lines.slice(1, end).join('\n'), { maxAliasCount: MAX_ALIASES, logLevel: 'error', uniqueKeys: false }),
    );
    if (value === null) return { ...NO_FRONT_MATTER, lineCount };
    if (typeof value !== 'object' || Array.isArray(value)) return NO_FRONT_MATTER;
    return { ...NO_FRONT_MATTER, metadata: value as Record<string, unknown>, lineCount };
  } catch (error) {
    return lines[1]!.trim() === '' ? NO_FRONT_MATTER : { ...NO_FRONT_MATTER, lineCount, fault: faultOf(error) };
  }
}

function faultOf(error: unknown): string {
  // It counts from the line after the fence.
  const line = error instanceof YAMLParseError && error.linePos ? error.linePos[0].line + 1 : null;
  const what = line === null ? 'it is not valid YAML, or too nested' : `line ${line} is not valid YAML`;
  return `Its front matter is left out: ${what}.`;
}

function findEnd(lines: readonly string[]): number {
  let length = 0;
  for (let line = 1; line < lines.length; line += 1) {
    const text = lines[line]!.trimEnd();
    if (text === '---' || text === '...') return line;
    length += text.length + 1;
    if (length > MAX_LENGTH) return -1;
  }
  return -1;
}
