import { tokenizeWhole } from '../platform/text/tokenize.js';

/** A query as people write it. */
export interface ParsedQuery {
  /** Its words in order, each identifier together with its parts, and whether it stands in quotes. */
  readonly words: readonly { readonly whole: string; readonly parts: readonly string[]; readonly quoted: boolean }[];
  /** What stands in quotes: it has to occur like that. */
  readonly phrases: readonly string[];
}

const QUOTED = /"([^"]*)"|“([^”]*)”/gu;
// Scripts that put no spaces between words: there a phrase may begin and end anywhere.
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** A quote without an end is no quote. */
export function parseQuery(query: string): ParsedQuery {
  const phrases = Array.from(query.matchAll(QUOTED), ([, straight, curly]) => (straight ?? curly ?? '').trim());
  const read = (text: string, quoted: boolean) =>
    tokenizeWhole(text).map(([whole, ...parts]) => ({ whole: whole!, parts, quoted }));
  return {
    words: [...phrases.flatMap((phrase) => read(phrase, true)), ...read(query.replace(QUOTED, ' '), false)],
    phrases: phrases.filter((phrase) => phrase !== ''),
  };
}

/** Without its quotes: a question is asked in words, and what it quotes need not stand anywhere like that. What is nothing but quotes stays. */
export function withoutQuotes(query: string): string {
  const words = query.replace(/["“”]/gu, ' ');
  return words.trim() === '' ? query : words;
}

/** A phrase as PostgreSQL's regular expression: in any case, over line ends and Markdown's marks between its words, and whole words at its ends. */
export function phrasePattern(phrase: string): string {
  const words = phrase.split(/[\s*_`]+/u).filter((word) => word !== '');
  const start = isWordCharacter(words[0]?.at(0)) ? '\\m' : '';
  const end = isWordCharacter(words.at(-1)?.at(-1)) ? '\\M' : '';
  return `${start}${words.map(escapePattern).join('[\\s*_`>#|]+')}${end}`;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character) && !UNSPACED.test(character);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`);
}
