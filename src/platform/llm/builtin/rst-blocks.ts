import { endOfIndented, indentOf } from '../../passages/indented-lines.js';
import { CODE_DIRECTIVES, INVISIBLE_DIRECTIVES, RENDERED_DIRECTIVES } from '../../passages/rst-directives.js';
import { readRstOutline } from '../../passages/rst-outline.js';
import { createBlockCollector } from './block-collector.js';
import type { TextBlock } from './text-blocks.js';

const ITEM = /^\s*(?:[-*+•]|#\.|(\d{1,9}[.)]))\s+(.*)$/;
const DIRECTIVE = /^\s*\.\. ([\w:.+-]+)::(?:\s+(.*))?$/;
const CODE_DIRECTIVE = new RegExp(`^(?:${CODE_DIRECTIVES})$`);
/** What stands below these is no text to quote. */
const UNQUOTED_DIRECTIVE = new RegExp(`^(?:${RENDERED_DIRECTIVES}|${INVISIBLE_DIRECTIVES})$`);
/** What follows the mark of these is text. */
const NOTE_DIRECTIVE = /^(?:note|warning|tip|hint|important|caution|danger|attention|seealso)$/;
const OPTION = /^\s+:[\w-]+:/;
const COMMENT = /^\s*\.\.(?:\s|$)/;
const DOCTEST = /^\s*>>> /;
/** Of tables, transitions, and titles that are none. */
const BORDER = /^\s*(?:\+[-=+]+\+|=+(?: +=+)+|([!-/:-@[-`{-~])\1{3,})\s*$/;
const LITERAL = /(?<!\s)\s*::\s*$/;
const INTERPRETED = /(?::[\w.+-]+)*:`([^`<]+?)(?:\s*<[^<>`]*>)?`|(?<!`)`([^`<]+?)(?:\s*<[^<>`]*>)?`_{1,2}(?!\w)/g;

/** The blocks of reStructuredText: indented lines are code where it is announced as such. */
export function readRstBlocks(text: string): TextBlock[] {
  const lines = text.split('\n');
  const collector = createBlockCollector(readRstOutline(lines));
  /** Where the indented lines of code begin that are announced, more than that. */
  let literal: number | null = null;

  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    const indent = indentOf(line);
    const lastOfHeading = collector.addHeading(index);
    const shown = line.replace(LITERAL, line.trim() === '::' ? '' : ':');
    const [, number = '', item] = ITEM.exec(shown) ?? [];
    const [, directive, argument = ''] = DIRECTIVE.exec(line) ?? [];
    const below = () => endOfIndented(lines, index + 1, indent + 1);

    if (lastOfHeading !== null) {
      index = lastOfHeading;
    } else if (line.trim() === '') {
      collector.end();
    } else if (literal !== null && !collector.isInParagraph() && indent > literal) {
      const end = endOfIndented(lines, index, indent);
      collector.addCode(lines.slice(index, end), '');
      index = end - 1;
    } else if (!collector.isInParagraph() && DOCTEST.test(line)) {
      const end = endOfParagraph(lines, index);
      collector.addCode(lines.slice(index, end), '');
      index = end - 1;
    } else if (directive !== undefined) {
      collector.end();
      if (CODE_DIRECTIVE.test(directive)) {
        const end = below();
        const code = lines.slice(skipOptions(lines, index + 1, end), end);
        if (code.length > 0) collector.addCode(code, /^[\w+-]*/.exec(argument)![0]);
        index = end - 1;
      } else if (UNQUOTED_DIRECTIVE.test(directive)) index = below() - 1;
      else if (NOTE_DIRECTIVE.test(directive) && argument !== '') collector.addLine(plainRst(argument));
    } else if (COMMENT.test(line)) {
      collector.end();
      index = below() - 1;
    } else if (BORDER.test(line) || (OPTION.test(line) && !collector.isInParagraph())) {
      collector.end();
    } else if (line.trimStart().startsWith('|')) {
      collector.addRow(plainRst(line));
    } else if (item !== undefined) {
      collector.beginItem(number, plainRst(item));
    } else if (shown.trim() !== '') {
      collector.addLine(plainRst(shown));
    }
    if (line.trim() !== '') literal = LITERAL.test(line) && directive === undefined ? indent : null;
  }
  collector.end();
  return collector.blocks;
}

function endOfParagraph(lines: readonly string[], start: number): number {
  const blank = lines.findIndex((line, index) => index > start && line.trim() === '');
  return blank === -1 ? lines.length : blank;
}

function skipOptions(lines: readonly string[], start: number, end: number): number {
  let line = start;
  while (line < end && (OPTION.test(lines[line]!) || lines[line]!.trim() === '')) line += 1;
  return line;
}

/** Links and roles as their texts. */
function plainRst(line: string): string {
  return line.replace(INTERPRETED, (_, role?: string, link?: string) => (role ? `\`${role}\`` : link!));
}
