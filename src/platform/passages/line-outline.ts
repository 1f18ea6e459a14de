import type { LineRange } from './measured-lines.js';
import type { Heading, Outline } from './outline.js';

/** How a markup that is read line by line is written. Lines are asked about at the beginning of a block only. */
export interface LineRules {
  /** The title that begins at a line; null: there is none. `isFirst`: none was before it. */
  readTitle(line: number, isFirst: boolean): (Pick<Heading, 'depth' | 'text' | 'anchor'> & { end: number }) | null;
  /** The line after the block that begins at a line. */
  endOfBlock(line: number): number;
  /** Whether readers see nothing of a block: before a title it belongs to it. */
  showsNothing(block: LineRange, isBeforeTitles: boolean): boolean;
}

export function readLineOutline(lines: readonly string[], rules: LineRules): Outline {
  const headings: Heading[] = [];
  const blocks: LineRange[] = [];
  /** The first of the blocks before this line that show nothing, by its place among the blocks. */
  let invisible = 0;
  for (let line = 0; line < lines.length;) {
    if (isBlank(lines[line]!)) {
      line += 1;
      continue;
    }
    const isFirst = headings.length === 0;
    const title = rules.readTitle(line, isFirst);
    if (title) {
      const { end, ...heading } = title;
      const start = blocks[invisible]?.start ?? line;
      headings.push({ line: start, ...heading, isHtml: false });
      blocks.splice(invisible, Infinity, { start, end });
      invisible = blocks.length;
      line = end;
    } else {
      const block = { start: line, end: rules.endOfBlock(line) };
      blocks.push(block);
      if (!rules.showsNothing(block, isFirst)) invisible = blocks.length;
      line = block.end;
    }
  }
  return { headings, blocks };
}

export function isBlank(line: string): boolean {
  return line.trim() === '';
}
