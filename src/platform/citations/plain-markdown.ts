const INVISIBLE = /[\u00AD\u200B\u2060\uFEFF\p{Join_Control}\p{Variation_Selector}]/gu;
const TAG =
  /<\/?(?:a|b|i|p|br|hr|em|img|div|span|strong|code|kbd|sup|sub|details|summary|picture|source|table|t[rdh]|h[1-6])\b[^>]*>/gi;

/**
 * A piece of Markdown as words are read from it: links without their addresses, emphasis and HTML gone, typographic
 * signs in their plain form. Inline code keeps its backticks.
 */
export function plainMarkdown(markdown: string): string {
  return (
    markdown
      .normalize('NFKC')
      .replace(INVISIBLE, '')
      .replace(/[‘’‚‛′]/g, "'")
      .replace(/[“”„‟″«»]/g, '"')
      .replace(/[‐‑‒–]/g, '-')
      .replace(/[—、，]/g, ', ')
      .replace(/。/g, '. ')
      // A quoted sign or word is a name, but for those in code: "f", '+', "wal-index".
      .replace(
        /(`+)[^`]+\1|(?<![\p{L}\p{N}`])(["'])([^\s"'`]{1,40})\2(?![\p{L}\p{N}`])/gu,
        (whole: string, _ticks: unknown, _quotes: unknown, name?: string) =>
          name === undefined ? whole : `\`${name}\``,
      )
      .replace(/(?<!`)``(?!`)/g, '`')
      .replace(/:[a-z]+:(?=`)/g, '')
      .replace(/!?\[([^\][]*)\]\([^()\s]*(?:\s"[^"]*")?\)/g, '$1')
      .replace(/!?\[(?!\d{1,3}\])([^\][]+)\]\[[^\][]*\]/g, '$1')
      .replace(TAG, ' ')
      .replace(/(\*\*|__)(?=\S)([^*]+?)\1/g, '$2')
      .replace(/(?<![\p{L}\p{N}_*`.])([*_])(?=[^\s*_])([^*_`\n]+?)\1(?![\p{L}\p{N}_*])/gu, '$2')
      .replace(/\\([_*`[\]<>#])/g, '$1')
      .replace(/\s+/g, ' ')
  );
}
