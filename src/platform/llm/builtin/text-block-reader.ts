import { markupOf } from '../../passages/file-types.js';
import { readAsciidocBlocks } from './asciidoc-blocks.js';
import { readMarkdownBlocks } from './markdown-blocks.js';
import { readRstBlocks } from './rst-blocks.js';
import type { TextBlock } from './text-blocks.js';

/** The blocks of a passage, by what its file is written in. What readers of its page see nothing of is left out. */
export function readTextBlocks(text: string, filePath: string): TextBlock[] {
  const markup = markupOf(filePath);
  if (markup === 'markdown') return readMarkdownBlocks(text, filePath);
  return markup === 'rst' ? readRstBlocks(text) : readAsciidocBlocks(text, markup === 'asciidoc');
}
