import { namesUnit, withUnit } from './quantities.js';
import { readWords, type Word } from './words.js';

/** What separates the cells of a row. */
const BAR = /(?<!\\)\|/;
const DEFAULT =
  /\bdefaults?(?: to |\W{1,4})((?:`[^`\n]+`|-?\d[\w.,]*)(?: [\p{L}µ]+)?)(?=[*_]*\.?(?:\s*$|\s*[;|()]|\s+[–—-]\s|\.\s))/iu;

/** What a piece of a passage says when its bare numbers are in the unit that its item, paragraph or column names. */
export interface Amounts {
  words: readonly Word[];
  /** "default" and a value, where it says what something defaults to; else empty. */
  default: readonly Word[];
}

/** The unit that a text names apart from its numbers ("Time in milliseconds. Default: 5000"); null: none or several. */
export function unitNamedIn(words: readonly Word[]): string | null {
  const units = words
    .filter(({ text, span }, index) => span === 0 && namesUnit(text) && !words[index - 1]?.quantity)
    .map(({ text }) => text);
  return new Set(units).size === 1 ? units[0]! : null;
}

export function inUnit(words: readonly Word[], text: string, unit: string | null): Amounts {
  const value = DEFAULT.exec(text)?.[1];
  return {
    words: withUnits(words, () => unit),
    default: value === undefined ? [] : withUnits(readWords(`default ${value}`), () => unit),
  };
}

/** The same for a row of a table: a column's unit is that which its head names, or else the row. */
export function inColumns(words: readonly Word[], row: string, head: string): Amounts {
  const heads = head.split(BAR);
  const units = heads.map((cell) => unitNamedIn(readWords(cell)));
  const own = unitNamedIn(words);
  const columns = row.split(BAR).flatMap((cell, column) => readWords(cell).map(() => column));
  // Markup that goes over the border of a cell: nobody can tell which is which.
  if (columns.length !== words.length) return { words, default: [] };
  const inUnits = withUnits(words, (index) => units[columns[index]!] ?? own);
  const defaults = heads.findIndex((cell) => /\bdefaults?\b/i.test(cell));
  const value = inUnits.filter((_, index) => columns[index] === defaults);
  return { words: inUnits, default: value.length === 0 ? [] : [...readWords('default'), ...value] };
}

/** Of numbers only those at the end of a clause are in it: 5000 in "Default: 5000" is, 3 in "3 times" is not. */
function withUnits(words: readonly Word[], unitAt: (index: number) => string | null): readonly Word[] {
  return words.map((word, index) => {
    const isBare = word.quantity?.amount === null && (words[index + 1]?.pause ?? 1) > 0;
    const unit = isBare ? unitAt(index) : null;
    return unit === null ? word : { ...word, quantity: withUnit(word.quantity!, unit) };
  });
}
