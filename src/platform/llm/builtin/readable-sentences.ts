import { isLeadIn, isQuestion } from '../../claims/claim-words.js';
import { maskCodeOfSentences } from '../../text/mask-code.js';
import { isMarkdown } from '../../passages/file-types.js';
import { sentenceRanges } from '../../text/sentence-ranges.js';
import { joinAnswers } from './join-answers.js';
import { plainInline } from './plain-inline.js';
import { readTextBlocks } from './text-block-reader.js';
import type { CodeBlock, TextBlock } from './text-blocks.js';

/** Sentences longer than this are cut. */
const MAX_LENGTH = 400;
/** Longer blocks of code are left out: half a command is worse than none. */
const MAX_CODE_LENGTH = 600;

/** "It is made", of a sentence that a list goes on with. */
const UNFINISHED = /[\p{L}\p{N}]$/u;

/** A code span or an escaped character, or else where an image begins. */
const IMAGE = /(\\.|(?<!`)(`+)(?!`).*?(?<!`)\2(?!`))|!\[/gs;

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

/**
 * A passage as sentences to read: markup gone, list items and table rows one each. A block of code goes with
 * the sentence above it; without one it stands alone, a single line as inline code, more as a sentence without text. A
 * question goes with its answer. What says nothing without its surroundings is left out, but for the items of a list.
 */
export function readableSentences(passage: string, filePath: string): ReadableSentence[] {
  const plain = (source: string) => plainInline(source, isMarkdown(filePath));
  const sentences: ReadSentence[] = [];
  let heading = '';
  let headings: { depth: number; text: string }[] = [];
  let isAside = false;
  /** What a block of code or a list that comes next would belong to. */
  let above: ReadSentence | null = null;
  let list: number | null = null;
  let lists = 0;
  let previous: TextBlock | null = null;

  const add = (text: string, number = '', begins = true) => {
    above = {
      text: withoutImages(shorten(text)),
      heading,
      headings: headings.map((each) => each.text).join(' '),
      isAside,
      code: null,
      list,
      number,
      begins,
    };
    sentences.push(above);
  };
  const addSentences = (source: string, number = '') =>
    splitSentences(plain(source)).forEach((text, index) => add(text, index === 0 ? number : '', index === 0));
  const addHeadingThatAsks = () => {
    if (isQuestion(heading) && sentences.at(-1)?.heading !== heading) add(heading);
  };
  const beginHeading = (depth: number, source: string) => {
    above = null;
    list = null;
    heading = withoutImages(shorten(plain(source)));
    const higher = headings.filter((each) => each.depth < depth);
    isAside ||= sentences.length > 0 || higher.length < headings.length;
    headings = [...higher, { depth, text: heading }];
  };
  const beginItem = (mark: string) => {
    if (list !== null) return;
    addHeadingThatAsks();
    const announces = ({ text }: ReadSentence) =>
      isQuestion(text) ||
      isLeadIn(text) ||
      (previous?.kind === 'paragraph' && !previous.isNested && UNFINISHED.test(text));
    const announcement = above && announces(above) ? above : null;
    // Steps that a paragraph or code stands between are still of one list.
    if (mark || announcement) list = parseInt(mark) > 1 ? Math.max(1, lists) : lists + 1;
    lists = Math.max(lists, list ?? 0);
    if (announcement) announcement.list = list;
  };
  const addCode = ({ language, text: source }: CodeBlock) => {
    const text = source.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
    if (text === '' || text.length > MAX_CODE_LENGTH) return;
    addHeadingThatAsks();
    if (above) above.code = { language, text };
    else if (text.includes('\n')) {
      add('');
      sentences.at(-1)!.code = { language, text };
    } else add(`\`${text.trim().replaceAll('`', "'")}\``);
    above = null;
  };

  for (const block of readTextBlocks(passage, filePath)) {
    if (block.kind === 'heading') beginHeading(block.depth, block.text);
    else if (block.kind === 'code') addCode(block);
    else if (block.kind === 'row') add(plain(block.text));
    else if (block.kind === 'item') {
      beginItem(block.mark);
      addSentences(block.text, block.mark);
    } else {
      if (!block.isNested) list = null;
      addSentences(block.text);
    }
    previous = block;
  }
  return joinAnswers(sentences);
}

function splitSentences(text: string): string[] {
  // As long as the text, so that no full stop in code ends a sentence.
  return sentenceRanges(maskCodeOfSentences(text)).map(({ start, end }) => text.slice(start, end));
}

function shorten(sentence: string): string {
  return sentence.length <= MAX_LENGTH ? sentence : `${sentence.slice(0, MAX_LENGTH).replace(/\s+\S*$/, '')}…`;
}

/** Nothing may be loaded because an answer quotes it. After cutting: half a code span is none. */
function withoutImages(sentence: string): string {
  return sentence.replace(IMAGE, (_, kept?: string) => kept ?? '!\\[');
}
