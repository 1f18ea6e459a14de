import { isLeadIn, isQuestion } from '../citations/claim-words.js';
import { type Fence, isClosing, openingFence } from '../citations/fences.js';
import { maskCode } from '../citations/mask-code.js';
import { findClosingFence } from '../citations/quotable-units.js';
import { isMarkdown } from '../passages/file-types.js';
import { sentenceRanges } from '../text/sentence-ranges.js';
import { joinAnswers } from './join-answers.js';
import { plainInline } from './plain-inline.js';

/** Sentences longer than this are cut. */
const MAX_LENGTH = 400;
/** Longer blocks of code are left out: half a command is worse than none. */
const MAX_CODE_LENGTH = 600;

const HEADING = /^\s{0,3}(#{1,6})\s+(.*?)\s*#*$/;
const LIST_ITEM = /^\s*(?:[-*+]|(\d{1,9}[.)]))\s+(?:\[[ xX]\]\s+)?(.*)$/;
const INDENTED = /^(?: {2}|\t)/;
/** Of a footnote, which goes on in the lines below it, or of a link's address. */
const DEFINITION = /^\s{0,3}\[(?:\^[^\]]+\]:|[^\]]+\]:\s*\S+(?:\s+(?:"[^"]*"|'[^']*'|\([^)]*\)))?\s*$)/;
const OPEN_COMMENT = /^\s{0,3}<!--(?!.*-->)/;
/** A code span or an escaped character, or else where an image begins. */
const IMAGE = /(\\.|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))|!\[/gs;
const TABLE_RULE = /^[\s|:-]*-[\s|:-]*$/;

export interface ReadableSentence {
  text: string;
  /** The nearest heading above it within the passage; empty: none. */
  heading: string;
  /** All headings above it within the passage, as one text. */
  headings: string;
  /** Whether that heading is another one than that of the passage, with which it begins. */
  isAside: boolean;
  /** The block of code below it, as it is written; null: none. */
  code: CodeBlock | null;
  /** The list that it is in or announces, counted from 1; null: none, or one that is neither numbered nor announced. */
  list: number | null;
  /** What stands before it in a numbered list: `2.`; empty: nothing. */
  number: string;
}

/** A sentence as it is read, and whether a paragraph or list item begins with it. */
export interface ReadSentence extends ReadableSentence {
  begins: boolean;
}

export interface CodeBlock {
  language: string;
  text: string;
}

/**
 * A passage as sentences to read: markup gone, list items and table rows one each. A block of code goes with
 * the sentence above it; without one it stands alone, a single line as inline code, more as a sentence without text. A
 * question goes with its answer. What says nothing without its surroundings is left out, but for the items of a list.
 */
export function readableSentences(markdown: string, filePath: string): ReadableSentence[] {
  const plain = (source: string) => plainInline(source, isMarkdown(filePath));
  const sentences: ReadSentence[] = [];
  let heading = '';
  let headings: { depth: number; text: string }[] = [];
  let isAside = false;
  let paragraph: string[] = [];
  let code = openBlock(findClosingFence(markdown));
  let isComment = false;
  let isFootnote = false;
  /** What a block of code or a list that comes next would belong to. */
  let above: ReadSentence | null = null;
  let list: number | null = null;
  let lists = 0;
  let number = '';

  const add = (text: string, begins: boolean) => {
    above = {
      text: withoutImages(shorten(text)),
      heading,
      headings: headings.map((each) => each.text).join(' '),
      isAside,
      code: null,
      list,
      number: begins ? number : '',
      begins,
    };
    sentences.push(above);
  };
  const endParagraph = () => {
    splitSentences(plain(paragraph.join(' '))).forEach((text, position) => add(text, position === 0));
    paragraph = [];
    number = '';
  };
  const addHeadingThatAsks = () => {
    if (isQuestion(heading) && sentences.at(-1)?.heading !== heading) add(heading, true);
  };
  const beginItem = (mark: string) => {
    endParagraph();
    number = mark;
    if (list !== null) return;
    addHeadingThatAsks();
    const announcement = above && (isQuestion(above.text) || isLeadIn(above.text)) ? above : null;
    // Steps that a paragraph or code stands between are still of one list.
    if (mark || announcement) list = parseInt(mark) > 1 ? Math.max(1, lists) : lists + 1;
    lists = Math.max(lists, list ?? 0);
    if (announcement) announcement.list = list;
  };
  const endCode = ({ language, lines }: OpenBlock) => {
    const text = lines
      .join('\n')
      .replace(/^(?:[ \t]*\n)+/, '')
      .trimEnd();
    if (text === '' || text.length > MAX_CODE_LENGTH) return;
    addHeadingThatAsks();
    if (above) above.code = { language, text };
    else if (text.includes('\n')) {
      add('', true);
      sentences.at(-1)!.code = { language, text };
    } else add(`\`${text.trim().replaceAll('`', "'")}\``, true);
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
    } else if (isComment || OPEN_COMMENT.test(line)) {
      endParagraph();
      isComment = !line.includes('-->');
    } else if (line.trim() === '' || TABLE_RULE.test(line) || isTableHead(line, lines[index + 1])) {
      endParagraph();
      isFootnote &&= INDENTED.test(lines[index + 1] ?? '');
    } else if (HEADING.test(line)) {
      endParagraph();
      above = null;
      list = null;
      isFootnote = false;
      const [, { length: depth } = '', source = ''] = HEADING.exec(line)!;
      heading = withoutImages(shorten(plain(source)));
      const higher = headings.filter((each) => each.depth < depth);
      isAside ||= sentences.length > 0 || higher.length < headings.length;
      headings = [...higher, { depth, text: heading }];
    } else if (isFootnote || DEFINITION.test(line)) {
      endParagraph();
      isFootnote ||= line.includes('[^');
    } else if (line.trimStart().startsWith('|')) {
      endParagraph();
      const cells = line.split('|').map((cell) => cell.trim());
      add(plain(cells.filter(Boolean).join(', ')), true);
    } else {
      const [, mark = '', item] = LIST_ITEM.exec(line) ?? [];
      if (item !== undefined) beginItem(mark);
      else if (lines[index - 1]?.trim() === '' && !INDENTED.test(line)) list = null;
      paragraph.push(item ?? line.replace(/^\s*>+\s?/, '').trim());
    }
  }
  // A passage may end within a code block that its document closes later.
  if (code) endCode(code);
  endParagraph();
  return joinAnswers(sentences);
}

interface OpenBlock extends Fence {
  lines: string[];
}

const openBlock = (fence: Fence | null): OpenBlock | null => fence && { ...fence, lines: [] };

/** What the columns are says nothing of the rows. */
function isTableHead(line: string, next = ''): boolean {
  return line.includes('|') && next.includes('|') && TABLE_RULE.test(next);
}

function splitSentences(text: string): string[] {
  // As long as the text, so that no full stop in code ends a sentence.
  return sentenceRanges(maskCode(text, true)).map(({ start, end }) => text.slice(start, end));
}

function shorten(sentence: string): string {
  return sentence.length <= MAX_LENGTH ? sentence : `${sentence.slice(0, MAX_LENGTH).replace(/\s+\S*$/, '')}…`;
}

/** Nothing may be loaded because an answer quotes it. After cutting: half a code span is none. */
function withoutImages(sentence: string): string {
  return sentence.replace(IMAGE, (_, kept?: string) => kept ?? '!\\[');
}
