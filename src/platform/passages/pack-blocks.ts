import type { LineRange, MeasuredLines } from './measured-lines.js';
import { FILL_TOKENS } from './passage.js';
import { splitByLines } from './split-long.js';

/** Below this a section or the beginning of one is too small to stand alone. */
export const SMALL_TOKENS = 64;

/**
 * Fills ranges of at most FILL_TOKENS with whole blocks, in order. Only a block that is too long by itself is
 * cut, by lines; a small beginning (a heading, an introducing line) goes with its first part.
 */
export function packBlocks(text: MeasuredLines, blocks: readonly LineRange[]): LineRange[] {
  const ranges: LineRange[] = [];
  let open: LineRange | undefined;
  for (const block of blocks) {
    const joined: LineRange = { start: open?.start ?? block.start, end: block.end };
    if (text.tokens(joined) <= FILL_TOKENS) {
      open = joined;
      continue;
    }
    if (text.tokens(block) <= FILL_TOKENS) {
      if (open) ranges.push(open);
      open = block;
      continue;
    }
    const takesOpen = open !== undefined && text.tokens(open) < SMALL_TOKENS;
    if (open && !takesOpen) ranges.push(open);
    const parts = splitByLines(text, takesOpen ? joined : block);
    open = parts.pop();
    ranges.push(...parts);
  }
  if (open) ranges.push(open);
  return ranges;
}
