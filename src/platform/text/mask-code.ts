/** What may open code that closes within its paragraph, and what is escaped and opens none. */
const OPENER = /\\[^]|`+|<(code|pre)\b[^<>]*>/gi;
const CLOSER = /`+|<\/(?:code|pre)>/gi;

/**
 * A copy of a block's text, as long as the original, in which inline code is a run of letters. Where the block is open
 * and code is not closed yet, nobody knows what follows it: the copy ends there.
 */
export function maskCode(text: string, closed: boolean): string {
  // Last first, so that those that were passed are taken off in no time.
  const closers = Map.groupBy([...text.matchAll(CLOSER)].reverse(), ([closer]) => closer.toLowerCase());
  let masked = '';
  for (const { 0: opener, 1: tag, index } of text.matchAll(OPENER)) {
    if (index < masked.length || opener.startsWith('\\')) continue;
    const ends = closers.get(tag ? `</${tag.toLowerCase()}>` : opener) ?? [];
    while (ends.length > 0 && ends.at(-1)!.index < index + opener.length) ends.pop();
    const end = ends.at(-1);
    if (!end && closed) continue;
    masked += text.slice(masked.length, index);
    // Backticks at the end of what is there may become more.
    if (!end || (!closed && !tag && end.index + opener.length === text.length)) return masked;
    masked += 'x'.repeat(end.index + end[0].length - index);
  }
  return masked + text.slice(masked.length);
}

/** The same of a whole block, for taking it apart into sentences: code after a full stop may begin one. */
export const maskCodeOfSentences = (text: string): string =>
  maskCode(text, true).replace(/(?<=[.!?]\s+)x/g, (letter, at: number) => (text[at] === letter ? letter : 'X'));
