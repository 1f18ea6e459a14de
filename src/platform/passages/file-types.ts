import { posix } from 'node:path';

/** Larger files are not synced. In bytes. */
export const MAX_FILE_BYTES = 1024 * 1024;

const MARKDOWN = new Set(['.md', '.mdx', '.markdown']);
const OTHERS = new Set(['.rst', '.adoc', '.txt', '.csv', '.json', '.yaml', '.yml']);
const WITHOUT_EXTENSION = new Set(['readme', 'license', 'changelog']);

const LFS_POINTER = 'version https://git-lfs.github.com/spec/';
const MAX_FILE_TYPE_LENGTH = 50;

function extensionOf(path: string): string {
  return posix.extname(path).toLowerCase();
}

/** Whether a sync takes this file: known by its extension, or one of README, LICENSE, CHANGELOG without one. */
export function isWantedFile(path: string): boolean {
  const extension = extensionOf(path);
  return MARKDOWN.has(extension) || OTHERS.has(extension) || WITHOUT_EXTENSION.has(posix.basename(path).toLowerCase());
}

/** A README without an extension is, too. */
export function isMarkdown(path: string): boolean {
  return MARKDOWN.has(extensionOf(path)) || posix.basename(path).toLowerCase() === 'readme';
}

/** What a file's headings are written in, along which it is cut. null: none that we know, it is cut by lines. */
export function markupOf(path: string): 'markdown' | 'rst' | 'asciidoc' | null {
  if (isMarkdown(path)) return 'markdown';
  return ({ '.rst': 'rst', '.adoc': 'asciidoc' } as const)[extensionOf(path)] ?? null;
}

/** The extension in lower case without its dot, at most 50 characters; `txt` when there is none. */
export function fileTypeOf(path: string): string {
  return extensionOf(path).slice(1, 1 + MAX_FILE_TYPE_LENGTH) || 'txt';
}

/**
 * A file's bytes as text, without a byte order mark; line ends stay as they are. What is no text is refused with a
 * reason that people can read.
 */
export function decodeText(content: Buffer): { text: string } | { skipReason: string } {
  if (content.includes(0)) return { skipReason: 'Binary file: it contains NUL bytes' };
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content);
    if (text.startsWith(LFS_POINTER)) return { skipReason: 'Git LFS pointer: its content is not in the repository' };
    return { text };
  } catch {
    return { skipReason: 'Not valid UTF-8 text' };
  }
}
