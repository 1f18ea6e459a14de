import { createLineReader, FIRST_LINE, type LineKind } from './line-reader.js';

/** Nothing that opens or closes a block is longer, and no address in a text that matters. */
const LONGEST_LINE = 1_000;
const LONGEST_START = 200;
/** A tag of HTML whose text is code, at the end of a line. */
const CODE_TAG = /<(\/?)(code|pre)\b[^<>]*>$/i;
const LONGEST_TAG = 100;
/** No paragraph, and no code in one, goes on in such a line. */
const NEW_BLOCKS: readonly LineKind[] = ['underline', 'rule', 'heading', 'tableRule', 'row', 'item', 'fence'];

/** Tells, character by character, what of a Markdown text is code. */
export interface CodeState {
  /** The line as far as it has come; its beginning and its end where it is long. */
  readonly line: string;
  /** Whether what comes next is code; asked before it is added. No backtick itself. */
  isCode(next: string): boolean;
  add(character: string): void;
}

/**
 * Code is what stands in a fence, what is indented, and what stands between runs of as many backticks or between tags
 * of HTML within one paragraph. While a text still grows, nobody can know whether a backtick will be closed: the rest
 * of its paragraph counts as code.
 */
export function createCodeState(): CodeState {
  const lines = createLineReader(FIRST_LINE);
  let line = '';
  /** What closes the inline code that is open: backticks or a tag; empty: outside. */
  let closer = '';
  /** Whether it was open before this line. */
  let isCarried = false;
  /** Backticks that came last. */
  let run = '';
  let isEscaped = false;

  function meet(opener: string, closes: string): void {
    leaveParagraph();
    if (closer === '') closer = closes;
    else if (closer === opener) closer = '';
  }

  function leaveParagraph(next = ''): void {
    if (isCarried && NEW_BLOCKS.includes(lines.kindOf(line + next))) closer = '';
    isCarried &&= closer !== '';
  }

  function endRun(): void {
    if (run !== '') meet(run, run);
    run = '';
  }

  function endTag(): void {
    const [tag, slash, name] = CODE_TAG.exec(line.slice(-LONGEST_TAG))?.map((part) => part.toLowerCase()) ?? [];
    if (tag) meet(tag, slash ? '' : `</${name}>`);
  }

  function endLine(): void {
    leaveParagraph();
    lines.end(line);
    line = '';
    if (!lines.state.isInParagraph) closer = '';
    isCarried = closer !== '';
    isEscaped = false;
  }

  return {
    get line() {
      return line;
    },
    isCode(next) {
      endRun();
      leaveParagraph(next);
      return closer !== '' || ['code', 'fence'].includes(lines.kindOf(line + next));
    },
    add(character) {
      if (character !== '`') endRun();
      if (character === '\n') return endLine();
      line += character;
      if (line.length > LONGEST_LINE) line = `${line.slice(0, LONGEST_START)}x${line.slice(-LONGEST_LINE / 2)}`;
      if (character === '`' && !(isEscaped && closer === '')) run += character;
      if (character === '>') endTag();
      isEscaped = character === '\\' && !isEscaped && closer === '';
    },
  };
}
