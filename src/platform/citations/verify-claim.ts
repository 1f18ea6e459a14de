export interface ClaimCheck {
  supported: boolean;
  /** UTF-16 offsets in the source's text. */
  quote: { start: number; end: number } | null;
  score: number;
  reason: string | null;
}

/** Whether a source carries a claim: a stand-in that counts words. */
export function verifyClaim(claim: string, source: { text: string; heading: string }): ClaimCheck {
  const wanted = wordsOf(claim);
  const lines = [...source.text.matchAll(/[^\n]*[^\s][^\n]*/g)];
  const scored = lines.map(({ 0: line, index }) => {
    const there = new Set(wordsOf(`${source.heading} ${line}`));
    const missing = wanted.filter((word) => !there.has(word));
    const score = missing.some((word) => /\d/.test(word)) ? 0 : 1 - missing.length / Math.max(1, wanted.length);
    return { score, start: index, end: index + line.length };
  });
  const best = scored.sort((a, b) => b.score - a.score)[0];
  if (!best || best.score < 0.7)
    return { supported: false, quote: null, score: best?.score ?? 0, reason: 'The words are not there.' };
  return { supported: true, quote: { start: best.start, end: best.end }, score: best.score, reason: null };
}

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
