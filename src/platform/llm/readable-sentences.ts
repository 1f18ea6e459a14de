/** Sentences longer than this are cut, shorter ones than the least say nothing without their surroundings. */
const MAX_LENGTH = 400;
const MIN_WORDS = 3;
const MAX_CODE_LENGTH = 200;

const FENCE = /^\s*(?:```|~~~)/;
const HEADING = /^\s{0,3}#{1,6}\s+(.*?)\s*#*$/;
const LIST_ITEM = /^\s*(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?(.*)$/;
const HTML_TAG =
  /<\/?(?:a|b|i|p|br|hr|em|img|div|span|strong|code|kbd|sup|sub|details|summary|picture|source|h[1-6]|video|audio|track|iframe|object|embed|input|svg|image|link|style|script|base|form)\b[^>]*>/gi;
/** A code span or an escaped character, or else where an image begins. */
const IMAGE = /(\\.|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))|!+\[/gs;
const TABLE_RULE = /^[\s|:-]*-[\s|:-]*$/;

export interface ReadableSentence {
  text: string;
  /** The nearest heading above it within the passage; empty: none. */
  heading: string;
}

/**
 * A passage of Markdown as sentences to read: markup gone, list items and table rows one each, a code block as inline
 * code behind the sentence that announces it ("Install it with: `npm i x`").
 */
export function readableSentences(markdown: string): ReadableSentence[] {
  const sentences: ReadableSentence[] = [];
  let heading = '';
  let paragraph: string[] = [];
  let code: string[] | null = null;

  const add = (text: string) => sentences.push({ text: withoutImages(shorten(text)), heading });
  const endParagraph = () => {
    splitSentences(plainText(paragraph.join(' '))).forEach(add);
    paragraph = [];
  };
  const endCode = (lines: readonly string[]) => {
    const inline = lines
      .map((line) => line.trim())
      .filter(Boolean)
      .join('; ')
      .replaceAll('`', "'");
    if (inline === '' || inline.length > MAX_CODE_LENGTH) return;
    const announcement = sentences.at(-1);
    if (announcement?.text.endsWith(':')) announcement.text += ` \`${inline}\``;
    else add(`\`${inline}\``);
  };

  for (const line of markdown.split('\n')) {
    if (FENCE.test(line)) {
      if (code) endCode(code);
      else endParagraph();
      code = code ? null : [];
    } else if (code) {
      code.push(line);
    } else if (line.trim() === '' || TABLE_RULE.test(line)) {
      endParagraph();
    } else if (HEADING.test(line)) {
      endParagraph();
      heading = plainText(HEADING.exec(line)![1]!);
    } else if (line.trimStart().startsWith('|')) {
      endParagraph();
      add(
        plainText(
          line
            .split('|')
            .map((cell) => cell.trim())
            .filter(Boolean)
            .join(', '),
        ),
      );
    } else {
      const item = LIST_ITEM.exec(line)?.[1];
      if (item !== undefined) endParagraph();
      paragraph.push(item ?? line.replace(/^\s*>+\s?/, '').trim());
    }
  }
  // A passage may end within a code block that its document closes later.
  if (code) endCode(code);
  endParagraph();
  return sentences.filter(
    ({ text }) => text.includes('`') || text.split(/\s+/).length >= MIN_WORDS || isUnspaced(text),
  );
}

/** Inline Markdown without its syntax. Inline code keeps its backticks; a document's own [1] would read as our marker. */
function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\][]*)\]\(\s*(?:<[^<>]*>|[^()\s]*)(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g, '$1')
    .replace(/!?\[([^\][]+)\]\[[^\][]*\]/g, '$1')
    .replace(/\s?\[\d{1,3}\]/g, '')
    .replace(/(\*\*|__)(?=\S)([^*_]+?)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}_*])([*_])(?=\S)([^*_`]+?)\1(?![\p{L}\p{N}_*])/gu, '$2')
    .replace(HTML_TAG, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function splitSentences(text: string): string[] {
  const segments = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text);
  return Array.from(segments, ({ segment }) => segment.trim()).filter(Boolean);
}

function shorten(sentence: string): string {
  return sentence.length <= MAX_LENGTH ? sentence : `${sentence.slice(0, MAX_LENGTH).replace(/\s+\S*$/, '')}…`;
}

/** Nothing may be loaded because an answer quotes it. After cutting: half a code span is none. */
function withoutImages(sentence: string): string {
  return sentence.replace(IMAGE, (_, kept?: string) => kept ?? '[');
}

/** Chinese, Japanese and Thai write whole sentences without a space. */
function isUnspaced(text: string): boolean {
  return /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]{5}/u.test(text);
}
