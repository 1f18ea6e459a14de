import { ENGLISH_STOP_WORDS, RELATION_WORDS } from '../text/stop-words.js';
import { UNSPACED } from '../text/unspaced.js';
import { wordRoot } from '../text/word-root.js';
import { isUsual } from './usual-words.js';
import { withPhrases } from './phrases.js';
import { plainMarkdown } from './plain-markdown.js';
import { readQuantity, withUnit, type Quantity } from './quantities.js';

type Bare = Omit<Word, 'pause' | 'span'>;

export interface Word {
  kind: 'word' | 'name' | 'number' | 'sign';
  /** In lower case. */
  text: string;
  root: string;
  /** Roots of the parts of an identifier: `setErrorHandler` has `set`, `error` and `handl`. */
  parts: readonly string[];
  quantity: Quantity | null;
  /** Says nothing by itself: `the`, `of`. */
  stop: boolean;
  /** A capitalised word within a sentence. */
  proper: boolean;
  /** What the word weighs where it is said once; 0 for stop words. */
  weight: number;
  /** Number of the piece of inline code it is from, from 1; 0: none. */
  span: number;
  /** What stands between it and the word before: nothing, a comma, or the end of a clause. */
  pause: 0 | 1 | 2;
}

// Compared by how much they tell apart, not fitted: a name or a number is what a claim stands and falls with.
const WEIGHTS = { name: 1.5, number: 1.5, sign: 1, rare: 1, common: 0.5 };

const UNSPACED_CHARACTER = new RegExp(`[${UNSPACED}]`, 'u');
const CHUNK =
  /`([^`]*)`|https?:\/\/[^\s)>\]]+|(?:[^\s,;()[\]{}"`|]|(?<=\d),(?=\d{3}(?!\d))|(?<=\w)\(\))+|[,;()[\]{}|]/gu;
const CODE_CHUNK =
  /[<>=^~]*\d[\w.+*-]*(?:,\d{3}(?!\d))*|--?[A-Za-z][\w-]*|[@~./]*[\p{L}_$][\p{L}\p{N}_$]*(?:(?:::|[./@-])[\p{L}\p{N}_$]+)*/gu;
const CAMEL = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|[^\p{L}\p{N}]+/u;
const CODE_LIKE =
  /^@[\w.-]+\/\w|[_$]|\p{Ll}\p{Lu}|^\p{Lu}[\p{Lu}\p{N}]+s?$|::|\w\(\)$|^--?\p{L}|^[@~./]*\/\p{L}|\p{L}\.\p{L}|\p{L}\d|\d\p{L}/u;
const RANGE = /^(\d+(?:\.\d+)?)-{1,3}(\d+(?:\.\d+)?)$/;
const ABBREVIATION = /^(?:e\.g|i\.e|etc|vs|cf|a\.k\.a|approx)\.?$/i;
const SLASHED_WORDS = /^\p{L}{2,}(?:\/\p{L}{2,})+$/u;
// Written large, but as plain as "memory" and "identifier".
const NO_NAME = new Set(
  'api ok id ids url urls cli faq it ui os note no or and not ram vm vms cpu cpus usb pc pcs tv tvs db dbs'.split(' '),
);

/** Elsewhere the word is mostly no number: "the one that". */
const ONE: Quantity = { text: '1', sign: '', amount: null };

/** The words of a piece of Markdown, or of a line of code, in order. */
export function readWords(markdown: string, isCode = false): Word[] {
  const words: Word[] = [];
  let pause: 0 | 1 | 2 = 2;
  let spans = 0;
  const push = (word: Bare, span = 0) => {
    words.push({ ...word, pause, span });
    pause = 0;
  };
  if (isCode) {
    for (const word of readCode(markdown.normalize('NFKC'))) push(word);
    return words;
  }
  for (const match of withPhrases(plainMarkdown(markdown)).matchAll(CHUNK)) {
    const [chunk, code] = match;
    if (code !== undefined) {
      spans += 1;
      for (const word of readCode(code)) push(word, spans);
    } else if (/^[,()[\]{}]$/.test(chunk)) {
      pause = Math.max(pause, 1) as 1 | 2;
    } else if (/^[;|]$/.test(chunk)) {
      pause = 2;
    } else {
      const atStart = pause === 2;
      for (const word of readChunk(chunk, atStart)) push(word);
      if (/[.!?:]["']?$/.test(chunk) && !ABBREVIATION.test(chunk)) pause = 2;
    }
  }
  return joinUnits(words);
}

function readChunk(chunk: string, atStart: boolean): Bare[] {
  const trimmed = chunk.replace(/^['*+=:<]+/, '').replace(/[.:!?'*+=/>-]+$/, '');
  const bare = ABBREVIATION.test(trimmed) ? '' : trimmed;
  if (bare === '') return [];
  if (UNSPACED_CHARACTER.test(bare)) return pairsOf(bare).map((pair) => plainWord(pair, false));
  const range = RANGE.exec(bare);
  if (range) return [range[1]!, range[2]!].map((each) => numberWord(each, readQuantity(each)!));
  const quantity = readQuantity(bare);
  if (quantity) return [numberWord(bare, quantity)];
  if (SLASHED_WORDS.test(bare)) return bare.split('/').flatMap((each) => readChunk(each, true));
  const name = bare.replace(/'s?$/, '');
  if (CODE_LIKE.test(name) && !NO_NAME.has(name.toLowerCase()))
    return name.includes('=') ? readCode(name) : [nameWord(name)];
  const isProper = !atStart && (/^\p{Lu}\p{Ll}/u.test(bare) || /^[B-HJ-Z]$/.test(bare));
  return bare
    .toLowerCase()
    .replace(/^can'?not$|^can't$/, 'can not')
    .replace(/^won't$/, 'will not')
    .replace(/n't$/, ' not')
    .replace(/'(?:s|re|ll|ve|d|m)?$/, '')
    .replace(/^non-/, 'not ')
    .split(/[\s/'.:+&=-]+/)
    .filter((each) => /[\p{L}\p{N}]/u.test(each))
    .map((each) => {
      const number = readQuantity(each);
      return number ? numberWord(each, number) : plainWord(each, isProper);
    });
}

function readCode(code: string): Bare[] {
  const atoms = code.match(CODE_CHUNK) ?? [];
  if (atoms.length === 0) {
    const text = code.replace(/\s+/g, '');
    return text === '' ? [] : [{ ...plainWord(text, false), kind: 'sign', stop: false, weight: WEIGHTS.sign }];
  }
  return atoms.flatMap((atom) => {
    const quantity = readQuantity(atom);
    if (quantity) return [numberWord(atom, quantity)];
    // Written without backticks these are words of their own: `wal-index`.
    return /^\p{L}+(?:-\p{L}+)+$/u.test(atom) ? atom.split('-').map(nameWord) : [nameWord(atom)];
  });
}

function plainWord(text: string, proper: boolean): Bare {
  const root = wordRoot(text);
  const stop = (ENGLISH_STOP_WORDS.has(text) && !RELATION_WORDS.has(text)) || (/^[a-z]$/.test(text) && !proper);
  const weight = stop ? 0 : isUsual(root) || RELATION_WORDS.has(text) ? WEIGHTS.common : WEIGHTS.rare;
  return {
    kind: 'word',
    text,
    root,
    parts: [],
    quantity: null,
    stop,
    proper: proper && !isUsual(root) && !stop,
    weight,
  };
}

function nameWord(text: string): Bare {
  const bare = text
    .replace(/\(\)$/, '')
    .replace(/^[./]+(?=\w)/, '')
    .replace(/(?<=\p{Lu}{2})s$/u, '');
  const lower = bare.toLowerCase();
  const parts = bare
    .split(CAMEL)
    .filter(Boolean)
    .map((part) => wordRoot(part.toLowerCase()));
  return {
    kind: 'name',
    text: lower,
    root: wordRoot(lower),
    parts: parts.length > 1 ? parts : [],
    quantity: null,
    stop: false,
    proper: false,
    weight: WEIGHTS.name,
  };
}

function numberWord(text: string, quantity: Quantity): Bare {
  return {
    kind: 'number',
    text: text.toLowerCase(),
    root: quantity.text,
    parts: [],
    quantity,
    stop: false,
    proper: false,
    weight: WEIGHTS.number,
  };
}

/** `300 seconds` is one quantity, and so is `one minute`; the unit stays as a word that weighs nothing. */
function joinUnits(words: Word[]): Word[] {
  const counted = words.map((word, index) => {
    const isCount = word.text === 'one' && withUnit(ONE, words[index + 1]?.text ?? '').amount !== null;
    return isCount ? { ...word, ...numberWord('1', ONE) } : word;
  });
  return counted.map((word, index) => {
    const next = counted[index + 1];
    if (word.quantity && next && !next.quantity && next.span === word.span && next.pause === 0) {
      return { ...word, quantity: withUnit(word.quantity, next.text) };
    }
    const before = counted[index - 1];
    const isUnit = before?.quantity && !word.quantity && withUnit(before.quantity, word.text).amount !== null;
    return isUnit ? { ...word, kind: 'word', stop: true, weight: 0 } : word;
  });
}

function pairsOf(run: string): string[] {
  const characters = Array.from(run).filter((each) => /[\p{L}\p{N}]/u.test(each));
  return characters.length < 2 ? characters : characters.slice(1).map((each, index) => characters[index]! + each);
}
