import { digestText } from '../text/digest.js';
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
  /** Its words and how often they count; those of its title and headings count twice. */
  readonly words: ReadonlyMap<string, number>;
}

export type CutFile = Omit<CutDocument, 'passages'> & {
  readonly content: string;
  readonly passages: readonly IndexedPassage[];
};

/** All that a sync computes from a file's bytes, or why they are no text. */
export function cutFile(filePath: string, bytes: Buffer): CutFile | { skipReason: string } {
  const decoded = decodeText(bytes);
  if ('skipReason' in decoded) return decoded;
  const { title, metadata, passages } = cutDocument({ filePath, content: decoded.text });
  return { content: decoded.text, title, metadata, passages: passages.map((passage) => indexPassage(title, passage)) };
}

function indexPassage(title: string, passage: Passage): IndexedPassage {
  const { heading, text } = indexedText(title, passage);
  const words = new Map<string, number>();
  const count = (some: string[], weight: number): void => {
    for (const word of some) words.set(word, (words.get(word) ?? 0) + weight);
  };
  count(tokenize(heading), 2);
  count(tokenize(passage.text), 1);
  return { ...passage, embedded: text, digest: digestText(text), words };
}
