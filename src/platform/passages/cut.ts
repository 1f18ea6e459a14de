import { readAsciidocOutline } from './asciidoc-outline.js';
import { markupOf } from './file-types.js';
import { type FrontMatter, NO_FRONT_MATTER, readFrontMatter } from './front-matter.js';
import { readMarkdownOutline } from './markdown-outline.js';
import { type LineRange, type MeasuredLines, measureLines, splitIntoLines } from './measured-lines.js';
import type { Outline } from './outline.js';
import { packBlocks } from './pack-blocks.js';
import { type CutDocument, FILL_TOKENS, headingOf, type Passage } from './passage.js';
import { readRstOutline } from './rst-outline.js';
import { isHeadingOnly, joinSmallSections, readSections } from './sections.js';
import { splitByLength, splitByLines, splitToFit } from './split-long.js';
import { chooseTitle, titleByName } from './title.js';

export type { CutDocument, Passage } from './passage.js';

const OUTLINES = { markdown: readMarkdownOutline, rst: readRstOutline, asciidoc: readAsciidocOutline };

type Place = Pick<Passage, 'headerAnchor' | 'headerPath'>;

/**
 * Cuts a file into passages of at most 512 tokens: Markdown, reStructuredText and AsciiDoc along their headings, other
 * types by lines. Every line that is not blank is in exactly one passage, but for front matter and headings whose
 * passages carry them in their path.
 */
export function cutDocument({ filePath, content }: { filePath: string; content: string }): CutDocument {
  const lines = splitIntoLines(content);
  const markup = markupOf(filePath);
  if (markup === null) return cutPlain(filePath, lines);
  const frontMatter = markup === 'markdown' ? readFrontMatter(lines) : NO_FRONT_MATTER;
  return cutAlongHeadings(filePath, lines, frontMatter, OUTLINES[markup]);
}

/** What is indexed and embedded for a passage: its place in the document, then its text. */
export function indexedText(
  title: string,
  passage: Pick<Passage, 'headerPath' | 'text'>,
): { heading: string; text: string } {
  const heading = headingOf(title, passage.headerPath);
  return { heading, text: `${heading}\n\n${passage.text}` };
}

function cutAlongHeadings(
  filePath: string,
  lines: string[],
  { metadata, lineCount, fault }: FrontMatter,
  readOutline: (lines: readonly string[]) => Outline,
): CutDocument {
  // Blank instead of gone: every later line keeps its number.
  const body = lines.fill('', 0, lineCount);
  const outline = readOutline(body);
  const text = measureLines(body);
  const passages = joinSmallSections(text, readSections(text, outline)).flatMap((section) => {
    const place = { headerAnchor: section.heading?.anchor ?? null, headerPath: section.path };
    const ranges = packBlocks(text, section.blocks);
    const isDropped = ranges.length > 1 && isHeadingOnly(section, ranges[0]!);
    return toPassages(text, isDropped ? ranges.slice(1) : ranges, place);
  });
  const title = chooseTitle(metadata?.title, outline.headings[0]?.text, filePath);
  return { title, metadata, frontMatterFault: fault, passages };
}

function cutPlain(filePath: string, lines: string[]): CutDocument {
  const text = measureLines(lines);
  const ranges = splitByLines(text, { start: 0, end: lines.length });
  const passages = toPassages(text, ranges, { headerAnchor: null, headerPath: [] });
  return { title: titleByName(filePath), metadata: null, frontMatterFault: null, passages };
}

function toPassages(text: MeasuredLines, ranges: readonly LineRange[], place: Place): Passage[] {
  const fitting = ranges.flatMap((range) => splitToFit(text, range));
  return fitting.flatMap((range) => {
    const whole = text.lines.slice(range.start, range.end).join('\n');
    const parts = text.tokens(range) <= FILL_TOKENS ? [whole] : splitByLength(whole);
    return parts
      .filter((part) => part.trim() !== '')
      .map((part) => ({ text: part, startLine: range.start + 1, endLine: range.end, ...place }));
  });
}
