import { LINE_FORMS } from './line-reader.js';

/**
 * A cell of a row of a table, and the head of its column, as offsets in the whole text. The head is empty where it
 * tells nothing.
 */
export interface Cell {
  start: number;
  end: number;
  /** From 0. */
  column: number;
  head: string;
}

const BAR = /(?<!\\)\|/g;
/** Heads that do not say what is in the cells below. */
const MUTE =
  /^(?:descriptions?|meaning|notes?|details?|comments?|explanation|values?|sources?|references?|reasons?|purpose|behaviou?r|effect|examples?|usage|(?:when|what|how|why)\b.*|\W*)$/i;

/** The cells of a row, or of the piece of it that begins and ends there. */
export function cellsOf(text: string, start: number, end: number): Cell[] {
  const line = text.lastIndexOf('\n', start - 1) + 1;
  const heads = headsAbove(text, line);
  const before = columnsOf(text.slice(line, start)).length - 1;
  let at = start;
  return text
    .slice(start, end)
    .split(BAR)
    .map((cell, index) => {
      const [from, column] = [at, before + index];
      at += cell.length + 1;
      return { start: from, end: from + cell.length, column, head: heads[column] ?? '' };
    });
}

/** The heads of the columns of the table that a line is in: what stands above its rule. */
function headsAbove(text: string, line: number): string[] {
  let below = '';
  for (let end = line - 1; end > 0;) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const above = text.slice(start, end);
    if (!above.includes('|')) break;
    if (LINE_FORMS.tableRule.test(below)) return columnsOf(above).map(headOf);
    below = above;
    end = start - 1;
  }
  return [];
}

const columnsOf = (line: string): string[] => line.replace(/^[\s>]*\|/, '').split(BAR);

function headOf(cell: string): string {
  const head = cell.replace(/[*_`]/g, '').trim();
  // Within a sentence a capital would make it a name.
  return MUTE.test(head) ? '' : head.replace(/^\p{Lu}(?=\p{Ll})/u, (capital) => capital.toLowerCase());
}
