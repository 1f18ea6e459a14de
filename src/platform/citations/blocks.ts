import { type Fence, isClosing, LINE_PREFIX, openingFence } from './code-state.js';

export type BlockKind = 'text' | 'item' | 'row' | 'heading';

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

const RULE = /^\s*(?:(?:[-*_]\s*){3,}|=+\s*)$/;
const UNDERLINE = /^\s{0,3}(?:-+|=+)\s*$/;
const HEADING = /^\s{0,3}#{1,6}\s+/;
const ROW = /^\s*\|\s*/;
const ROW_RULE = /^[\s|:-]*-[\s|:-]*$/;
const DEFINITION = /^\s{0,3}\[[^\]]+\]:/;
const ITEM = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)+(?:\[[ xX]\]\s+)?/;
/** A line that has only begun may still become one of the above. */
const UNCLEAR = /^[\s>]*(?:[-*_+=#|:`~\s]*|\d{0,9}[.)]?|\[[^\]]*\]?:?)$/;

/**
 * The blocks of a Markdown text from `from`, which is the beginning of a line outside of code. Where the text still grows,
 * the last block is open, and a last line of which one cannot say yet what it is does not count.
 *
 * @returns `next`: where to go on when more of the text is there
 */
export function readBlocks(text: string, from: number, final: boolean): { blocks: Block[]; next: number } {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let fence: (Fence & { lineStart: number }) | null = null;

  const close = () => {
    if (open) open.closed = true;
    open = null;
  };
  const begin = (kind: BlockKind, lineStart: number, line: string, prefix: RegExp, closed: boolean) => {
    close();
    const start = lineStart + (prefix.exec(line)?.[0].length ?? 0);
    const block = { kind, lineStart, start, end: lineStart + line.trimEnd().length, closed };
    blocks.push(block);
    return block;
  };

  let lineStart = from;
  for (let next = 0; lineStart < text.length; lineStart = next) {
    const newline = text.indexOf('\n', lineStart);
    next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(lineStart, newline === -1 ? undefined : newline);
    const whole = newline !== -1 || final;
    if (fence) {
      if (whole && isClosing(line, fence)) fence = null;
      continue;
    }
    const opened = openingFence(line);
    if (!whole && (opened || UNCLEAR.test(line) || DEFINITION.test(line))) break;
    if (opened) {
      close();
      fence = { ...opened, lineStart };
    } else if (line.trim() === '') close();
    else if (RULE.test(line) || UNDERLINE.test(line)) {
      const above: Block | null = open;
      if (above && (above as Block).kind === 'text' && UNDERLINE.test(line)) (above as Block).kind = 'heading';
      close();
    } else if (HEADING.test(line)) begin('heading', lineStart, line, HEADING, whole);
    else if (ROW_RULE.test(line) && line.includes('|')) {
      const above = blocks.at(-1);
      if (above?.kind === 'row') above.kind = 'heading';
      close();
    } else if (ROW.test(line)) begin('row', lineStart, line, ROW, whole);
    else if (DEFINITION.test(line)) close();
    else if (ITEM.test(line)) open = begin('item', lineStart, line, ITEM, false);
    else if (open) (open as Block).end = lineStart + line.trimEnd().length;
    else open = begin('text', lineStart, line, LINE_PREFIX, false);
  }
  if (final) close();
  const last = blocks.at(-1);
  const unfinished = fence?.lineStart ?? (last && !last.closed ? last.lineStart : lineStart);
  return { blocks, next: final ? text.length : unfinished };
}
