import type { LineRange, MeasuredLines } from './measured-lines.js';
import type { Heading, Outline } from './outline.js';
import { SMALL_TOKENS } from './pack-blocks.js';

/** The lines from one heading to the next, or from the start to the first heading. */
export interface Section extends LineRange {
  /** null before the first heading. */
  readonly heading: Heading | null;
  /** The texts of the headings above it and its own, outermost first. */
  readonly path: readonly string[];
  /** All its lines that are not blank, in blocks that should stay whole. */
  readonly blocks: readonly LineRange[];
}

/** A line of nothing but tags without attributes, and comments: `<AppOnly>`, `{/* … *\/}`. */
const TAGS = /^\s*(?:(?:<\/?[\w.]+\s*\/?>|\{\/\*(?:(?!\*\/\}).)*\*\/\}|<!--(?:(?!-->).)*-->)\s*)*$/;

/** Divides a document at its headings. A section without any text but blank lines is left out. */
export function readSections(text: MeasuredLines, outline: Outline): Section[] {
  const blocks = coverLines(text, outline.blocks);
  const starts = [null, ...outline.headings];
  const above: Heading[] = [];
  let nextBlock = 0;
  return starts.flatMap((heading, index) => {
    if (heading) {
      while (above.length > 0 && above.at(-1)!.depth >= heading.depth) above.pop();
      above.push(heading);
    }
    const end = starts[index + 1]?.line ?? text.lines.length;
    const first = nextBlock;
    while (nextBlock < blocks.length && blocks[nextBlock]!.start < end) nextBlock += 1;
    const own = blocks.slice(first, nextBlock);
    if (own.length === 0) return [];
    const path = above.map((each) => each.text).filter((each) => each !== '');
    return [{ heading, path, blocks: own, start: own[0]!.start, end: own.at(-1)!.end }];
  });
}

/**
 * Joins small neighbours: a section under 64 tokens takes in the next ones while they are as small and not above it in
 * the outline. The first one's heading stands for all, since it is the nearest at or above where the passage starts. A
 * heading with nothing of its own is dropped before a deeper one, whose path names it anyway.
 */
export function joinSmallSections(text: MeasuredLines, sections: readonly Section[]): Section[] {
  const joined: Section[] = [];
  // How far up the outline went since the last one, dropped headings included: there the next one has other parents.
  let highest = Infinity;
  sections.forEach((section, index) => {
    highest = Math.min(highest, depthOf(section));
    if (isBare(text, section) && depthOf(sections[index + 1]) > depthOf(section)) return;
    const last = joined.at(-1);
    const isFitting = last?.heading && highest >= depthOf(last) && isSmall(text, last) && isSmall(text, section);
    highest = Infinity;
    if (!last || !isFitting) joined.push(section);
    else joined[joined.length - 1] = { ...last, end: section.end, blocks: [...last.blocks, ...section.blocks] };
  });
  return joined;
}

/** Whether the range holds a section's heading and nothing else of it. */
export function isHeadingOnly(section: Section, range: LineRange): boolean {
  if (!section.heading || section.heading.isHtml) return false;
  return range.start === section.start && range.end <= section.blocks[0]!.end;
}

/**
 * Whether a section says nothing besides its heading; tags alone, which enclose something in other sections, say
 * nothing.
 */
function isBare({ lines }: MeasuredLines, { heading, blocks }: Section): boolean {
  if (!heading || heading.isHtml) return false;
  return blocks.slice(1).every(({ start, end }) => lines.slice(start, end).every((line) => TAGS.test(line)));
}

function isSmall(text: MeasuredLines, range: LineRange): boolean {
  return text.tokens(range) < SMALL_TOKENS;
}

function depthOf(section: Section | undefined): number {
  return section?.heading?.depth ?? 0;
}

/** The blocks, without blank lines at their ends, and what stands between them. */
function coverLines(text: MeasuredLines, blocks: readonly LineRange[]): LineRange[] {
  const covered: LineRange[] = [];
  let line = 0;
  for (const block of [...blocks, { start: text.lines.length, end: text.lines.length }]) {
    const between = text.trim({ start: line, end: block.start });
    const own = text.trim(block);
    covered.push(...[between, own].filter((range) => range.start < range.end));
    line = Math.max(line, block.end);
  }
  return covered;
}
