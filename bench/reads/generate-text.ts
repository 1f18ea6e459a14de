import { createRandom, inventWord } from '../sync/generate-files.js';

/** Text as people write documentation, as far as counting words can tell: Zipf's law, with English words in front. */
export interface Writer {
  random(): number;
  word(): string;
  /** Of at least so many words. */
  sentence(words: number): string;
  heading(): string;
}

const EVERYWHERE =
  'the of and to in a is that for it as with be on by this are or an at from not which can if when will has have do but all you there into only more other so than then';
const COMMON =
  'server file data value name user request function option type default error number list key state client version service object method result process table message index field token query cache';
const VOCABULARY = 30_000;

/** From the most common one on, always the same. */
const WORDS = inventVocabulary();

/** Words without meaning are left out, so that each of them counts in a search. */
export const COMMON_WORDS: readonly string[] = COMMON.split(' ');
/** Each of these occurs in about one of 5,000 passages. */
export const RARE_WORDS: readonly string[] = WORDS.slice(15_000, 15_500);

export function createWriter(seed: number): Writer {
  const random = createRandom(seed);
  const word = (): string => WORDS[Math.floor(WORDS.length ** random()) - 1]!;
  const writer: Writer = {
    random,
    word,
    sentence(words) {
      const text = Array.from({ length: words + Math.floor(random() * 8) }, word).join(' ');
      return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
    },
    heading: () => Array.from({ length: 3 }, () => WORDS[40 + Math.floor(random() * 4_000)]).join(' '),
  };
  return writer;
}

function inventVocabulary(): string[] {
  const random = createRandom(2);
  const words = new Set([...EVERYWHERE.split(' '), ...COMMON.split(' ')]);
  while (words.size < VOCABULARY) words.add(inventWord(random));
  return [...words];
}
