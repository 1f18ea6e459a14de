import { digestText } from '../../src/platform/text/digest.js';
import type { Changes } from './git-host.js';

const TOPICS = 40;
const WORDS = 15;
const WORDS_OF_A_SECTION = 6;

/** A word that looks like no other. */
export const wordOf = (topic: number, place: number): string =>
  digestText(`${topic} ${place}`)
    .slice(0, 8)
    .replaceAll(/\d/g, (digit) => String.fromCharCode('k'.charCodeAt(0) + Number(digit)));

/** A passage: it says some of the words of its topic often enough not to be joined with the next. */
function sectionOf(number: number): string {
  const some = Array.from({ length: WORDS_OF_A_SECTION }, (_, index) =>
    wordOf(number % TOPICS, (Math.floor(number / TOPICS) * 4 + index * 2) % WORDS),
  );
  return `## Section ${number}\n\n${Array.from({ length: 5 }, () => `${some.join(' ')}.`).join('\n')}\n`;
}

/** So many files of so many passages each; the first passage is of the number `from`. */
export function topicPages(files: number, passages: number, from = 0): Changes {
  const page = (index: number): string => {
    const first = from + index * passages;
    return `# Page\n\n${Array.from({ length: passages }, (_, place) => sectionOf(first + place)).join('\n')}`;
  };
  return Object.fromEntries(Array.from({ length: files }, (_, index) => [`page-${from + index}.md`, page(index)]));
}

/** A passage with one word of a topic only. */
export const pageOfOneWord = (word: string): string => `# ${word}\n\nOf ${word} there is more to say.\n`;
