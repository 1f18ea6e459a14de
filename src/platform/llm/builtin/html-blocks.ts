import type { TextBlock } from './text-blocks.js';

const COMMENT = /<!--[^]*?(?:-->|$)/g;
const UNSEEN = /<(script|style)\b[^]*?(?:<\/\1\s*>|$)/gi;
const PREFORMATTED = /^\s*<pre\b[^>]*>([^]*?)(?:<\/pre\s*>|$)/i;
const TAG = /<\/?[a-z][^<>]*>/gi;
const NEXT_CELL = /<\/t[dh]\s*>\s*(?=<t[dh]\b)/gi;
/** What begins or ends a block, with the level of a heading. */
const BLOCK_TAG =
  /<\/?(?:table|thead|tbody|tfoot|caption|tr|ul|ol|dl|dt|dd|li|p|div|br|hr|details|summary|center|h([1-6]))(?:\s[^<>]*|\/)?>/gi;

/** The blocks of what Markdown leaves to HTML, with the inline tags in them. */
export function readHtmlBlocks(html: string): TextBlock[] {
  const code = PREFORMATTED.exec(html)?.[1];
  if (code !== undefined) return [{ kind: 'code', language: '', text: code.replace(TAG, '') }];
  const blocks: TextBlock[] = [];
  const shown = html.replace(COMMENT, ' ').replace(UNSEEN, ' ').replace(NEXT_CELL, ', ');
  // Split by a capture: each text is followed by the level of the tag after it.
  const pieces = shown.split(BLOCK_TAG);
  for (let at = 0; at < pieces.length; at += 2) {
    const text = pieces[at]!.trim();
    const [before, after] = [pieces[at - 1], pieces[at + 1]];
    if (text === '') continue;
    if (before && before === after) blocks.push({ kind: 'heading', depth: Number(before), text });
    else blocks.push({ kind: 'paragraph', text, isNested: false });
  }
  return blocks;
}
