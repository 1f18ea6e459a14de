import type { Env, MarkdownIt, Token } from 'markdown-it';
import { truncate } from '../text/truncate.js';

// Longer headings are hostile or no headings: nested emphasis and brackets take more than linear time.
const MAX_SOURCE = 1000;
const MAX_TEXT = 255;
const EXPLICIT_ID = /\s*\{#([^\s{}]+)\}\s*$/;
const HTML_HEADING = /<h([1-6])\b[^>]{0,300}>(.{0,300}?)<\/h\1\s{0,9}>/gis;

export interface HeadingText {
  /** What a reader sees: no markup, one space between words, at most 255 characters. */
  readonly text: string;
  /** The id that the heading gives itself by `{#id}` at its end. */
  readonly explicitId: string | null;
}

/** Reads the Markdown of one heading, without its marks. `env` holds the document's link references. */
export function readHeading(md: MarkdownIt, source: string, env: Env): HeadingText {
  const explicitId = EXPLICIT_ID.exec(source)?.[1] ?? null;
  const tokens: Token[] = [];
  md.inline.parse(truncate(source.replace(EXPLICIT_ID, ''), MAX_SOURCE), md, env, tokens);
  const text = tidy(tokens.map(visibleText).join(''));
  return {
    text: text || tidy(tokens.map((token) => (token.type === 'image' ? token.content : '')).join(' ')),
    explicitId,
  };
}

/** The headings in a block of HTML, as many READMEs begin with one to centre it. */
export function readHtmlHeadings(html: string): { depth: number; text: string }[] {
  return Array.from(html.matchAll(HTML_HEADING), ([, depth, inner]) => ({
    depth: Number(depth),
    text: tidy(inner!.replace(/<[^<>]{0,300}>/g, '')),
  }));
}

function visibleText(token: Token): string {
  if (token.type === 'softbreak' || token.type === 'hardbreak') return ' ';
  return token.type === 'text' || token.type === 'text_special' || token.type === 'code_inline' ? token.content : '';
}

function tidy(text: string): string {
  return truncate(text.replace(/\s+/g, ' ').trim(), MAX_TEXT);
}
