import { isUtf8 } from 'node:buffer';
import type { SourceEntry } from './source.js';

const KINDS: Record<string, SourceEntry['kind']> = { '120000': 'symlink', '160000': 'submodule' };

/** Reads the output of `git ls-tree -r -z`: `<mode> <type> <id>\t<path>\0` for each entry, the path as raw bytes. */
export function parseTree(output: Buffer): SourceEntry[] {
  const entries: SourceEntry[] = [];
  for (let start = 0, end; (end = output.indexOf(0, start)) !== -1; start = end + 1) {
    const tab = output.indexOf(9, start);
    const [mode = '', , blobSha = ''] = output.toString('latin1', start, tab).split(' ');
    entries.push({ ...namePath(output.subarray(tab + 1, end)), kind: KINDS[mode] ?? 'file', blobSha });
  }
  return entries;
}

/** A path as text where it is text, and in any case something that can be shown. */
export function namePath(bytes: Buffer): Pick<SourceEntry, 'path' | 'displayPath'> {
  if (!isUtf8(bytes)) return { path: null, displayPath: [...bytes].map(showByte).join('') };
  const path = bytes.toString('utf8');
  return { path, displayPath: path.replace(UNPRINTABLE, showCharacter) };
}

/** Controls, line separators, and what turns the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

function showByte(byte: number): string {
  return byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`;
}

function showCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
