import { isClosing, openingFence } from '../citations/fences.js';
import { readAsciidocOutline } from '../passages/asciidoc-outline.js';
import { markupOf } from '../passages/file-types.js';
import { readRstOutline } from '../passages/rst-outline.js';
import { endOfIndented, indentOf, withoutIndent } from './indented-lines.js';
import { cellsOf, type TextBlock } from './text-blocks.js';

const ITEM = /^\s*(?:[-*+•]|\*{2,5}|\.{1,5}|#\.|(\d{1,9}[.)]))\s+(.*)$/;
/** Of AsciiDoc: blocks of code, borders of other blocks, and what is about a block. */
const CODE_DELIMITER = /^(?:-{4,}|\.{4,})$/;
const DELIMITER = /^(?:={4,}|\*{4,}|_{4,}|\+{4,}|--|\|={3,})$/;
const ATTRIBUTES = /^\[.*\]$/;
const UNSEEN = /^(?:\/\/|:!?[\w-]+!?:(?:\s|$)|(?:ifn?def|ifeval|endif|include|image|toc)::|\.[^\s.])/;
const SOURCE = /^\[(?:source)?,\s*([\w+-]+)/;
const TERM = /^\s*(.*\S)(?::{2,4}|;;)(?:\s+(.*))?$/;
/** Of reStructuredText. */
const DIRECTIVE = /^\s*\.\. ([\w:.+-]+)::(?:\s+(.*))?$/;
const CODE_DIRECTIVE = /^(?:code-block|code|sourcecode|parsed-literal|prompt|doctest|testcode|ipython)$/;
const NOTE_DIRECTIVE = /^(?:note|warning|tip|hint|important|caution|danger|attention|seealso)$/;
const DOCTEST = /^\s*>>> /;
const COMMENT = /^\s*\.\.(?:\s|$)/;
const OPTION = /^\s+:[\w-]+:/;
const BORDER = /^\s*(?:\+[-=+]+\+|=+(?: +=+)+|([!-/:-@[-`{-~])\1{3,})\s*$/;
const INTERPRETED = /(?::[\w.+-]+)*:`([^`<]+?)(?:\s*<[^<>`]*>)?`|(?<!`)`([^`<]+?)(?:\s*<[^<>`]*>)?`_{1,2}(?!\w)/g;
const EXPLICIT_LITERAL = /^(.*?)\s*::\s*$/;

/** The blocks of what is read line by line: reStructuredText, AsciiDoc, and text of which nobody says what it is. */
export function readLineBlocks(text: string, filePath: string): TextBlock[] {
  const markup = markupOf(filePath);
  const isRst = markup === 'rst';
  const lines = text.split('\n');
  const { headings, blocks: ranges } = isRst ? readRstOutline(lines) : readAsciidocOutline(lines);
  const headingAt = new Map(headings.map((heading) => [heading.line, heading]));
  const endAt = new Map(ranges.map(({ start, end }) => [start, end]));

  const blocks: TextBlock[] = [];
  let paragraph: string[] = [];
  let mark: string | null = null;
  let terms: string[] = [];
  let language = '';
  let isVerse = false;
  let isInList = false;
  let isNested = false;

  const end = () => {
    const source = paragraph.join('\n').trim();
    paragraph = [];
    if (source === '') return;
    add(source);
  };
  const add = (source: string) => {
    const term = terms.join(', ').replace(/[^.:?!]$/, '$&:');
    const said = `${term} ${source}`.trim();
    if (terms.length > 0) mark ??= '';
    terms = [];
    blocks.push(mark === null ? { kind: 'paragraph', text: said, isNested } : { kind: 'item', text: said, mark });
    mark = null;
  };
  const addCode = (from: number, to: number) => {
    end();
    if (terms.length > 0) add('');
    const code = withoutIndent(lines.slice(from, to));
    blocks.push({ kind: 'code', language, text: code.join('\n') });
    language = '';
  };

  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index]!;
    const trimmed = line.trim();
    const isAfterBlank = index === 0 || lines[index - 1]!.trim() === '';
    const indent = indentOf(line);
    const heading = headingAt.get(index);
    const delimited = isRst ? -1 : endOfDelimited(lines, index);
    const literal = isAfterBlank && indent > 0 && isLiteral(index);
    const directive = isRst ? DIRECTIVE.exec(line) : null;

    if (heading) {
      end();
      isInList = false;
      blocks.push({ kind: 'heading', depth: heading.depth, text: heading.text });
      index = endAt.get(index)! - 1;
    } else if (trimmed === '') {
      end();
      isVerse = false;
    } else if (delimited > index) {
      addCode(index + 1, delimited);
      index = delimited;
    } else if (literal) {
      const to = endOfIndented(lines, index, indent);
      addCode(index, to);
      index = to - 1;
    } else if (isRst && isAfterBlank && DOCTEST.test(line)) {
      const blank = lines.findIndex((each, at) => at > index && each.trim() === '');
      const to = blank === -1 ? lines.length : blank;
      addCode(index, to);
      index = to - 1;
    } else if (directive) {
      end();
      index = readDirective(directive, index);
    } else if (isRst && (COMMENT.test(line) || (OPTION.test(line) && paragraph.length === 0))) {
      end();
      if (COMMENT.test(line)) index = endOfIndented(lines, index + 1, indent + 1) - 1;
    } else if (BORDER.test(line) || (!isRst && isAbout(trimmed))) {
      end();
    } else {
      readText(line, index);
    }
  }
  end();
  return blocks;

  /** Whether the indented lines that begin here are code, as what is above them announces it. */
  function isLiteral(index: number): boolean {
    const before = lines.slice(0, index).findLast((each) => each.trim() !== '') ?? '';
    if (isRst || markup === null) {
      if (/::\s*$/.test(before) && indentOf(before) < indentOf(lines[index]!)) return true;
      if (isRst) return false;
    }
    return !isInList && index > 0 && (markup === 'asciidoc' || indentOf(lines[index]!) >= 4);
  }

  /** @returns the last line that it has read */
  function readDirective([, name = '', argument = '']: RegExpExecArray, index: number): number {
    const indent = indentOf(lines[index]!);
    const below = endOfIndented(lines, index + 1, indent + 1);
    if (CODE_DIRECTIVE.test(name)) {
      let from = index + 1;
      while (from < below && (OPTION.test(lines[from]!) || lines[from]!.trim() === '')) from += 1;
      language = /^[\w+-]*/.exec(argument)![0];
      if (from < below) addCode(from, below);
      return below - 1;
    }
    if (NOTE_DIRECTIVE.test(name)) paragraph = [plainRst(argument)];
    else if (name === 'toctree') return below - 1;
    return index;
  }

  /** What says of a block of AsciiDoc what it is. */
  function isAbout(line: string): boolean {
    if (/^\[verse\b/.test(line)) isVerse = true;
    language = SOURCE.exec(line)?.[1] ?? language;
    if (line === '+') isNested = true;
    return line === '+' || DELIMITER.test(line) || ATTRIBUTES.test(line) || UNSEEN.test(line);
  }

  function readText(line: string, index: number): void {
    const [, number = '', item] = ITEM.exec(line) ?? [];
    const [, term, definition = ''] = (!isRst && item === undefined && TERM.exec(line)) || [];
    if (paragraph.length === 0 && item === undefined) {
      isNested = isInList && (indentOf(line) > 0 || lines[index - 1]?.trim() === '+');
      if (!isNested && terms.length === 0) isInList = false;
    }
    if (isVerse) {
      // What is too long for its line goes on in the next ones.
      if (indentOf(line) === 0) end();
      paragraph.push(line);
    } else if (line.trimStart().startsWith('|')) {
      end();
      const row = cellsOf(line);
      if (row.length > 0) blocks.push({ kind: 'row', text: row.join(', ') });
    } else if (term !== undefined && !isLiteralLead(index)) {
      end();
      terms.push(term);
      isInList = true;
      if (definition) paragraph.push(definition);
    } else if (item !== undefined) {
      end();
      mark = number;
      isInList = true;
      paragraph.push(plainRst(item));
    } else {
      const shown =
        isRst || isLiteralLead(index) ? line.replace(EXPLICIT_LITERAL, (_, lead: string) => lead && `${lead}:`) : line;
      paragraph.push(plainRst(shown.trim()));
    }
  }

  /** Whether a line ends in `::` and announces the indented lines below the blank one after it. */
  function isLiteralLead(index: number): boolean {
    if (markup === 'asciidoc' || !/::\s*$/.test(lines[index]!) || lines[index + 1]?.trim() !== '') return false;
    const next = lines.slice(index + 1).find((each) => each.trim() !== '') ?? '';
    return indentOf(next) > indentOf(lines[index]!);
  }

  function plainRst(line: string): string {
    if (!isRst) return line;
    return line.replace(INTERPRETED, (_, role?: string, link?: string) => (role ? `\`${role}\`` : link!));
  }
}

/** Where the block of code ends that a line begins: at the same line, or as a fence is closed. -1: it begins none. */
function endOfDelimited(lines: readonly string[], start: number): number {
  const line = lines[start]!.trimEnd();
  const fence = openingFence(line);
  if (!fence && !CODE_DELIMITER.test(line)) return -1;
  return lines.findIndex((each, index) => index > start && (fence ? isClosing(each, fence) : each.trimEnd() === line));
}
