import { type Fence, isClosing, openingFence } from '../citations/fences.js';
import { findClosingFence } from '../citations/quotable-units.js';

/** Sentences longer than this are cut, shorter ones than the least say nothing without their surroundings. */
const MAX_LENGTH = 400;
const MIN_WORDS = 3;
/** Longer blocks of code are left out: half a command is worse than none. */
const MAX_CODE_LENGTH = 600;

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
  /** The block of code below it, as it is written; null: none. */
  code: CodeBlock | null;
}

export interface CodeBlock {
  language: string;
  text: string;
}

/**
 * A passage of Markdown as sentences to read: markup gone, list items and table rows one each. A block of code goes with
 * the sentence above it; without one it stands alone, a single line as inline code, more as a sentence without text.
 */
export function readableSentences(markdown: string): ReadableSentence[] {
  const sentences: ReadableSentence[] = [];
  let heading = '';
  let paragraph: string[] = [];
  let code = openBlock(findClosingFence(markdown));
  /** What a block of code that comes next would belong to. */
  let above: ReadableSentence | null = null;

  const add = (text: string) => {
    above = { text: withoutImages(shorten(text)), heading, code: null };
    sentences.push(above);
  };
  const endParagraph = () => {
    splitSentences(plainText(paragraph.join(' '))).forEach(add);
    paragraph = [];
  };
  const endCode = ({ language, lines }: OpenBlock) => {
    const text = lines
      .join('\n')
      .replace(/^(?:[ \t]*\n)+/, '')
      .trimEnd();
    if (text === '' || text.length > MAX_CODE_LENGTH) return;
    if (above) above.code = { language, text };
    else if (text.includes('\n')) sentences.push({ text: '', heading, code: { language, text } });
    else add(`\`${text.trim().replaceAll('`', "'")}\``);
    above = null;
  };

  const lines = markdown.split('\n');
  for (const [index, line] of lines.entries()) {
    const opened = code ? null : openBlock(openingFence(line));
    if (code && isClosing(line, code)) {
      endCode(code);
      code = null;
    } else if (code) {
      code.lines.push(line);
    } else if (opened) {
      endParagraph();
      code = opened;
    } else if (line.trim() === '' || TABLE_RULE.test(line) || isTableHead(line, lines[index + 1])) {
      endParagraph();
    } else if (HEADING.test(line)) {
      endParagraph();
      above = null;
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
    ({ text, code }) => code || text.includes('`') || text.split(/\s+/).length >= MIN_WORDS || isUnspaced(text),
  );
}

interface OpenBlock extends Fence {
  lines: string[];
}

const openBlock = (fence: Fence | null): OpenBlock | null => fence && { ...fence, lines: [] };

/** What the columns are says nothing of the rows. */
function isTableHead(line: string, next = ''): boolean {
  return line.includes('|') && next.includes('|') && TABLE_RULE.test(next);
}

/** Inline Markdown without its syntax. Inline code stays as it is; elsewhere a document's own [1] would read as our marker. */
function plainText(markdown: string): string {
  return markdown
    .replace(/!?\[([^\][]*)\]\(\s*(?:<[^<>]*>|[^()\s]*)(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g, '$1')
    .replace(/!?\[([^\][]+)\]\[[^\][]*\]/g, '$1')
    .replace(/(`+)[^`]+\1|\s?\[\d{1,3}\]/g, (whole, ticks?: string) => (ticks ? whole : ''))
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
