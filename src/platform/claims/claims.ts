import type { BlockKind } from './blocks.js';
import { hasContent, isClause, isLabel, isQuestion } from './claim-words.js';
import { announces } from './remarks.js';
import { withoutPreface } from './preface.js';
import type { PlacedMarker, Sentence } from './sentences.js';
import { isExcused } from './statements.js';
import { cellsOf } from './table-rows.js';

/** Offsets in the whole text, in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

/** What an answer says, and what it cites for that. */
export interface Claim extends Span {
  /** What is claimed, without markers, and with what one has to know to understand it. */
  text: string;
  /**
   * Whether there is something to check. There is nothing in "Yes", remarks, questions, headings, lists of sources,
   * and sentences that the text broke off in.
   */
  isCheckable: boolean;
  /** One or more that stand together: `[1][2]`. */
  markers: PlacedMarker[];
  /** Whether nothing that follows can change it. */
  isSettled: boolean;
}

/** What a sentence stands in. */
export interface Surroundings {
  kind: BlockKind;
  /** The last sentence before it that says something. */
  previous: Sentence | null;
  /** What announced the list that it is in: "It needs:"; empty where nothing did. */
  leadIn: string;
  /** Whether it is in a list of the sources. */
  listsSources: boolean;
  /** Whether the text broke off in it: only clauses before its markers are whole. */
  breaksOff: boolean;
}

interface Group extends Span {
  markers: PlacedMarker[];
}

const SEPARATOR = /^[\s,;&]*(?:and|or|und|oder|et|ou|y|o)?[\s,;&]*$/i;
/** What may follow a marker at the end of a clause. A word goes on with it: "The backup [1] runs at three". */
const CLAUSE_END =
  /^[*_"'”’»\s>]*(?:$|[.,;:!?…。，；：！？|()\]—–-]|(?:and|or|but|while|whereas|which|who|because|since|so|as|if|when|where|although|though|unless|until|then|und|oder|aber|weil|während|et|ou|mais|y|o|pero)\b)/i;
/** With what comes after it: "[1].?" is a question. */
const FULL_STOP = /^(?:[.!?]+\s|[。！？]+[^。！？])/;
/** All that is left of a sentence that announces what is below. */
const COLON = /^[*_\s)]*[:：][*_\s]*$/;
const NEAR = 30;
const ATTRIBUTION = /^(?:according to|as (?:described|stated|explained|documented|noted|shown) (?:in|by)|per|see)\b/i;
/** Code between a sentence and a marker that stands alone: that is for the code, where the sentence has its own. */
const CODE = /\n[\s>]*(?:```|~~~)/;
/** Stands for markers. */
const SIGN = '\uFFFC';
const LEADING =
  /^(?:\n[\s>]*|[\s,;:|)—–。，；\uFFFC]|[.!?-](?=\s)|[*_]+(?=[\s\uFFFC]))+(?:(?:and|but|or|while|whereas)\s+)?/i;
/** With type that only its markers have: "It is 1 MiB **[1]**", and what introduces them. */
const TRAILING = /(?:[\s,;:(|—–]|(?<=\s)[*_-]+|\uFFFC[.,;:*_-]*|[,;(]\s*(?:see|siehe|cf\.|vgl\.))+$/i;

/**
 * The claims of a sentence. Each marker stands for the clause before it, which begins after the last marker that
 * ended one. Where that is no clause ("Linux [1] and macOS [2] are supported"), it stands for the sentence.
 */
export function readClaims(text: string, sentence: Sentence, around: Surroundings): Claim[] {
  const { start: begin, end: stop, markers, complete } = sentence;
  const { previous } = around;
  const signed = withSigns(text, sentence);
  const mayClaim = around.kind !== 'heading' && !around.listsSources && !isQuestion(text.slice(begin, stop));
  const beginsWithMarker = signed.text.startsWith(SIGN) || markers[0]?.start === begin;
  let from = begin;
  let isSettled = true;
  return groupsOf(text, markers).map((part) => {
    // "(see [1])" is a marker, "(it runs at three [1])" is a claim.
    const parenthesis = parenthesisOf(signed, from, part);
    const isInside = parenthesis !== null && isClause(text.slice(parenthesis.start, part.start));
    const group = parenthesis && !isInside ? { ...part, ...parenthesis } : part;
    const following = text.slice(group.end, Math.max(group.end, stop)).slice(0, NEAR);
    const isEnd = CLAUSE_END.test(following);
    const clause =
      isEnd || around.breaksOff ? clauseOf(signed, isInside ? parenthesis.start + 1 : from, group, stop) : null;
    const isWhole = !around.breaksOff || (clause !== null && clause.end <= group.start);
    const whole = trim(signed, begin, stop);
    const own = clause ?? whole ?? previous ?? { start: group.start, end: group.start };
    isSettled &&= complete || (clause !== null && FULL_STOP.test(text.slice(group.end, stop + 1)));
    const isRepeated =
      own === previous && previous.markers.length > 0 && CODE.test(text.slice(previous.markers.at(-1)!.end, begin));
    const said = withoutMarkers(text, own, clause || whole ? markers : (previous?.markers ?? []));
    const hasColon =
      COLON.test(text.slice(own.end, group.start)) || COLON.test(text.slice(group.end, Math.max(group.end, stop)));
    const claim = {
      start: own.start,
      end: own.end,
      text: sentence.isRow
        ? rowInContext(text, own, begin, markers)
        : around.kind === 'item' && around.leadIn && !isClause(said)
          ? `${around.leadIn} ${said}`
          : said,
      isCheckable:
        isWhole &&
        mayClaim &&
        !isRepeated &&
        hasContent(said) &&
        !isExcused(said) &&
        !(hasColon && announces(said)) &&
        !(beginsWithMarker && isLabel(said)),
      markers: group.markers,
      isSettled,
    };
    if (isEnd) from = Math.max(from, group.end);
    return claim;
  });
}

/** A text from `at` on, as long as the original, in which markers are signs. */
interface SignedText {
  text: string;
  at: number;
}

function withSigns(text: string, { start, end, markers }: Sentence): SignedText {
  let signed = '';
  for (const marker of markers) {
    signed += text.slice(start + signed.length, marker.start) + SIGN.repeat(marker.end - marker.start);
  }
  return { text: signed + text.slice(start + signed.length, Math.max(end, start + signed.length)), at: start };
}

/** What a group stands for, if that is a clause: what is before it, or after "According to". */
function clauseOf(signed: SignedText, from: number, group: Group, stop: number): Span | null {
  const isClaimed = ({ start, end }: Span) => isClause(signed.text.slice(start - signed.at, end - signed.at));
  const before = trim(signed, from, Math.min(group.start, stop));
  if (!before) return null;
  if (!ATTRIBUTION.test(signed.text.slice(before.start - signed.at))) return isClaimed(before) ? before : null;
  const after = trim(signed, group.end, stop);
  return after && isClaimed(after) ? after : null;
}

/** The parenthesis that a group ends; null: none. */
function parenthesisOf(signed: SignedText, from: number, { start, end }: Group): Span | null {
  const before = signed.text.slice(from - signed.at, start - signed.at);
  const opening = before.lastIndexOf('(');
  const [closing] = /^\s?\)/.exec(signed.text.slice(end - signed.at)) ?? [];
  return closing && opening > before.lastIndexOf(')') ? { start: from + opening, end: end + closing.length } : null;
}

function groupsOf(text: string, markers: readonly PlacedMarker[]): Group[] {
  const groups: Group[] = [];
  for (const marker of markers) {
    const last = groups.at(-1);
    if (last && SEPARATOR.test(text.slice(last.end, marker.start))) {
      last.markers.push(marker);
      last.end = marker.end;
    } else groups.push({ start: marker.start, end: marker.end, markers: [marker] });
  }
  return groups;
}

/** Without punctuation, conjunctions and markers around it; null where nothing with a word is left. */
function trim({ text, at }: SignedText, from: number, to: number): Span | null {
  const all = text.slice(from - at, Math.max(from, to) - at);
  const start = LEADING.exec(all)?.[0].length ?? 0;
  const end = all.length - (TRAILING.exec(all.slice(start))?.[0].length ?? 0);
  return /[\p{L}\p{N}]/u.test(all.slice(start, end)) ? { start: from + start, end: from + end } : null;
}

/** One line, without markers and the bars of tables. */
export function withoutMarkers(text: string, { start, end }: Span, markers: readonly PlacedMarker[]): string {
  let said = '';
  let from = start;
  for (const marker of markers) {
    if (marker.start < from || marker.end > end) continue;
    said += text.slice(from, marker.start).trimEnd();
    from = marker.end;
  }
  said += text.slice(from, Math.max(from, end));
  said = said
    .replace(/\s*\n[\s>]*/g, ' ')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/\s?\((?:see|cf\.|vgl\.|siehe)?\)/gi, '')
    .trim();
  return withoutPreface(said);
}

/** A cell means nothing without the first one of its row, nor a value without the head of its column. */
function rowInContext(text: string, own: Span, begin: number, markers: readonly PlacedMarker[]): string {
  const cells = cellsOf(text, own.start, own.end);
  const first = cells[0]!.column > 0 ? cellsOf(text, begin, own.start).slice(0, 1) : [];
  return [...first, ...cells]
    .map(({ column, head, ...span }) => {
      const said = withoutMarkers(text, span, markers);
      return column > 0 && head && said && !isClause(said) ? `${head} ${said}` : said;
    })
    .filter((said) => said !== '')
    .join(', ');
}
