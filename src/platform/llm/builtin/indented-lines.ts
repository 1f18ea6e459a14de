/** How far a line is indented, in columns. */
export function indentOf(line: string): number {
  const spaces = /^[ \t]*/.exec(line)![0];
  return spaces.replaceAll('\t', '        ').length;
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
