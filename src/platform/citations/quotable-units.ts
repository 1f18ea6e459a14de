import { isAbbreviated, sentenceRanges, type TextRange } from '../text/sentence-ranges.js';
import { type Fence, isClosing, openingFence } from '../text/fences.js';
import { maskCodeOfSentences } from '../text/mask-code.js';
import { type Amounts, inColumns, inUnit, unitNamedIn } from './named-units.js';
import { readWords, type Word } from './words.js';

/** The least piece of a passage that can be quoted: a sentence, a row of a table, a line of code. */
export interface QuotableUnit extends Amounts {
  /** Offsets in the passage. */
  start: number;
  end: number;
  /** What it is about without saying so: the heading above, the head of its list item or table, what announces it. */
  context: readonly Word[];
  /** The term that a list item explains, or that a row of a table is about. */
  subject: readonly Word[];
  /** Of a section or a table: it says what others are about, and is not quoted. */
  isHeading: boolean;
  isCode: boolean;
  /** Of a list or table: hardly a sentence, so that the order of its words tells little. */
  isEntry: boolean;
  /** A question says nothing until it is answered. */
  isQuestion: boolean;
}

interface Block {
  kind: 'prose' | 'item' | 'heading' | 'row' | 'code';
  start: number;
  end: number;
}

const HEADING = /^\s{0,3}#{1,6}\s+\S/;
const UNDERLINE = /^\s{0,3}(?:={3,}|-{3,}|~{3,})\s*$/;
const ITEM = /^[\s>]*(?:[-*+•]|\(?\d{1,3}[.)])\s+/;
const ROW = /^[\s>]*\|/;
const TABLE_RULE = /^[\s|:+=-]*-[\s|:+=-]*$/;
const NOT_TEXT = /^\s*(?:<!--.*-->|\[[^\]]+\]:\s+\S+|<a name=.*<\/a>|\.\. [\w-]+::.*)\s*$/;
/** The decision trees were grown on pieces that always go on after these; trees for others are no better. */
const MAY_GO_ON = /(?:^|[\s(])(?:etc|no|fig|ca)$/i;
const LINK_TARGET = /(?<=\])\([^()\s]+/g;
const ADDRESS = /\bhttps?:\/\/[^\s<>()[\]]*[^\s<>()[\].,;:!?*_"']/g;
const QUESTION = /\?["'*)]*$/;
const HEAD_WORDS = 12;

/** Takes a passage of Markdown (or plain text) apart, with the place of every piece in it. */
export function quotableUnits(text: string): QuotableUnit[] {
  const units: QuotableUnit[] = [];
  let heading: readonly Word[] = [];
  let tableHead: { text: string; words: readonly Word[] } | null = null;
  let announcement: readonly Word[] = [];
  let last: Block['kind'] | null = null;
  for (const block of blocksOf(text)) {
    if (block.kind !== 'row') tableHead = null;
    if (block.kind === 'prose' || block.kind === 'heading') announcement = [];
    const pieces = block.kind === 'prose' || block.kind === 'item' ? sentencesOf(text, block) : [block];
    const read = pieces.map(({ start, end }) =>
      readWords(withoutMarkers(text.slice(start, end)), block.kind === 'code'),
    );
    const unit = block.kind === 'code' ? null : unitNamedIn(read.flat());
    let head: readonly Word[] = [];
    for (const [index, { start, end }] of pieces.entries()) {
      const piece = text.slice(start, end);
      const amounts: Amounts = tableHead
        ? inColumns(read[index]!, piece, tableHead.text)
        : inUnit(read[index]!, piece, unit);
      const { words } = amounts;
      if (words.length === 0) continue;
      const isHeading = block.kind === 'heading';
      const isTableHead = block.kind === 'row' && last !== 'row';
      const context = isHeading ? [] : [...heading, ...announcement, ...head, ...(tableHead?.words ?? [])];
      if (block.kind === 'item' && index === 0) head = words.slice(0, HEAD_WORDS);
      const subject = subjectOf(block, head, words);
      units.push({
        start,
        end,
        ...amounts,
        context,
        subject,
        isHeading: isHeading || isTableHead,
        isCode: block.kind === 'code',
        isEntry: block.kind === 'item' || block.kind === 'row',
        isQuestion: QUESTION.test(piece),
      });
      if (isHeading) heading = words;
      if (isTableHead) tableHead = { text: piece, words };
      if (block.kind === 'prose' && piece.trimEnd().endsWith(':')) announcement = words;
      last = block.kind;
    }
  }
  return withAnswers(text, units);
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let fence = findClosingFence(text);
  let start = 0;
  const close = () => {
    open = null;
  };
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const end = start + line.length;
    const opened = fence ? null : fenceAt(lines, index);
    if (opened || (fence && isClosing(line, fence))) {
      fence = opened;
      close();
    } else if (fence) {
      if (line.trim() !== '') blocks.push({ kind: 'code', start, end });
    } else if (line.replaceAll('>', '').trim() === '' || NOT_TEXT.test(line)) {
      close();
    } else if (HEADING.test(line)) {
      close();
      blocks.push({ kind: 'heading', start, end });
    } else if (UNDERLINE.test(line)) {
      const above = blocks.at(-1);
      if (open && above && above.end === start - 1) above.kind = 'heading';
      close();
    } else if (ROW.test(line)) {
      close();
      if (!TABLE_RULE.test(line)) blocks.push({ kind: 'row', start, end });
    } else if (open && !ITEM.test(line)) {
      (open as Block).end = end;
    } else {
      open = { kind: ITEM.test(line) ? 'item' : 'prose', start, end };
      blocks.push(open);
    }
    start = end + 1;
  }
  return blocks;
}

/** The fence that closes code which began before the passage: the first one, if it names no language; else null. */
export function findClosingFence(text: string): Fence | null {
  const lines = text.split('\n');
  const fences: { fence: Fence; line: string }[] = [];
  for (const [index, line] of lines.entries()) {
    const fence = fenceAt(lines, index);
    const open = fences.length % 2 === 0 ? null : fences.at(-1)!.fence;
    if (fence && (!open || (fence.mark === open.mark && fence.size >= open.size))) fences.push({ fence, line });
  }
  const isBare = ({ fence, line }: { fence: Fence; line: string }) => isClosing(line, fence);
  const [first] = fences;
  if (!first || fences.length % 2 === 0 || !isBare(first) || !isBare(fences.at(-1)!)) return null;
  const before = lines.slice(0, lines.indexOf(first.line)).findLast((line) => line.trim() !== '');
  return /:\s*$/.test(before ?? '') ? null : first.fence;
}

/** The fence that a line opens. In reStructuredText, tildes as long as the line above make that a heading. */
function fenceAt(lines: readonly string[], index: number): Fence | null {
  const above = lines[index - 1]?.trimEnd() ?? '';
  const isUnderline = above !== '' && UNDERLINE.test(lines[index]!) && lines[index]!.trimEnd().length >= above.length;
  return isUnderline ? null : openingFence(lines[index]!);
}

function sentencesOf(text: string, block: Block): TextRange[] {
  // Line ends, markers, and signs in code, images and addresses would end sentences. They are masked in the same
  // length, so that offsets stay.
  const masked = maskCodeOfSentences(text.slice(block.start, block.end))
    .replace(ITEM, (marker) => ' '.repeat(marker.length))
    .replace(/^[ \t>]+/, (gap) => ' '.repeat(gap.length))
    .replace(/\n[ \t>]*/g, (gap) => ' '.repeat(gap.length))
    .replaceAll('![', '[[')
    .replace(LINK_TARGET, (target) => ')'.repeat(target.length))
    .replace(ADDRESS, (address) => 'x'.repeat(address.length));
  return sentenceRanges(masked, goesOn).map(({ start, end }) => ({
    start: block.start + start,
    end: block.start + end,
  }));
}

const goesOn = (text: string, index: number, next: number): boolean =>
  MAY_GO_ON.test(text.slice(Math.max(0, index - 4), index)) || isAbbreviated(text, index, next);

/** What an item begins with, if that is a name, and a row in any case. */
function subjectOf({ kind }: Block, head: readonly Word[], words: readonly Word[]): readonly Word[] {
  if (kind === 'row') return words.slice(0, 1).filter(({ weight }) => weight > 0);
  return head.slice(0, 1).filter((word) => word.kind === 'name');
}

function withoutMarkers(piece: string): string {
  return piece
    .replace(/^\s{0,3}#{1,6}\s+(?:\d+(?:\.\d+)*\.?\s+)?/, '')
    .replace(ITEM, '')
    .replace(/\n[ \t>]*/g, ' ');
}

/** A question and the `Yes` or `No` behind it say something only together. */
function withAnswers(text: string, units: QuotableUnit[]): QuotableUnit[] {
  return units.map((unit, index) => {
    const question = units[index - 1];
    if (!question || !question.isQuestion) return unit;
    const answer = /^(?:yes|no|not|never)\b/i.exec(text.slice(unit.start, unit.end))?.[0].toLowerCase();
    if (answer === undefined) return unit;
    const [first, ...others] = question.words;
    const negation = answer === 'yes' ? [] : readWords('never');
    return {
      ...unit,
      start: question.start,
      words: [...negation, { ...first!, pause: 0 }, ...others, ...unit.words.slice(1)],
    };
  });
}
