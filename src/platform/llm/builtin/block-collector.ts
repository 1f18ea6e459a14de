import { indentOf, withoutIndent } from '../../passages/indented-lines.js';
import type { Outline } from '../../passages/outline.js';
import { cellsOf, type TextBlock } from './text-blocks.js';

/** Makes blocks of markups that are read line by line: headings as their outline has them, all else as it is told. */
export function createBlockCollector({ headings, blocks: ranges }: Outline) {
  const headingAt = new Map(headings.map((heading) => [heading.line, heading]));
  const endAt = new Map(ranges.map(({ start, end }) => [start, end]));
  const blocks: TextBlock[] = [];
  let paragraph: string[] = [];
  let mark: string | null = null;
  let terms: string[] = [];
  let isInList = false;
  let isNested = false;

  const add = (source: string) => {
    const term = terms.join(', ').replace(/[^.:?!]$/, '$&:');
    const text = `${term} ${source}`.trim();
    if (terms.length > 0) mark ??= '';
    terms = [];
    blocks.push(mark === null ? { kind: 'paragraph', text, isNested } : { kind: 'item', text, mark });
    mark = null;
  };
  /** Whatever comes next begins another block. */
  const end = () => {
    const source = paragraph.join('\n').trim();
    paragraph = [];
    if (source !== '') add(source);
  };

  return {
    blocks,
    end,
    isInList: () => isInList,
    isInParagraph: () => paragraph.length > 0,
    /** @returns the last line of the heading that begins at this line; null: none does */
    addHeading(line: number): number | null {
      const heading = headingAt.get(line);
      if (!heading) return null;
      end();
      isInList = false;
      blocks.push({ kind: 'heading', depth: heading.depth, text: heading.text });
      return endAt.get(line)! - 1;
    },
    addCode(lines: readonly string[], language: string): void {
      end();
      if (terms.length > 0) add('');
      blocks.push({ kind: 'code', language, text: withoutIndent(lines).join('\n') });
    },
    addRow(line: string): void {
      end();
      const cells = cellsOf(line);
      if (cells.length > 0) blocks.push({ kind: 'row', text: cells.join(', ') });
    },
    /** @param number `2.`; empty: none */
    beginItem(number: string, text: string): void {
      end();
      mark = number;
      isInList = true;
      paragraph.push(text);
    },
    /** What is said next explains it. */
    addTerm(term: string, explanation: string): void {
      end();
      terms.push(term);
      isInList = true;
      if (explanation) paragraph.push(explanation);
    },
    /** @param isOfItem whether it goes on with a list's item in any case, as what is indented does */
    addLine(line: string, isOfItem = false): void {
      if (paragraph.length === 0) {
        isNested = isInList && (isOfItem || indentOf(line) > 0);
        if (!isNested && terms.length === 0) isInList = false;
      }
      paragraph.push(line.trim());
    },
  };
}
