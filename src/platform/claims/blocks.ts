import { announcesSources, isTitle } from './claim-words.js';
import { createLineReader, FIRST_LINE, LINE_FORMS, type LineState } from './line-reader.js';
import { maskCode } from '../text/mask-code.js';

/** `underlined`: headings of sections and tables that only the line below them makes such, and lines in bold type. */
export type BlockKind = 'text' | 'item' | 'row' | 'heading' | 'underlined';

/** What holds sentences: a paragraph, a list item, a row of a table, a heading. Offsets in UTF-16 code units. */
export interface Block {
  kind: BlockKind;
  /** Where its first line starts. */
  lineStart: number;
  /** Its text: without bullet, number, box, `#` and `>`. */
  start: number;
  end: number;
  /** Whether nothing that follows can belong to it. */
  closed: boolean;
}

/** The beginning of a line, outside of fences, on which no block goes on. */
export interface BlockStart extends LineState {
  at: number;
}

export const TEXT_START: BlockStart = { at: 0, ...FIRST_LINE };

/** A line that has only begun may still become something else. */
const UNCLEAR = /^[\s>]*(?:[-*_+=#|:`~][-*_+=#|:`~\s]*|\d{1,9}[.)]?|\[[^\]]*\]?:?)?$/;

const MAY_BECOME_TITLE = /^(\*\*|__)(?:(?!\1).)*(?:\1[:\s[\d]*)?$/;
const MARKERS = /(?<=\S)\s*\[\d{1,3}\]/g;
/** After a line that ends so, a sentence goes on. */
const GOES_ON = /[\p{L}\p{N},]$/u;

/**
 * The blocks of a Markdown text from `from`. While the text still grows, its last block is open. A last line does not
 * count while nobody can say what it is.
 *
 * @returns `next`: where to go on when more of the text is there
 */
export function readBlocks(text: string, from: BlockStart, final: boolean): { blocks: Block[]; next: BlockStart } {
  const lines = createLineReader(from);
  const blocks: Block[] = [];
  let open: Block | null = null;
  let next = from;

  for (let at = from.at, after = 0; at < text.length; at = after) {
    const newline = text.indexOf('\n', at);
    after = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, newline === -1 ? undefined : newline);
    const end = at + line.trimEnd().length;
    const whole = newline !== -1 || final;
    const here = { at, ...lines.state };
    if (!open && !lines.isFenced) next = here;
    const kind = lines.kindOf(line);
    if (!whole && (kind === 'fence' || kind === 'definition' || UNCLEAR.test(line))) break;
    const said = kind === 'text' || kind === 'item' ? line.replace(LINE_FORMS[kind], '').replace(MARKERS, '') : '';
    if (!whole && MAY_BECOME_TITLE.test(said)) break;
    const isHeadline = endsBlock(said, kind === 'text' && open ? text.slice(open.start, open.end) : '');
    lines.end(line);
    if (kind === 'code') continue;
    if (open && kind === 'text' && !isHeadline) {
      open.end = end;
      continue;
    }
    const above = blocks.at(-1);
    if (kind === 'underline' && open?.kind === 'text') open.kind = 'underlined';
    if (kind === 'tableRule' && above && isTableHead(text, above, at)) above.kind = 'underlined';
    if (open) open.closed = true;
    open = null;
    next = here;
    if (kind !== 'text' && kind !== 'item' && kind !== 'row' && kind !== 'heading') continue;
    const goesOn = (kind === 'text' || kind === 'item') && !isHeadline;
    const start = at + LINE_FORMS[kind].exec(line)![0].length;
    const isHeading = isHeadline && kind === 'text';
    const block: Block = { kind: isHeading ? 'underlined' : kind, lineStart: at, start, end, closed: whole && !goesOn };
    blocks.push(block);
    if (goesOn) open = block;
  }
  if (final && open) open.closed = true;
  if (final || (text.endsWith('\n') && !open && !lines.isFenced)) next = { at: text.length, ...lines.state };
  return { blocks, next };
}

/** Whether a line is a title, and neither a part of what is before it in its block nor in code that began there. */
function endsBlock(line: string, before: string): boolean {
  if (!isTitle(line) || announcesSources(line) || GOES_ON.test(before)) return false;
  const all = `${before}\n${line}`;
  return maskCode(all, false).length === all.length;
}

/** Whether a block is the one line above `at`, with a bar. */
function isTableHead(text: string, { kind, start, end }: Block, at: number): boolean {
  return text.indexOf('\n', start) === at - 1 && (kind === 'row' || text.slice(start, end).includes('|'));
}
