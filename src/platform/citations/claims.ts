import type { BlockKind } from './blocks.js';
import { hasContent, isClause, isQuestion } from './claim-words.js';
import type { PlacedMarker, Sentence } from './sentences.js';

/** Offsets in the whole text, in UTF-16 code units. */
export interface Span {
  start: number;
  end: number;
}

/** What an answer says, and what it cites for that. */
export interface Claim extends Span {
  /** What is claimed, without markers, and with what one has to know to understand it. */
  text: string;
  /** Whether there is something to check: not so of "Yes", of questions, and of what the text broke off in. */
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
  previous: Span | null;
  /** What announced the list that it is in: "It needs:"; empty where nothing did. */
  leadIn: string;
  /** Whether the text broke off in it: only clauses before its markers are whole. */
  breaksOff: boolean;
}

interface Group extends Span {
  markers: PlacedMarker[];
}

const SEPARATOR = /^[\s,;&]*(?:and|or|und|oder|et|ou|y|o)?[\s,;&]*$/i;
/** What may follow a marker at the end of a clause. A word goes on with it: "The backup [1] runs at three". */
const CLAUSE_END =
  /^[*_"'”’»\s]*(?:$|[.,;:!?…。，；：！？|()\]—–-]|(?:and|or|but|while|whereas|which|who|because|since|so|as|if|when|where|although|though|unless|until|then|und|oder|aber|weil|während|et|ou|mais|y|o|pero)\b)/i;
const FULL_STOP = /^[.!?。！？]/;
const NEAR = 30;
const ATTRIBUTION = /^(?:according to|as (?:described|stated|explained|documented|noted|shown) (?:in|by)|per|see)\b/i;
const LEADING = /^(?:[\s,;:|)—–。，；]|[.!?-](?=\s)|\[\d{1,3}\])+(?:(?:and|but|or|while|whereas)\s+)?/i;
const TRAILING = /(?:[\s,;:(|—–]|(?<!\\)\[\d{1,3}\][.,;:]?)+$/;

/**
 * The claims of a sentence: each marker stands for the clause before it, since the last marker that ended one. Where that
 * is no clause ("Linux [1] and macOS [2] are supported"), it stands for the sentence.
 */
export function readClaims(text: string, sentence: Sentence, around: Surroundings): Claim[] {
  const { start: begin, end: stop, markers, complete } = sentence;
  const isQuestioned = isQuestion(text.slice(begin, stop));
  let from = begin;
  let isSettled = true;
  return groupsOf(text, markers).map((group) => {
    const following = text.slice(group.end, Math.max(group.end, stop)).slice(0, NEAR);
    const isEnd = CLAUSE_END.test(following);
    const clause = isEnd || around.breaksOff ? clauseOf(text, from, group, stop) : null;
    const isWhole = !around.breaksOff || (clause !== null && clause.end <= group.start);
    const own = clause ?? trim(text, begin, stop) ?? around.previous ?? { start: group.start, end: group.start };
    isSettled &&= complete || (clause !== null && FULL_STOP.test(following));
    const said = withoutMarkers(text, own, markers);
    const claim = {
      ...own,
      text: inContext(said, {
        isFirst: from === begin,
        row: around.kind === 'row' ? withoutMarkers(text, { start: begin, end: stop }, markers) : '',
        around,
      }),
      isCheckable: isWhole && !isQuestioned && hasContent(said),
      markers: group.markers,
      isSettled,
    };
    if (isEnd) from = Math.max(from, group.end);
    return claim;
  });
}

/** What a group stands for, if that is a clause: what is before it, or after "According to". */
function clauseOf(text: string, from: number, group: Group, stop: number): Span | null {
  const before = trim(text, from, Math.min(group.start, stop));
  if (!before) return null;
  const words = text.slice(before.start, before.end);
  if (!ATTRIBUTION.test(words)) return isClause(words) ? before : null;
  const after = trim(text, group.end, stop);
  return after && isClause(text.slice(after.start, after.end)) ? after : null;
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
function trim(text: string, from: number, to: number): Span | null {
  const all = text.slice(from, Math.max(from, to));
  const start = LEADING.exec(all)?.[0].length ?? 0;
  const end = all.length - (TRAILING.exec(all.slice(start))?.[0].length ?? 0);
  return /[\p{L}\p{N}]/u.test(all.slice(start, end)) ? { start: from + start, end: from + end } : null;
}

/** One line, without markers and the bars of tables. */
function withoutMarkers(text: string, { start, end }: Span, markers: readonly PlacedMarker[]): string {
  let said = '';
  let from = start;
  for (const marker of markers) {
    if (marker.start < from || marker.end > end) continue;
    said += text.slice(from, marker.start).trimEnd();
    from = marker.end;
  }
  said += text.slice(from, Math.max(from, end));
  return said
    .replace(/\s*\n[\s>]*/g, ' ')
    .replace(/\s*\|\s*/g, ', ')
    .replace(/\s?(?<!\\)\[\d{1,3}\]/g, '')
    .trim();
}

/** A cell means nothing without the first one of its row, nor a word in a list without what announced that. */
function inContext(
  said: string,
  { isFirst, row, around }: { isFirst: boolean; row: string; around: Surroundings },
): string {
  if (around.kind === 'row' && !isFirst) return `${row.split(', ')[0]}, ${said}`;
  return around.kind === 'item' && around.leadIn && !isClause(said) ? `${around.leadIn} ${said}` : said;
}
