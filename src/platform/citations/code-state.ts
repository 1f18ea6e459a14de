/** What may stand before a block on its line: quotation marks, bullets and numbers of lists. */
export const LINE_PREFIX = /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*/;

const FENCE = new RegExp(`${LINE_PREFIX.source}(\`{3,}|~{3,})\\s*([\\w+-]*)(.*)$`, 's');

/** A fence of code, by the line that opens it. */
export interface Fence {
  mark: string;
  size: number;
  /** Empty where none is named. */
  language: string;
}

/** The fence that a line opens; null where it opens none: ```` ```npm ci``` ```` is inline code. */
export function openingFence(line: string): Fence | null {
  const [, marks, language = '', info = ''] = FENCE.exec(line) ?? [];
  if (!marks || (marks.startsWith('`') && info.includes('`'))) return null;
  return { mark: marks.charAt(0), size: marks.length, language };
}

/** Whether a line closes a fence: as many of its marks or more, and nothing else. */
export function isClosing(line: string, { mark, size }: Fence): boolean {
  const marks = line.replace(/^[\s>]*/, '').trimEnd();
  return marks.length >= size && marks === mark.repeat(marks.length);
}

/** Nothing that opens or closes a block is longer. */
const LONGEST_LINE = 1_000;

/** Tells, character by character, what of a Markdown text is code. */
export interface CodeState {
  /** The line as far as it has come; the end of it, after a letter, where it is long. */
  readonly line: string;
  /** Whether the next character is code; asked before it is added. No backtick itself. */
  isCode(): boolean;
  add(character: string): void;
}

/**
 * Code is what stands in a fence of three or more backticks or tildes, and what stands between runs of as many backticks
 * within one line. Nobody can know of a text that still grows whether a backtick will be closed: the rest of its line is
 * taken for code.
 */
export function createCodeState(): CodeState {
  let line = '';
  let fence: Fence | null = null;
  /** Whether its line has not ended. */
  let isOpening = false;
  /** Backticks that opened inline code; 0: outside. */
  let ticks = 0;
  let run = { mark: '', size: 0 };
  let escaped = false;

  function endRun(): void {
    const { mark, size } = run;
    run = { mark: '', size: 0 };
    if (size === 0) return;
    if (fence) {
      // An opening fence with a backtick behind it on its line was inline code.
      if (!isOpening || fence.mark !== '`' || mark !== '`') return;
      ticks = size === fence.size ? 0 : fence.size;
      fence = null;
    } else if (ticks > 0) {
      if (mark === '`' && size === ticks) ticks = 0;
    } else {
      fence = openingFence(line);
      isOpening = fence !== null;
      if (!fence && mark === '`') ticks = size;
    }
  }

  function endLine(): void {
    if (fence && !isOpening && isClosing(line, fence)) fence = null;
    isOpening = false;
    ticks = 0;
    line = '';
  }

  return {
    get line() {
      return line;
    },
    isCode() {
      endRun();
      return fence !== null || ticks > 0;
    },
    add(character) {
      if (character !== run.mark) endRun();
      if (character === '\n') {
        escaped = false;
        return endLine();
      }
      line += character;
      if (line.length > LONGEST_LINE) line = `x${line.slice(-LONGEST_LINE / 2)}`;
      const isMark = (character === '`' || character === '~') && !(escaped && ticks === 0 && !fence);
      if (isMark) run = { mark: character, size: run.size + 1 };
      escaped = character === '\\' && !escaped && !fence && ticks === 0;
    },
  };
}
