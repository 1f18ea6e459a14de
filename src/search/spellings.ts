import type { ParsedQuery } from './query.js';

/** British endings beside American ones, of words in lower case, each with what stands before and behind it. */
const ENDINGS = (
  [
    ['(?<=[a-z]{3})', 'is', 'iz', '(?=(?:e[drs]?|ers|ing|able|ations?)$)'],
    ['(?<=[a-z]{2}l)', 'ys', 'yz', '(?=(?:e[drs]?|ers|ing)$)'],
    ['(?<=^(?:arm|behavi|col|end?eav|fav|flav|harb|hon|lab|neighb|rum))', 'our', 'or', ''],
    ['(?<=^(?:cent|fib|lit|met|theat))', 're', 'er', '(?=s?$)'],
    ['(?<=^(?:anal|catal|dial|monol))', 'ogue', 'og', ''],
    ['(?<=^(?:defen|licen|offen|preten))', 'c', 's', '(?=es?$)'],
    ['(?<=^gr)', 'e', 'a', '(?=y)'],
  ] as const
).map(([before, british, american, behind]) => [
  { ending: new RegExp(before + british + behind), other: american },
  { ending: new RegExp(before + american + behind), other: british },
]);

/** By each unquoted word of a query, how else it may be written: `serialise`, `serialize`; `plug-in`, `plugin`. */
export function otherSpellings({ words }: ParsedQuery): ReadonlyMap<string, readonly string[]> {
  const spellings = new Map<string, string[]>();
  const add = (word: string, ...others: string[]): void => {
    spellings.set(word, [...(spellings.get(word) ?? []), ...others]);
  };
  for (const { whole, parts, quoted } of words) {
    if (quoted) continue;
    for (const word of [whole, ...parts]) {
      for (const ways of ENDINGS) {
        const way = ways.find(({ ending }) => ending.test(word));
        if (way) add(word, word.replace(way.ending, way.other));
      }
    }
    if (/^\p{L}+(?:-\p{L}+)+$/u.test(whole)) add(whole, whole.replaceAll('-', ''));
  }
  return spellings;
}
