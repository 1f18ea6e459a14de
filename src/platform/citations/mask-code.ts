/**
 * A copy of a block's text, as long as the original, in which inline code is a run of letters. Where the block is open and
 * a backtick is not closed yet, nobody knows what follows it: the copy ends there.
 */
export function maskCode(text: string, closed: boolean): string {
  const runs = [...text.matchAll(/(?<!\\)`+/g)].map(({ 0: { length }, index }) => ({ index, length }));
  let masked = '';
  for (let at = 0; at < runs.length; at += 1) {
    const run = runs[at]!;
    const end = runs.findIndex((other, later) => later > at && other.length === run.length);
    if (end === -1 && closed) continue;
    masked += text.slice(masked.length, run.index);
    if (end === -1) return masked;
    masked += 'x'.repeat(runs[end]!.index + run.length - run.index);
    at = end;
  }
  return masked + text.slice(masked.length);
}
