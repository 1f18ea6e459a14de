import { type Matcher, SAID } from './match-words.js';
import type { Word } from './words.js';

interface WordOrder {
  /** Share of all pairs of words that stand in the same order on both sides, 0..1; 1 where there is none. */
  order: number;
  /** The most words that say something between two in the piece that are neighbours in the claim. */
  gap: number;
}

/** How the order of the claim's words differs from that of the same words in a piece; of those that it has once. */
export function wordOrderOf(claim: readonly Word[], source: readonly Word[], match: Matcher): WordOrder {
  const places = claim.flatMap((word) => {
    if (word.weight === 0) return [];
    const found = source.flatMap((other, place) => (match(word, other) >= SAID ? [place] : []));
    return found.length === 1 ? found : [];
  });
  let [same, turned, gap] = [0, 0, 0];
  for (const [index, place] of places.entries()) {
    for (const later of places.slice(index + 1)) {
      if (later > place) same += 1;
      if (later < place) turned += 1;
    }
    const between = source.slice(place + 1, places[index + 1] ?? 0);
    gap = Math.max(gap, between.filter(({ weight }) => weight > 0).length);
  }
  return { order: same + turned === 0 ? 1 : same / (same + turned), gap };
}
