import GithubSlugger from 'github-slugger';
import createMarkdownIt, { type Env, type MarkdownIt, type Token } from 'markdown-it';
import { truncate } from '../text/truncate.js';
import { readHeading, readHtmlHeadings } from './heading-text.js';
import type { LineRange } from './measured-lines.js';
import { type Heading, MAX_ANCHOR, type Outline } from './outline.js';
// Deeper is no document but an attack on the parser; the rest of such a file is one block. A list's level takes 2.
const MAX_NESTING = 20;

export const createMarkdownParser = (): MarkdownIt => createMarkdownIt({ html: true, maxNesting: MAX_NESTING });

/**
 * Reads the block structure of Markdown; anchors are GitHub's. Link references are in no block: they leave no trace in
 * the syntax tree.
 */
export function readMarkdownOutline(lines: readonly string[]): Outline {
  const md = createMarkdownParser();
  const env: Env = {};
  const tokens: Token[] = [];
  // A lone \r would end a line for the parser, and its line numbers would not be the file's.
  md.block.parse(lines.join('\n').replaceAll('\r', ' ').replaceAll('\0', '\uFFFD'), md, env, tokens);
  const slugger = new GithubSlugger();
  const headings: Heading[] = [];
  const blocks: LineRange[] = [];
  tokens.forEach((token, index) => {
    if (token.level === 0 && token.map) blocks.push({ start: token.map[0], end: token.map[1] });
    // A nested heading divides nothing, but GitHub counts it when it numbers equal slugs.
    const found = readHeadings(md, env, tokens, index).map(({ depth, text, explicitId }) => ({
      line: token.map?.[0] ?? 0,
      depth,
      text,
      anchor: truncate(explicitId ?? slugger.slug(text), MAX_ANCHOR) || null,
      isHtml: token.type === 'html_block',
    }));
    if (token.level === 0 && found[0]) headings.push(found[0]);
  });
  return { headings, blocks };
}

function readHeadings(md: MarkdownIt, env: Env, tokens: readonly Token[], index: number) {
  const token = tokens[index]!;
  if (token.type === 'html_block') {
    return readHtmlHeadings(md, token.content).map((heading) => ({ ...heading, explicitId: null }));
  }
  if (token.type !== 'heading_open') return [];
  return [{ depth: Number(token.tag.slice(1)), ...readHeading(md, tokens[index + 1]?.content ?? '', env) }];
}
