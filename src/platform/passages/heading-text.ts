import type { Env, MarkdownIt, Token } from 'markdown-it';
import { truncate } from '../text/truncate.js';

/** Longer headings are hostile or no headings: nested emphasis and brackets take more than linear time. */
export const MAX_SOURCE = 1000;
const MAX_TEXT = 255;
/** `{#id}`, and what Hugo, pandoc and React's documentation write beside or around it. */
const EXPLICIT_ID = /\{(?:[^{}#]*\s|\/\*)?#([^\s{}]+?)(?:\s[^{}]*|\*\/)?\}$/;
/** One without an end goes on to that of the block. */
const COMMENT = /<!--[^]*?(?:-->|$)/g;
const HTML_HEADING = /<h([1-6])\b[^>]{0,300}>(.{0,300}?)<\/h\1\s{0,9}>/gis;

export interface HeadingText {
  /** What a reader sees: no markup, one space between words, at most 255 characters. */
  readonly text: string;
  /**
   * The id that the heading gives itself by `{#id}` at its end, among other attributes or in a comment of JavaScript
   * too.
   */
  readonly explicitId: string | null;
}

/** Reads the Markdown of one heading, without its marks. `env` holds the document's link references. */
export function readHeading(md: MarkdownIt, source: string, env: Env): HeadingText {
  const whole = source.trimEnd();
  const [attributes = '', explicitId = null] = EXPLICIT_ID.exec(whole.slice(-MAX_SOURCE)) ?? [];
  const own = whole.slice(0, whole.length - attributes.length).trimEnd();
  const tokens: Token[] = [];
  md.inline.parse(truncate(own, MAX_SOURCE), md, env, tokens);
  const text = inOneLine(tokens.map(visibleText).join(''));
  return {
    text: text || inOneLine(tokens.map((token) => (token.type === 'image' ? token.content : '')).join(' ')),
    explicitId,
  };
}

/** The headings in a block of HTML, as many READMEs begin with one to centre it; none in comments. */
export function readHtmlHeadings(md: MarkdownIt, html: string): { depth: number; text: string }[] {
  return Array.from(html.replace(COMMENT, '').matchAll(HTML_HEADING), ([, depth, inner]) => ({
    depth: Number(depth),
    text: inOneLine(md.utils.unescapeAll(inner!.replace(/<[^<>]{0,300}>/g, ''))),
  }));
}

function visibleText(token: Token): string {
  if (token.type === 'softbreak' || token.type === 'hardbreak') return ' ';
  return token.type === 'text' || token.type === 'text_special' || token.type === 'code_inline' ? token.content : '';
}

/** The text of a heading or title in one line: one space between words, at most 255 characters. */
export function inOneLine(text: string): string {
  return truncate(text.replace(/\s+/g, ' ').trim(), MAX_TEXT);
}
