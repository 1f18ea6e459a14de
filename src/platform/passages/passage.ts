/** The most that one passage's text holds, as countTokens counts. */
const MAX_PASSAGE_TOKENS = 512;

/** What passages are filled to: counts of parts, as countTokens makes them of long runs too, can be a few too low. */
export const FILL_TOKENS = MAX_PASSAGE_TOKENS - 8;

/** What a passage stands under, as it is indexed and checked: "title > heading path". */
export function headingOf(title: string, headerPath: readonly string[]): string {
  // A document's first heading is mostly its title too; once is enough.
  return (headerPath[0] === title ? headerPath : [title, ...headerPath]).join(' > ');
}

/** A part of a document that is found and cited as one. */
export interface Passage {
  /** The file's lines startLine..endLine joined by \n; only where a single line is too long, a part of that line. */
  readonly text: string;
  /** From 1, as editors and git hosts count. */
  readonly startLine: number;
  /** From 1, inclusive. */
  readonly endLine: number;
  /** The slug of the nearest heading at or above startLine, at most 512 characters; null before the first one. */
  readonly headerAnchor: string | null;
  /** The headings that the passage stands under, outermost first. */
  readonly headerPath: readonly string[];
}

export interface CutDocument {
  /** 1..255 characters. */
  readonly title: string;
  /** The front matter, as plain JSON that PostgreSQL can store; null when there is none. */
  readonly metadata: Record<string, unknown> | null;
  /** Why there is front matter that is neither metadata nor in a passage, for people; null: it has no fault. */
  readonly frontMatterFault: string | null;
  readonly passages: readonly Passage[];
}
