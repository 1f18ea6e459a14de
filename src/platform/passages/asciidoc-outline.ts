import { truncate } from '../text/truncate.js';
import { inOneLine, MAX_SOURCE } from './heading-text.js';
import { isBlank, readLineOutline } from './line-outline.js';
import type { LineRange } from './measured-lines.js';
import { MAX_ANCHOR, type Outline } from './outline.js';

const TITLE = /^(={1,6}|#{1,6})[ \t]+(\S.*)$/;
const UNDERLINE = /^([=\-~^+])\1+$/;
const UNDERLINES = '=-~^+';
const DELIMITER = /^(?:-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|\/{4,}|--|`{3}[^`]*|[|,:!]={3,})$/;
/** Comments, attributes and conditions: they show nothing, and before a title they belong to it. */
const INVISIBLE = /^(?:\/\/(?!\/\/)|:!?\w[\w-]*!?:(?:\s|$)|\[.*\]$|(?:ifn?def|ifeval|endif)::)/;
/** Below the document's own title: who wrote it, and which revision. */
const AUTHOR = /^[^<>]*<[^<>\s]+@[^<>\s]+>|^v?\d+\.\d|^\d{4}-\d\d/;
const ID = /^\[\[([^\],]+)(?:,.*)?\]\]$|^\[[^\]#]*#([^\],.%]+).*\]$|^\[(?:.*,\s*)?id="?([^\]",]+)"?.*\]$/;
const ID_AT_END = /(\s*)\[\[([^\],]+)(?:,[^\]]*)?\]\]$/;
const INLINE =
  /(?:link:|xref:|mailto:|https?:\/\/|image:|pass:|kbd:|btn:|footnote:)[^\s[\]]*\[([^\]]*)\]|<<([^<>]+)>>|(?<![\p{L}\p{N}_])([*_`#+]{1,2})(?=\S)([^*`#+]+?)(?<=\S)\3(?![\p{L}\p{N}])/gu;
/** Asciidoctor replaces these, some by what is no letter: we do not know what is left of them in the id. */
const REPLACED = /--|\.\.\.|->|=>|<-|<=|\((?:C|R|TM)\)|\{|&\w+;|&#/;

/**
 * Reads the block structure of AsciiDoc; anchors are those of GitHub and GitLab (`idprefix` empty, `idseparator` "-").
 */
export function readAsciidocOutline(lines: readonly string[]): Outline {
  const nameOnce = createNumbering();
  return readLineOutline(lines, {
    readTitle(line, isFirst) {
      const title = readTitle(lines, line);
      if (!title) return null;
      const { depth, text, idAtEnd } = title;
      // The document's own title has no id unless it gives itself one.
      const id = nameOnce(idAtEnd ?? idAbove(lines, line) ?? (depth === 1 ? null : idOf(text)));
      return {
        end: depth === 1 && isFirst ? endOfHeader(lines, title.end) : title.end,
        depth,
        text,
        anchor: id && truncate(id, MAX_ANCHOR),
      };
    },
    endOfBlock: (line) => endOfBlock(lines, line),
    showsNothing: (block) => showsNothing(lines, block),
  });
}

function readTitle(lines: readonly string[], line: number) {
  const first = lines[line]!.trimEnd();
  const [, marks, source] = TITLE.exec(first) ?? [];
  if (marks) {
    const text = source!.endsWith(` ${marks}`) ? source!.slice(0, -marks.length).trimEnd() : source!;
    return { end: line + 1, depth: marks.length, ...readText(text) };
  }
  const second = lines[line + 1]?.trimEnd() ?? '';
  const isTitle =
    !INVISIBLE.test(first) &&
    UNDERLINE.test(second) &&
    Math.abs(second.length - first.length) <= 1 &&
    /^(?![.\s]).*[\p{L}\p{N}_]/u.test(first);
  return isTitle ? { end: line + 2, depth: UNDERLINES.indexOf(second[0]!) + 1, ...readText(first) } : null;
}

/** What a reader sees: no markup, one space between words, at most 255 characters. */
function readText(title: string) {
  const source = truncate(title, MAX_SOURCE);
  const [, space, id] = ID_AT_END.exec(source) ?? [];
  const text = source
    .replace(ID_AT_END, '')
    .replace(
      INLINE,
      (_whole, label, reference, _marks, formatted) => label ?? formatted ?? reference.replace(/^.*?,/, ''),
    );
  return {
    text: inOneLine(text),
    // Without a space before it, it is a place within the title.
    idAtEnd: space ? id! : null,
  };
}

/** The id in the lines of attributes right above a title. */
function idAbove(lines: readonly string[], title: number): string | null {
  for (let line = title - 1; line >= 0 && lines[line]!.startsWith('['); line -= 1) {
    const found = ID.exec(truncate(lines[line]!, MAX_SOURCE).trimEnd());
    if (found) return (found[1] ?? found[2] ?? found[3])!.trim();
  }
  return null;
}

/** As Asciidoctor makes it. */
function idOf(text: string): string | null {
  if (REPLACED.test(text)) return null;
  const letters = text.toLowerCase().replace(/[^ \p{L}\p{M}\p{N}\p{Pc}.-]/gu, '');
  return letters.replace(/[ .-]+/g, '-').replace(/^-|-$/g, '') || null;
}

/** Gives equal ids their numbers: the second one `-2`. */
function createNumbering(): (id: string | null) => string | null {
  const next = new Map<string, number>();
  return (id) => {
    if (id === null) return null;
    let number = next.get(id) ?? 1;
    let candidate = id;
    while (next.has(candidate)) candidate = `${id}-${(number += 1)}`;
    next.set(id, number);
    next.set(candidate, next.get(candidate) ?? 1);
    return candidate;
  };
}

/** Up to a blank line; a block between delimiters with what announces it, to its end. */
function endOfBlock(lines: readonly string[], start: number): number {
  for (let line = start; line < lines.length; line += 1) {
    if (isBlank(lines[line]!)) return line;
    if (line > start && INVISIBLE.test(lines[line - 1]!) && readTitle(lines, line)) return line;
    if (!DELIMITER.test(lines[line]!.trimEnd())) continue;
    line = endOfDelimited(lines, line) - 1;
    if (lines[line + 1]?.trimEnd() !== '+') return line + 1;
  }
  return lines.length;
}

/** One without an end goes on to that of the document. */
function endOfDelimited(lines: readonly string[], start: number): number {
  const delimiter = lines[start]!.trimEnd().replace(/^```.*/, '```');
  for (let line = start + 1; line < lines.length; line += 1) {
    if (lines[line]!.trimEnd() === delimiter) return line + 1;
  }
  return lines.length;
}

function endOfHeader(lines: readonly string[], from: number): number {
  let line = from;
  while (line < lines.length && (INVISIBLE.test(lines[line]!) || AUTHOR.test(truncate(lines[line]!, MAX_SOURCE))))
    line += 1;
  return line;
}

function showsNothing(lines: readonly string[], { start, end }: LineRange): boolean {
  return lines[start]!.startsWith('////') || lines.slice(start, end).every((line) => INVISIBLE.test(line));
}
