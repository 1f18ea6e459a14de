import { endOfIndented, indentOf, widthOf } from './indented-lines.js';
import { isBlank, readLineOutline } from './line-outline.js';
import type { Outline } from './outline.js';
import { CODE_DIRECTIVES, INVISIBLE_DIRECTIVES, RENDERED_DIRECTIVES } from './rst-directives.js';
import { readRstTitle, rstAnchor } from './rst-heading.js';

const DIRECTIVE = /^\s*\.\. \S.*::/;
/** All that is below one of these is one block with it. */
const BLOCK_DIRECTIVE = new RegExp(String.raw`^\s*(?:[-*+]\s+)?\.\. (?:${CODE_DIRECTIVES}|${RENDERED_DIRECTIVES})::`);
const SIMPLE_TABLE = /^\s*=+(?: +=+)+\s*$/;
/** Comments, targets of links, and directives that show nothing: what stands so before a title belongs to it. */
const INVISIBLE = new RegExp(
  String.raw`^(?:\.\. (?:(?:py:|c:|js:)?(?:current)?module|${INVISIBLE_DIRECTIVES})::|\.\. (?!\[|\|)(?!.*::(?:\s|$))|\.\.$|__ )`,
);
/** Before the first title they are about the document. */
const FIELD = /^:[^:`\s][^:`]*:(?:\s|$)/;
const BULLET = /^\s*(?:(?:[-*+•]|#\.|\(?\w{1,3}[.)])\s+)?/;

/**
 * Reads the block structure of reStructuredText: titles in the order in which their styles first occur, and blocks.
 * Code stays with what announces it, and the first paragraph below a directive with the directive.
 */
export function readRstOutline(lines: readonly string[]): Outline {
  const styles: string[] = [];
  const anchors = new Set<string>();
  return readLineOutline(lines, {
    readTitle(line) {
      const title = readRstTitle(lines, line);
      if (!title) return null;
      const { end, text, style } = title;
      if (!styles.includes(style)) styles.push(style);
      const anchor = rstAnchor(text);
      const isTaken = anchor !== null && anchors.has(anchor);
      if (anchor !== null) anchors.add(anchor);
      return { end, depth: styles.indexOf(style) + 1, text, anchor: isTaken ? null : anchor };
    },
    endOfBlock: (line) => endOfBlock(lines, line),
    showsNothing: ({ start }, isBeforeTitles) =>
      INVISIBLE.test(lines[start]!) || (isBeforeTitles && FIELD.test(lines[start]!)),
  });
}

/** The line after the block that begins at `start`. */
function endOfBlock(lines: readonly string[], start: number): number {
  if (SIMPLE_TABLE.test(lines[start]!)) return endOfTable(lines, start);
  const end = endOfParagraph(lines, start);
  const last = lines[end - 1]!;
  const isDirective = DIRECTIVE.test(lines[start]!);
  if (BLOCK_DIRECTIVE.test(lines[start]!) || INVISIBLE.test(lines[start]!))
    return endOfIndented(lines, end, textIndent(lines[start]!) + 1);
  if (!isDirective && last.trimEnd().endsWith('::')) return endOfIndented(lines, end, textIndent(last) + 1);
  const next = nextText(lines, end);
  const isBelow = isDirective && next < lines.length && indentOf(lines[next]!) > indentOf(lines[start]!);
  return isBelow ? endOfBlock(lines, next) : end;
}

/** An unindented line after indented ones, or after a directive or comment, begins another block. */
function endOfParagraph(lines: readonly string[], start: number): number {
  const isExplicit = lines[start]!.startsWith('..');
  let end = start + 1;
  while (end < lines.length && !isBlank(lines[end]!)) {
    if (indentOf(lines[end]!) === 0 && (isExplicit || indentOf(lines[end - 1]!) > 0)) break;
    end += 1;
  }
  return end;
}

/** At its second border after the first, or at one before a blank line. */
function endOfTable(lines: readonly string[], start: number): number {
  for (let line = start + 1, borders = 0; line < lines.length; line += 1) {
    if (!SIMPLE_TABLE.test(lines[line]!)) continue;
    borders += 1;
    if (borders === 2 || isBlank(lines[line + 1] ?? '')) return line + 1;
  }
  return endOfParagraph(lines, start);
}

function nextText(lines: readonly string[], from: number): number {
  let line = from;
  while (line < lines.length && isBlank(lines[line]!)) line += 1;
  return line;
}

/** The column where the text of a line begins, after the mark of a list's item. */
function textIndent(line: string): number {
  return widthOf(BULLET.exec(line)![0]);
}
