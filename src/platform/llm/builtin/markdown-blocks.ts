import type { Token } from 'markdown-it';
import { findClosingFence } from '../../citations/quotable-units.js';
import { createMarkdownParser } from '../../passages/markdown-outline.js';
import { readHtmlBlocks } from './html-blocks.js';
import { plainMarkdownLines } from './markdown-lines.js';
import { cellsOf, type TextBlock } from './text-blocks.js';

/** How GitHub and Obsidian begin an alert. */
const ALERT = /^\[![\w-]+\][+-]?.*(?:\n|$)/;
const TASK = /^\[[ xX]\]\s+/;
const CONTAINER = /^:{3,}/;
const TABLE_RULE = /^[\s|:-]*-[\s|:-]*$/;
const DEFINITION = /^:\s+/;

export function readMarkdownBlocks(text: string, filePath: string): TextBlock[] {
  const md = createMarkdownParser();
  const tokens: Token[] = [];
  const fence = findClosingFence(text);
  const lines = plainMarkdownLines(text, filePath);
  // A passage may begin within a block of code.
  if (fence) lines.unshift(fence.mark.repeat(fence.size));
  md.block.parse(lines.join('\n'), md, {}, tokens);

  const blocks: TextBlock[] = [];
  let lists = 0;
  /** Of the item whose text comes next. */
  let mark: string | null = null;
  let row: string[] | null = null;
  let isTableHead = false;
  let heading: Token | null = null;
  for (const token of tokens) {
    const { type, content, info, markup } = token;
    if (/^(?:bullet|ordered)_list/.test(type)) lists += token.nesting;
    else if (type === 'list_item_open') mark = info && `${info}${markup}`;
    else if (type === 'list_item_close') mark = null;
    else if (type === 'thead_open' || type === 'thead_close') isTableHead = token.nesting === 1;
    else if (type === 'tr_open') row = [];
    else if (type === 'tr_close' && row) {
      if (!isTableHead) blocks.push({ kind: 'row', text: row.filter(Boolean).join(', ') });
      row = null;
    } else if (type === 'heading_open' || type === 'heading_close') heading = token.nesting === 1 ? token : null;
    else if (type === 'fence' || type === 'code_block') {
      blocks.push({ kind: 'code', language: /^\s*([\w+-]*)/.exec(info)![1]!, text: content });
      mark = null;
    } else if (type === 'html_block') blocks.push(...readHtmlBlocks(content));
    else if (type === 'inline' && row) row.push(content);
    else if (type === 'inline' && heading?.level === 0)
      blocks.push({ kind: 'heading', depth: Number(heading.tag.slice(1)), text: content });
    else if (type === 'inline') {
      blocks.push(...readParagraph(content, mark, lists > 0));
      mark = null;
    }
  }
  return blocks;
}

/** A paragraph may be rows of a table whose head is not in the passage, or terms with their definitions. */
function readParagraph(content: string, mark: string | null, isNested: boolean): TextBlock[] {
  const blocks: TextBlock[] = [];
  let itemMark = mark;
  let paragraph: string[] = [];
  /** What the definition that was read last defines: there may be more of them. */
  let term: string | null = null;
  const end = () => {
    const text = paragraph.join('\n');
    paragraph = [];
    if (text === '') return;
    blocks.push(itemMark === null ? { kind: 'paragraph', text, isNested } : { kind: 'item', mark: itemMark, text });
    itemMark = null;
  };
  const lines = content.replace(ALERT, '').replace(TASK, '').split('\n');
  for (const [index, line] of lines.entries()) {
    if (CONTAINER.test(line) || TABLE_RULE.test(line)) end();
    else if (line.startsWith('|')) {
      end();
      if (!TABLE_RULE.test(lines[index + 1] ?? '')) blocks.push({ kind: 'row', text: cellsOf(line).join(', ') });
    } else if (DEFINITION.test(line) && paragraph.length > 0) {
      if (term === null) term = paragraph.pop()!;
      end();
      itemMark ??= '';
      paragraph = [`${term}: ${line.replace(DEFINITION, '')}`];
    } else paragraph.push(line);
  }
  end();
  return blocks;
}
