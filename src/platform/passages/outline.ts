import type { LineRange } from './measured-lines.js';

/** Of a heading's anchor, in characters. */
export const MAX_ANCHOR = 512;

export interface Heading {
  /** The line it begins at, from 0. */
  readonly line: number;
  /** From 1, the outermost. */
  readonly depth: number;
  readonly text: string;
  /** Its id on the usual hosts, at most 512 characters; null when that is not sure, or its text has no letter. */
  readonly anchor: string | null;
  /** Its block may hold more than the heading. */
  readonly isHtml: boolean;
}

/** A document's structure, whatever it is written in. */
export interface Outline {
  /** The headings that divide the document: not those inside block quotes, lists and code. */
  readonly headings: readonly Heading[];
  /** All of the top level, in order: paragraphs, lists, tables, code, and headings, each a block of its own. */
  readonly blocks: readonly LineRange[];
}
