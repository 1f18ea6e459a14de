import { digestText } from '../text/digest.js';
import { postingOf, type Postings } from '../text/postings.js';
import { tokenize } from '../text/tokenize.js';
import { cutDocument, indexedText } from './cut.js';
import { decodeText } from './file-types.js';
import type { CutDocument, Passage } from './passage.js';

/** A passage with what is made of it alone: all but its vector. */
export interface IndexedPassage extends Passage {
  /** What is embedded: its place in the document, then its text. */
  readonly embedded: string;
  /** Of `embedded`. */
  readonly digest: string;
}

export type CutFile = Omit<CutDocument, 'passages'> & {
  readonly content: string;
  readonly passages: readonly IndexedPassage[];
  /** Its words and where they occur; those of title and headings count twice. */
  readonly words: ReadonlyMap<string, Postings>;
};

/** All that a sync computes from a file's bytes, or why they are no text. */
export function cutFile(filePath: string, bytes: Buffer): CutFile | { skipReason: string } {
  const decoded = decodeText(bytes);
  if ('skipReason' in decoded) return decoded;
  const cut = cutDocument({ filePath, content: decoded.text });
  const words = new Map<string, number[]>();
  const passages = cut.passages.map((passage, place) => {
    const { heading, text } = indexedText(cut.title, passage);
    for (const [word, count] of countWords(heading, passage.text)) {
      const postings = words.get(word);
      if (postings) postings.push(postingOf(place, count));
      else words.set(word, [postingOf(place, count)]);
    }
    return { ...passage, embedded: text, digest: digestText(text) };
  });
  return { ...cut, content: decoded.text, passages, words };
}

function countWords(heading: string, text: string): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (some: string[], weight: number): void => {
    for (const word of some) counts.set(word, (counts.get(word) ?? 0) + weight);
  };
  count(tokenize(heading), 2);
  count(tokenize(text), 1);
  return counts;
}
