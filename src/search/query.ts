import { characters } from '../platform/graphql/input-rules.js';
import { tokenize, tokenizeWhole } from '../platform/text/tokenize.js';
import { truncate } from '../platform/text/truncate.js';
import { PAIRED } from '../platform/text/unspaced.js';

/** Of a query, in characters. */
export const MAX_QUERY_LENGTH = 10_000;
/** Each phrase is held against the text of every passage that has its words. */
const MAX_PHRASES = 20;
/** Of all phrases of a query together: a database takes seconds and more to read longer regular expressions. */
const MAX_PHRASE_WORDS = 100;
const MAX_PHRASE_LENGTH = 1_000;
/** With so many words outside of its quotes a query is a sentence, such as an error message: its quotes are none. */
const SENTENCE_WORDS = 5;

/** A query as people write it. */
export interface ParsedQuery {
  /** Its words, those in quotes first, each identifier together with its parts. */
  readonly words: readonly { readonly whole: string; readonly parts: readonly string[]; readonly quoted: boolean }[];
  /** What stands in quotes, in lower case and each once: it has to occur like that. */
  readonly phrases: readonly string[];
}

const QUOTED = /"([^"]*)"|“([^”]*)”/gu;
// Where words have no spaces between them, or particles, a phrase may begin and end anywhere.
const SPACED_CHARACTER = new RegExp(`(?![${PAIRED}])[\\p{L}\\p{N}]`, 'u');

// In PostgreSQL's regular expressions: what may stand between two words (white space, Markdown's marks and escapes, the
// address of a link), and the ends of words.
const GAP = '(?:[][\\s\\\\*_`>#|\\u00A0]|&nbsp;|\\]\\([^)]*\\))+';
const WORD_START = '(?<![[:alnum:]])';
const WORD_END = '(?![[:alnum:]])';
const VERSION = /^v?\d+\.\d/;
const APOSTROPHE = String.raw`(?:\\?['’]|&#39;|&apos;|&rsquo;)`;
/** What may stand for a sign; for others the sign, which Markdown may have put a backslash before. */
const WRITTEN: Readonly<Record<string, string>> = {
  '&': String.raw`\\?&(?:amp;)?`,
  '<': String.raw`(?:\\?<|&lt;)`,
  '>': String.raw`(?:\\?>|&gt;)`,
  "'": APOSTROPHE,
  '’': APOSTROPHE,
};

/** A quote without an end is no quote, and those of a sentence are none either. */
export function parseQuery(query: string): ParsedQuery {
  const read = (text: string, quoted: boolean) =>
    tokenizeWhole(text).map(([whole, ...parts]) => ({ whole: whole!, parts, quoted }));
  const others = read(query.replace(QUOTED, ' '), false);
  if (others.length >= SENTENCE_WORDS) return { words: read(query, false), phrases: [] };
  const quoted = Array.from(query.matchAll(QUOTED), ([, straight, curly]) => (straight ?? curly ?? '').trim());
  // As a parameter of a statement a text has no NUL and no half of a surrogate pair; no passage has them either.
  const phrases = quoted.map((phrase) => phrase.toLowerCase().replaceAll('\0', ' ').toWellFormed());
  return {
    words: [...quoted.flatMap((phrase) => read(phrase, true)), ...others],
    phrases: [...new Set(phrases)].filter((phrase) => phrase !== ''),
  };
}

/** What is wrong with a query without spaces around it, as a sentence; null if nothing is. */
export function queryFault(query: string): string | null {
  if (query === '') return 'query must not be blank.';
  if (characters(query) > MAX_QUERY_LENGTH)
    return `query must have at most ${MAX_QUERY_LENGTH.toLocaleString('en')} characters.`;
  const { phrases } = parseQuery(query);
  if (phrases.length > MAX_PHRASES) return `query must have at most ${MAX_PHRASES} different phrases in quotes.`;
  const isLong =
    phrases.flatMap(splitPhrase).length > MAX_PHRASE_WORDS || characters(phrases.join('')) > MAX_PHRASE_LENGTH;
  if (!isLong) return null;
  const most = `${MAX_PHRASE_WORDS} words and ${MAX_PHRASE_LENGTH.toLocaleString('en')} characters`;
  return `query must have at most ${most} in quotes: quote less of it, or leave the quotes out.`;
}

/** A question without its quotes, since no page need have them word for word. One of nothing but quotes stays. */
export function withoutQuotes(query: string): string {
  const words = query.replace(/["“”]/gu, ' ');
  return words.trim() === '' ? query : words;
}

/** A query with its mistyped words as what they were taken for, within identifiers too; null where it has none. */
export function correctQuery(query: string, corrections: ReadonlyMap<string, string>): string | null {
  const correct = (word: string): string | undefined => {
    const meant = corrections.get(tokenize(word)[0] ?? '');
    return meant && /^\p{Lu}/u.test(word) ? meant.charAt(0).toUpperCase() + meant.slice(1) : meant;
  };
  const corrected = query.replace(
    /[\p{L}\p{M}]+/gu,
    (word) => correct(word) ?? word.replace(/\p{Lu}?[\p{Ll}\p{M}]+/gu, (part) => correct(part) ?? part),
  );
  return corrected === query ? null : corrected;
}

/** What a question that somebody asks, whatever its length, is searched for with. */
export function toQuery(question: string): string {
  return truncate(withoutQuotes(question).trim(), MAX_QUERY_LENGTH);
}

/**
 * A phrase as PostgreSQL's regular expression, to be matched in any case. Line ends and Markdown's marks may stand
 * between its words, its signs may be escaped, and it begins and ends with whole words.
 */
export function phrasePattern(phrase: string): string {
  // v1.2.0 is 1.2.0.
  const isVersion = VERSION.test(phrase);
  const words = splitPhrase(isVersion ? phrase.replace(/^v/, '') : phrase);
  const start = SPACED_CHARACTER.test(words[0]?.at(0) ?? '') ? `${WORD_START}${isVersion ? 'v?' : ''}` : '';
  const end = SPACED_CHARACTER.test(words.at(-1)?.at(-1) ?? '') ? WORD_END : '';
  return `${start}${words.map(toPattern).join(GAP)}${end}`;
}

function splitPhrase(phrase: string): string[] {
  return phrase.split(/[\s*_`]+/u).filter((word) => word !== '');
}

function toPattern(word: string): string {
  return word.replace(/[!-/:-@[-`{-~’]/g, (sign) => WRITTEN[sign] ?? `\\\\?\\${sign}`);
}
