import { createCodeState } from './code-state.js';
import { isMarker, mayBeElement } from './markers.js';

/** A marker that names a source that is not there, and where in the filtered text it would have stood. */
export interface DroppedMarker {
  sourceIndex: number;
  at: number;
}

/** Stands between a model's text and its readers. However the text is cut into parts, what comes out is the same. */
export interface MarkerFilter {
  /** Takes more of the text, and returns what can be shown now. */
  push(more: string): string;
  /** The text has ended: returns what was held back. */
  end(): string;
  /** In the order of the text; grows. */
  readonly dropped: readonly DroppedMarker[];
}

/** Brackets that may begin a marker. */
const BRACKETS = '[［【';
const NUMBERS = '\\d{1,3}(?: ?[-–] ?\\d{1,3})?';
const NUMBERS_END = '(?: ?[,;&]? ?| ?[-–] ?|,? an?|,? and ?| ?\\]\\]?)?';
/** What can still become a marker: `[12]`, `[ 1 ]`, `[1, 2]`, `[1 and 2]`, `[1; 3-5]`, `[[1]]`. */
const OPEN = new RegExp(`^\\[\\[? ?(?:${NUMBERS}(?:(?: ?[,;&] ?|,? and )${NUMBERS})*${NUMBERS_END})?$`);
/** A marker with a name or place, as some models are trained to write it: `【1†source】`, `【1:0†Server.md】`. */
const NAMED = /^【(\d{1,3})(?::\d{1,2})?†[^【】`\n]{0,80}】$/;
const OPEN_NAMED = /^【\d{1,3}(?::\d{0,2}|(?::\d{1,2})?†[^【】`\n]{0,80})$/;
const CLOSED = /^(?:\[[^[\]]+\]|\[\[[^[\]]+\]\])$/;
/** A list or range that goes beyond is one of values: `[10, 20, 30]`. */
const LAST_LISTED = 20;
/** Characters that are held back, besides spaces and what follows `†`. */
const MAX_HELD = 12;
/** Where a space before one of these is one too many. */
const CLOSES_UP = /^[\s.,;:!?)\]}。，；：！？]?$/;

/**
 * Drops the markers of sources that do not exist, and the space before them where it would be one too many. Lists
 * like `[1, 2]` and `[1-2]` become `[1][2]`; `[[1]]`, `【1】` and `【1†source】` become `[1]`. What is no marker passes
 * as it is: code, addresses, links, footnotes, boxes. So does what may be none, as nobody could bring it back:
 * `args[9]`, `[1, 100]`.
 */
export function createMarkerFilter(isKnown: (sourceIndex: number) => boolean): MarkerFilter {
  const code = createCodeState();
  const dropped: DroppedMarker[] = [];
  let shown = '';
  /** Length of all that was shown. */
  let length = 0;
  /** One space, until it is clear that what follows it stays. */
  let space = '';
  let held = '';
  let skipsSpace = false;

  function show(text: string): void {
    const all = space + text;
    space = '';
    for (const character of all.split('')) code.add(character);
    shown += all;
    length += all.length;
  }

  function take(character: string): void {
    if (held !== '') return takeHeld(character);
    const skips = skipsSpace && character === ' ';
    skipsSpace = false;
    if (skips) return;
    if (character === ' ') {
      show('');
      space = ' ';
    } else if (BRACKETS.includes(character) && !code.isCode(space + character)) held = character;
    else show(character);
  }

  function takeHeld(character: string): void {
    if (CLOSED.test(plain(held))) return settle(character);
    const more = held + character;
    const isShort = plain(more).replaceAll(' ', '').length <= MAX_HELD;
    if ((isShort && OPEN.test(plain(more))) || OPEN_NAMED.test(more)) held = more;
    else release(character);
  }

  /** It was no marker; but within it, one may begin. */
  function release(next: string): void {
    const [first = '', ...rest] = held.split('');
    held = '';
    show(first);
    for (const character of [...rest, ...next.split('')]) take(character);
  }

  function settle(after: string): void {
    const list = plain(held);
    const named = list.match(/\d+/g)!.map(Number);
    const before = code.line + space;
    const areValues = named.length > 1 && Math.max(...named) > LAST_LISTED;
    if (areValues || !isMarker(before, named, after)) return release(after);
    const isRange = /[-–]/.test(list);
    // `args[9]`, `[8-9]`, `file[1-3]`: one of these may cite, two are something else.
    const doubts = [mayBeElement(before), isRange, !named.every(isKnown)].filter(Boolean);
    if (doubts.length > 1) return release(after);
    const numbers = list.split(/[,;&]|and/).flatMap(numbersOf);
    held = '';
    for (const sourceIndex of numbers) {
      if (isKnown(sourceIndex)) show(`[${sourceIndex}]`);
      else dropped.push({ sourceIndex, at: length });
    }
    if (!numbers.some(isKnown)) {
      if (CLOSES_UP.test(after)) space = '';
      skipsSpace = /^[\s>]*$/.test(code.line);
    }
    for (const character of after.split('')) take(character);
  }

  function taken(): string {
    const text = shown;
    shown = '';
    return text;
  }

  return {
    dropped,
    push(more) {
      for (const character of more.split('')) take(character);
      return taken();
    },
    end() {
      while (held !== '') {
        if (CLOSED.test(plain(held))) settle('');
        else release('');
      }
      show('');
      return taken();
    },
  };
}

/** In ASCII. Full-width signs follow each other as those do. */
function plain(text: string): string {
  return text
    .replace(NAMED, '[$1]')
    .replace(/[０-９［］，；]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replaceAll('【', '[')
    .replaceAll('】', ']')
    .replaceAll('、', ',');
}

/** Those of a range are all that are in it. */
function numbersOf(part: string): number[] {
  const ends = part.match(/\d+/g)!.map(Number);
  const first = Math.min(...ends);
  return Array.from({ length: Math.max(...ends) - first + 1 }, (_, index) => first + index);
}
