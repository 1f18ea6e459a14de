import { truncate } from './truncate.js';
import { PAIRED } from './unspaced.js';

const MAX_WORD = 64;
// More parts than this is no identifier but an encoded blob, whose parts would only be noise.
const MAX_PARTS = 8;

const PAIRED_RUN = new RegExp(`([${PAIRED}]+)`, 'u');
// What keeps Markdown from taking the sign of an identifier for one of its own.
const ESCAPE = /\\(?=[._-])/g;
// Soft hyphens, joiners, variation selectors: seen by nobody, typed by nobody.
const INVISIBLE = /[\u00AD\u2060\uFEFF\p{Join_Control}\p{Variation_Selector}]/gu;
const ACCENTS = /[\u0300-\u036F]/g;
/** Letters that Unicode does not take apart, as those write them who lack them. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'Ae',
  œ: 'oe',
  Œ: 'Oe',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
};
const LETTERS = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu');
const RUN = '[\\p{L}\\p{N}][\\p{L}\\p{N}\\p{M}]*';
/** 1,000 is 1000, but 1,2 are two numbers. */
const GROUPED = '(?<![\\p{L}\\p{N},._-])\\d{1,3}(?:,\\d{3})+(?![\\p{L}\\p{N},_-])';
const WORD = new RegExp(`${GROUPED}|${RUN}(?:[._-]+${RUN})*`, 'gu');
const SEPARATOR = /[,._-]+/;
const VERSION = /^v(?=\d+\.\d)/i;
// fooBar, foo2Bar, HTTPServer, but not the plural of an acronym: APIs.
const CAMEL = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}(?!s(?!\p{Ll}))\p{Ll})/u;

/**
 * The words of a text for keyword search, in order and with repeats. They are in lower case, without accents (`ł` as
 * `l`, `ß` as `ss`), and have at most 64 characters. Identifiers (`maxFileSize`, `max_file_size`, `file-size`,
 * `fs.open`) come whole and in parts, versions without their v. Scripts without spaces, and Korean, come as pairs of
 * neighbouring characters. Words are not stemmed, and stop words are among them.
 */
export function tokenize(text: string): string[] {
  return tokenizeWhole(text).flat();
}

/** The same words, each identifier together with its parts: `[['max_size', 'max', 'size'], ['of']]`. */
export function tokenizeWhole(text: string): string[][] {
  const folded = text.normalize('NFKC').normalize('NFD').replace(ACCENTS, '').normalize('NFC');
  const plain = folded
    .replace(LETTERS, (letter) => PLAIN_LETTERS[letter]!)
    .replace(INVISIBLE, '')
    .replace(ESCAPE, '');
  // Split by a capture: every second piece is a run of such a script.
  return plain.split(PAIRED_RUN).flatMap((piece, index) => (index % 2 === 1 ? pairsOf(piece) : wordsOf(piece)));
}

function pairsOf(run: string): string[][] {
  const characters = Array.from(run);
  if (characters.length === 1) return [characters];
  return characters.slice(1).map((character, index) => [characters[index]! + character]);
}

function wordsOf(text: string): string[][] {
  return (text.match(WORD) ?? []).map((word) => {
    const runs = word.split(SEPARATOR);
    const parts = runs.flatMap(partsOf);
    // A longer chain (a path of names, a table's border) is nothing that anyone looks for as a whole.
    if (runs.length === 1 || word.length > MAX_WORD) return parts;
    const [first, ...others] = parts;
    // v1.2.0 is 1.2.0; it is found by v1, and by 1.
    return VERSION.test(word)
      ? [word.slice(1).toLowerCase(), first!, first!.slice(1), ...others]
      : [word.replaceAll(',', '').toLowerCase(), ...parts];
  });
}

function partsOf(run: string): string[] {
  const parts = run.split(CAMEL);
  const all = parts.length === 1 || parts.length > MAX_PARTS ? [run] : [run, ...parts];
  return all.map((each) => truncate(each.toLowerCase(), MAX_WORD));
}
