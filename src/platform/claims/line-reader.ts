import { type Fence, isClosing, LINE_PREFIX, openingFence } from '../text/fences.js';

/** What a line is by itself, as it begins; where a text begins on it, as far as that. The first that fits. */
export const LINE_FORMS = {
  blank: /^[\s>]*$/,
  underline: /^\s{0,3}(?:-+|=+)\s*$/,
  rule: /^\s*(?:(?:[-*_]\s*){3,}|=+\s*)$/,
  heading: /^\s{0,3}#{1,6}\s+/,
  tableRule: /^(?=[\s|:-]+$)(?=[^-]*-)(?=[^|]*\|)/,
  row: /^\s*\|\s*/,
  definition: /^\s{0,3}\[[^\]]+\]:/,
  item: /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)+(?:\[[ xX]\]\s+)?/,
  text: LINE_PREFIX,
};

const KINDS = Object.keys(LINE_FORMS) as (keyof typeof LINE_FORMS)[];

/** `code` is what stands in a fence, or is indented; `fence` the line that opens one. */
export type LineKind = keyof typeof LINE_FORMS | 'code' | 'fence';

/** As many columns before a line make it code. */
const CODE_INDENT = 4;

/** What is known before a line. */
export interface LineState {
  /** Where the text of the list item begins that goes on here; 0: none. */
  column: number;
  /** Whether a paragraph or a list item goes on: its lines may be indented as they like. */
  isInParagraph: boolean;
}

/** Reads Markdown line by line: what a line is depends on those before it. */
export interface LineReader {
  readonly state: LineState;
  /** Whether a fence has not been closed yet. */
  readonly isFenced: boolean;
  /** What the next line is, as far as it has come. */
  kindOf(line: string): LineKind;
  /** The line has come to its end. */
  end(line: string): void;
}

export const FIRST_LINE: LineState = { column: 0, isInParagraph: false };

export function createLineReader({ column, isInParagraph }: LineState): LineReader {
  let fence: Fence | null = null;

  function kindOf(line: string): LineKind {
    if (fence) return 'code';
    if (openingFence(line)) return 'fence';
    const kind = KINDS.find((kind) => LINE_FORMS[kind].test(line))!;
    const mayBeCode = !isInParagraph && kind !== 'blank' && kind !== 'item';
    return mayBeCode && indentOf(line) >= column + CODE_INDENT ? 'code' : kind;
  }

  return {
    get state() {
      return { column, isInParagraph };
    },
    get isFenced() {
      return fence !== null;
    },
    kindOf,
    end(line) {
      const kind = kindOf(line);
      if (fence && isClosing(line, fence)) fence = null;
      if (kind === 'fence') fence = openingFence(line);
      if (kind === 'item') column = columns(LINE_FORMS.text.exec(line)![0]);
      else if (kind !== 'code' && kind !== 'blank' && !(isInParagraph && kind === 'text'))
        column = Math.min(column, indentOf(line));
      isInParagraph = kind === 'item' || kind === 'text';
    },
  };
}

const indentOf = (line: string): number => columns(/^[\s>]*/.exec(line)![0]);

/** Without those of quotation marks. */
function columns(prefix: string): number {
  return prefix.replace(/^(?: {0,3}> ?)+/, '').replaceAll('\t', ' '.repeat(CODE_INDENT)).length;
}
