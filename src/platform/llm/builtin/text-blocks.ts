export interface CodeBlock {
  language: string;
  text: string;
}

/** What holds sentences, with its inline markup, or what stands between such blocks. */
export type TextBlock =
  | { kind: 'heading'; depth: number; text: string }
  /** `isNested`: within a list's item, which goes on after it. */
  | { kind: 'paragraph'; text: string; isNested: boolean }
  /** The beginning of a list's item. `mark`: `2.`; empty where the list has no numbers. */
  | { kind: 'item'; text: string; mark: string }
  /** One of a table, but for its head: what the columns are says nothing of the rows. */
  | { kind: 'row'; text: string }
  /** As it is written, without what it is indented by. */
  | ({ kind: 'code' } & CodeBlock);

/** The cells of a table's row that are not empty. */
export function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
    .filter(Boolean);
}
