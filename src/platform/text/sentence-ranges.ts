/** Offsets in UTF-16 code units. */
export interface TextRange {
  start: number;
  end: number;
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'sentence' });
/** After these, a full stop ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:e\.\s?g|i\.\s?e|z\.\s?[BT]|d\.\s?h|u\.\s?[aU]|v\.\s?a|i\.\s?d\.\s?R|p\.\s?ex|vs|cf|resp|approx|bzw|incl)$/i;
/** Nor after these, as they are written: "5 ms.", "a trusted CA." */
const TITLE = /(?:^|[\s(])(?:ca|[Dd]r|Mr|Mrs|Ms|Prof|St)$/;
/** Nor after these before a number: "No." is an answer, too. */
const NUMBERED = /(?:^|[\s(])(?:fig|nr|no)$/i;
/** And after these none where a small letter follows. */
const MAY_END = /(?:^|[\s(])(?:etc|usw|[a-z](?:\.\s?[a-z])+)$/i;
/** The first of an abbreviation's letters, before another one: "z. B.". */
const INITIAL = /(?:^|[\s(])\p{Ll}$/u;
const NEXT_INITIAL = /^\s\p{L}(?:\.|$)/u;
/** German ordinals: "im 2. Schritt", "am 3. und 4. Mai". */
const ORDINAL =
  /(?:^|[\s(])(?:im|am|zum|vom|beim|der|die|das|den|dem|des)\s(?:\d{1,2}\.\s(?:(?:und|oder|bis)\s)?)*\d{1,2}$/i;
const LONGEST_ABBREVIATION = 24;
/** The bracket of a footnote's number behind a full stop, which Unicode's rules leave with the sentence before it. */
const FOOTNOTE = /[.!?…]\[$/;
/** Markdown's marks that end with the sentence before, of which Unicode knows nothing: "**They stay.** More is …" */
const CLOSING_MARKS = /^[*_]{1,3}(?=\s)/;

/**
 * The sentences of a text in order, without spaces around them. Code in it has to be masked: its full stops count.
 *
 * @param goesOn whether a sentence goes on after the full stop at `index`
 */
export function sentenceRanges(text: string, goesOn: typeof isAbbreviated = isAbbreviated): TextRange[] {
  const ranges: TextRange[] = [];
  let isOpen = false;
  let isBracketNext = false;
  for (const { segment, index } of SEGMENTER.segment(text)) {
    const from = isBracketNext ? index - 1 : index;
    const until = index + segment.length;
    isBracketNext = FOOTNOTE.test(segment);
    const whole = text.slice(from, isBracketNext ? until - 1 : until);
    const marks = ranges.at(-1)?.end === from ? CLOSING_MARKS.exec(whole)?.[0] : undefined;
    if (marks) ranges.at(-1)!.end += marks.length;
    const said = whole.slice(marks?.length).trim();
    if (said === '') continue;
    const start = from + whole.indexOf(said, marks?.length);
    const end = start + said.length;
    if (isOpen) ranges.at(-1)!.end = end;
    else ranges.push({ start, end });
    isOpen = said.endsWith('.') && goesOn(text, end - 1, end);
  }
  return ranges;
}

/**
 * Whether the full stop at `index` ends an abbreviation or an ordinal, not the sentence; in English and German.
 *
 * @param next where the text goes on after it and what closes with it
 */
export function isAbbreviated(text: string, index: number, next: number): boolean {
  const before = text.slice(Math.max(0, index - LONGEST_ABBREVIATION), index);
  const after = text.slice(next, next + LONGEST_ABBREVIATION);
  return (
    ABBREVIATION.test(before) ||
    TITLE.test(before) ||
    ORDINAL.test(before) ||
    (NUMBERED.test(before) && /^\s+\d/.test(after)) ||
    (MAY_END.test(before) && /^\s+\p{Ll}/u.test(after)) ||
    (INITIAL.test(before) && NEXT_INITIAL.test(after))
  );
}
