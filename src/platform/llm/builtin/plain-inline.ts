const CODE_SPAN = /(?<![\\`])(`+)(?!`)(.*?[^`])\1(?!`)/gs;
/** Stands for a code span meanwhile: a sign that no text of a prompt has, and no letter. */
const HELD = /\uE000(\d+)\uE000/g;
const COMMENT = /<!--.*?-->/g;
const ADDRESS = String.raw`\( ?(?:<[^<>]*>|(?:[^() ]|\([^() ]*\))*)(?: (?:"[^"]*"|'[^']*'))? ?\)`;
const IMAGE = new RegExp(String.raw` ?(?<!\\)!\[(?:[^\][]|\[[^\][]*\])*\](?:${ADDRESS}|\[[^\][]*\])`, 'g');
const LINK = new RegExp(String.raw`(?<!\\)\[([^\][]*)\]${ADDRESS}`, 'g');
/** Of a link whose address is elsewhere; not `array[i][j]`, nor the numbers `[1][2]`. */
const REFERENCE = /(?<![\p{L}\p{N}_\]\\])\[(?!\d{1,3}\])([^\][]+)\]\[[^\][]*\]/gu;
const FOOTNOTE = /(?<!\\)\[\^[^\] ]+\]/g;
/** Of site generators: Hugo's, Liquid's and Kramdown's. */
const SHORTCODE = /\{\{(?:<.*?>|%.*?%)\}\}|\{%.*?%\}|\{:\s?[.#][^{}]*\}/g;
const HTML_TAG =
  /<\/?(?:a|b|i|p|br|hr|em|img|div|span|strong|code|kbd|sup|sub|details|summary|picture|source|h[1-6]|video|audio|track|iframe|object|embed|input|svg|image|link|style|script|base|form|table|thead|tbody|tfoot|caption|tr|td|th|ul|ol|li|dl|dt|dd|center|figure|figcaption|blockquote|pre|small|ins|del)(?=[\s/>])[^>]*>/gi;
/** Where a tag was, no space remains before these. */
const TAG_BEFORE_STOP = new RegExp(`(?:${HTML_TAG.source})+(?=[,.;:)])`, 'gi');
const BEFORE_TAG = new RegExp(String.raw`(?<!\\)\\*(?=${HTML_TAG.source})`, 'gi');
/** What would read as markers of ours: `[1]`, `[1, 2-4]`, `[[1]]`, and `【1】`, which no backslash escapes. */
const MARKER = /(?<!\\)\[(?=\[?\d[\d ,;–-]*\])/g;
const WIDE_MARKER = /【(\d[\d ,;–-]*)】/g;

/**
 * Inline Markdown as it reads: without emphasis, tags, links' addresses, images, comments and the numbers of
 * footnotes. Code stays as it is. Elsewhere a text's own `[1]` is escaped, since it would be taken for a marker of
 * the answer.
 *
 * @param isMarkdown elsewhere there are no tags: `<object>` is a placeholder, and escaped, since it is a tag in the
 * answer
 */
export function plainInline(markdown: string, isMarkdown = true): string {
  const spans: string[] = [];
  const bare = markdown
    .replace(/\s+/g, ' ')
    .replace(CODE_SPAN, (span) => `\uE000${spans.push(span) - 1}\uE000`)
    .replace(COMMENT, ' ')
    .replace(SHORTCODE, ' ')
    .replace(IMAGE, '')
    .replace(LINK, '$1')
    .replace(REFERENCE, '$1')
    .replace(FOOTNOTE, '')
    .replace(/(\*\*|(?<![\p{L}\p{N}_])__)(?=\S)([^*_]+?)\1(?!(?<=_)[\p{L}\p{N}])/gu, '$2')
    .replace(/(?<![\p{L}\p{N}_*])([*_])(?=\S)([^*_`]+?)\1(?![\p{L}\p{N}_*])/gu, '$2');
  const shown = isMarkdown ? bare.replace(TAG_BEFORE_STOP, '').replace(HTML_TAG, ' ') : bare.replace(BEFORE_TAG, '\\');
  return shown
    .replace(MARKER, '\\[')
    .replace(WIDE_MARKER, '\\[$1]')
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(HELD, (_, number: string) => spans[Number(number)]!);
}
