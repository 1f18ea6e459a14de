const TAB_STOP = 8;

/** How wide a text is that begins a line, in columns. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += character === '\t' ? TAB_STOP - (width % TAB_STOP) : 1;
  return width;
}

/** How far a line is indented, in columns. */
export function indentOf(line: string): number {
  return widthOf(/^[ \t]*/.exec(line)![0]);
}

/** The line after what is indented by as much or more. */
export function endOfIndented(lines: readonly string[], start: number, indent: number): number {
  let end = start;
  for (let index = start; index < lines.length; index += 1) {
    if (lines[index]!.trim() === '') continue;
    if (indentOf(lines[index]!) < indent) break;
    end = index + 1;
  }
  return end;
}

/** Without what all of them are indented by. */
export function withoutIndent(lines: readonly string[]): string[] {
  const least = Math.min(...lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(least));
}
