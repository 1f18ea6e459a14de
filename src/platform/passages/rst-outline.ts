import { isBlank, readLineOutline } from './line-outline.js';
import type { Outline } from './outline.js';
import { readRstTitle, rstAnchor } from './rst-heading.js';

const DIRECTIVE = /^\s*\.\. \S.*::/;
const CODE_DIRECTIVE =
  /^\s*(?:[-*+]\s+)?\.\. (?:code-block|code|sourcecode|parsed-literal|literalinclude|math|raw|prompt|graphviz|doctest|testcode|testoutput|ipython|highlight-block)::/;
const SIMPLE_TABLE = /^\s*=+(?: +=+)+\s*$/;
/** Comments, targets of links, and directives that show nothing: what stands so before a title belongs to it. */
const INVISIBLE =
  /^(?:\.\. (?!\[|\|)(?:(?:py:|c:|js:)?(?:current)?module|highlight|include|meta|index|default-domain|default-role|role|contents|sectionauthor|codeauthor|moduleauthor)::|\.\. (?!\[|\|)(?!.*::(?:\s|$))|\.\.$|__ )/;
/** Before the first title they are about the document. */
const FIELD = /^:[^:`\s][^:`]*:(?:\s|$)/;
const BULLET = /^\s*(?:(?:[-*+•]|#\.|\(?\w{1,3}[.)])\s+)?/;

/**
 * Reads the block structure of reStructuredText: titles in the order in which their styles first occur, and blocks. Code stays
 * with what announces it, and the first paragraph below a directive with the directive.
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
  if (CODE_DIRECTIVE.test(lines[start]!) || INVISIBLE.test(lines[start]!))
    return endOfIndented(lines, end, textIndent(lines[start]!));
  if (!isDirective && last.trimEnd().endsWith('::')) return endOfIndented(lines, end, textIndent(last));
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

/** What is indented more than `indent`, and the blank lines in it. */
function endOfIndented(lines: readonly string[], from: number, indent: number): number {
  let end = from;
  for (let line = from; line < lines.length && (isBlank(lines[line]!) || indentOf(lines[line]!) > indent); line += 1) {
    if (!isBlank(lines[line]!)) end = line + 1;
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

/** Where the text of a line begins, after the mark of a list's item. */
function textIndent(line: string): number {
  return BULLET.exec(line)![0].length;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
