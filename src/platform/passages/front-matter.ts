import { parse } from 'yaml';
import { toPlainJson } from './plain-json.js';

const MAX_LENGTH = 64 * 1024;
// Aliases multiply: a few lines of them can stand for gigabytes.
const MAX_ALIASES = 50;

export interface FrontMatter {
  readonly metadata: Record<string, unknown> | null;
  /** How many lines it takes from the file's first one on, its two fences included; 0: there is none. */
  readonly lineCount: number;
}

const NONE: FrontMatter = { metadata: null, lineCount: 0 };

/**
 * Reads YAML between `---` lines at the very start, of at most 64 KiB. What is malformed, no mapping, or too nested is
 * no front matter but text.
 */
export function readFrontMatter(lines: readonly string[]): FrontMatter {
  if (lines[0]?.trimEnd() !== '---') return NONE;
  const end = findEnd(lines);
  if (end === -1) return NONE;
  const lineCount = end + 1;
  try {
    const value = toPlainJson(
      parse(lines.slice(1, end).join('\n'), { maxAliasCount: MAX_ALIASES, logLevel: 'error', uniqueKeys: false }),
    );
    if (value === null) return { metadata: null, lineCount };
    if (typeof value !== 'object' || Array.isArray(value)) return NONE;
    return { metadata: value as Record<string, unknown>, lineCount };
  } catch {
    return NONE;
  }
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
