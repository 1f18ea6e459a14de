import { digestText } from '../text/digest.js';
import { tokenize } from '../text/tokenize.js';
import { cutDocument, indexedText } from './cut.js';
import { decodeText } from './file-types.js';
import type { CutDocument, Passage } from './passage.js';

/**
 * Raised by each release whose rules make other passages, titles, headings, anchors or words of the same bytes. A sync
 * then reads and cuts the documents anew that have an older one.
 */
export const CUT_VERSION = 2;

/** A passage with what is made of it alone: all but its vector. */
export interface IndexedPassage extends Passage {
  /** What is embedded: its place in the document, then its text. */
  readonly embedded: string;
  /** Of `embedded`. */
  readonly digest: string;
  /**
   * Each once; `counts` has at the same place how often it counts, those of title and headings twice. Lists cross
   * threads in a third of the time of a map.
   */
  readonly words: readonly string[];
  readonly counts: readonly number[];
}

export type CutFile = Omit<CutDocument, 'passages'> & {
  readonly content: string;
  readonly passages: readonly IndexedPassage[];
};

/** All that a sync computes from a file's bytes, or why they are no text. */
export function cutFile(filePath: string, bytes: Buffer): CutFile | { skipReason: string } {
  const decoded = decodeText(bytes);
  if ('skipReason' in decoded) return decoded;
  const cut = cutDocument({ filePath, content: decoded.text });
  const passages = cut.passages.map((passage) => {
    const { heading, text } = indexedText(cut.title, passage);
    const counts = countWords(heading, passage.text);
    const digest = digestText(text);
    return { ...passage, embedded: text, digest, words: [...counts.keys()], counts: [...counts.values()] };
  });
  return { ...cut, content: decoded.text, passages };
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
