import { isClosing, openingFence } from '../../text/fences.js';
import { readAsciidocOutline } from '../../passages/asciidoc-outline.js';
import { endOfIndented, indentOf } from '../../passages/indented-lines.js';
import { createBlockCollector } from './block-collector.js';
import type { TextBlock } from './text-blocks.js';

const ITEM = /^\s*(?:[-*+•]|\*{2,5}|\.{1,5}|(\d{1,9}[.)]))\s+(.*)$/;
const CODE_DELIMITER = /^(?:-{4,}|\.{4,})$/;
const DELIMITER = /^(?:={4,}|\*{4,}|_{4,}|\+{4,}|--|\|={3,}|([!-/:-@[-`{-~])\1{3,})$/;
const ATTRIBUTES = /^\[.*\]$/;
const UNSEEN = /^(?:\/\/|:!?[\w-]+!?:(?:\s|$)|(?:ifn?def|ifeval|endif|include|image|toc)::|\.[^\s.])/;
const SOURCE = /^\[(?:source)?,\s*([\w+-]+)/;
const VERSE = /^\[verse\b/;
/** What follows goes on with the list's item. */
const CONTINUATION = '+';
const TERM = /^(.*\S)(?::{2,4}|;;)(?:\s+(.*))?$/;
const LITERAL = /::\s*$/;
/** What is indented by less is no code in a text that may be no AsciiDoc. */
const CODE_INDENT = 4;

/**
 * The blocks of AsciiDoc, and of text of which nobody says what it is: that may announce code by `::`, as
 * reStructuredText does.
 */
export function readAsciidocBlocks(text: string, isAsciidoc: boolean): TextBlock[] {
  const lines = text.split('\n');
  const collector = createBlockCollector(readAsciidocOutline(lines));
  let language = '';
  let isVerse = false;
  /** What stands above, but for blank lines. */
  let above = '';

  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    const trimmed = line.trim();
    const indent = indentOf(line);
    const lastOfHeading = collector.addHeading(index);
    const [, number = '', item] = ITEM.exec(line) ?? [];
    const [, term, explanation = ''] = TERM.exec(trimmed) ?? [];
    const closing = endOfDelimited(lines, index);

    if (lastOfHeading !== null) {
      index = lastOfHeading;
    } else if (trimmed === '') {
      collector.end();
      isVerse = false;
      continue;
    } else if (closing > index) {
      collector.addCode(lines.slice(index + 1, closing), language);
      language = '';
      index = closing;
    } else if (index > 0 && lines[index - 1]!.trim() === '' && isCode(indent)) {
      const end = endOfIndented(lines, index, indent);
      collector.addCode(lines.slice(index, end), language);
      language = '';
      index = end - 1;
    } else if (trimmed === CONTINUATION || [DELIMITER, ATTRIBUTES, UNSEEN].some((form) => form.test(trimmed))) {
      collector.end();
      isVerse ||= VERSE.test(trimmed);
      language = SOURCE.exec(trimmed)?.[1] ?? language;
    } else if (isVerse) {
      // What is too long for its line goes on in the next ones.
      if (indent === 0) collector.end();
      collector.addLine(line);
    } else if (trimmed.startsWith('|')) {
      collector.addRow(line);
    } else if (item !== undefined) {
      collector.beginItem(number, item);
    } else if (announcesCode(index)) {
      collector.addLine(trimmed === '::' ? '' : line.replace(LITERAL, ':'));
    } else if (term !== undefined) {
      collector.addTerm(term, explanation);
    } else {
      collector.addLine(line, above === CONTINUATION);
    }
    above = trimmed;
  }
  collector.end();
  return collector.blocks;

  /** Whether lines that are indented so much below a blank one are code. */
  function isCode(indent: number): boolean {
    if (!isAsciidoc && LITERAL.test(above) && indent > 0) return true;
    return !collector.isInList() && indent >= (isAsciidoc ? 1 : CODE_INDENT);
  }

  function announcesCode(index: number): boolean {
    if (isAsciidoc || !LITERAL.test(lines[index]!) || lines[index + 1]?.trim() !== '') return false;
    const next = lines.slice(index + 1).find((line) => line.trim() !== '') ?? '';
    return indentOf(next) > indentOf(lines[index]!);
  }
}

/** Where the block of code ends that a line begins: at the same line, or as a fence is closed. -1: it begins none. */
function endOfDelimited(lines: readonly string[], start: number): number {
  const line = lines[start]!.trimEnd();
  const fence = openingFence(line);
  if (!fence && !CODE_DELIMITER.test(line)) return -1;
  return lines.findIndex((each, index) => index > start && (fence ? isClosing(each, fence) : each.trimEnd() === line));
}
