import type { ParsedQuery } from './query.js';

/** British endings beside American ones, of words in lower case: each is the other's spelling. */
const ENDINGS: readonly (readonly [british: RegExp, american: RegExp, toAmerican: string, toBritish: string])[] = [
  [
    /(?<=[a-z]{3})is(?=(?:e[drs]?|ers|ing|able|ations?)$)/,
    /(?<=[a-z]{3})iz(?=(?:e[drs]?|ers|ing|able|ations?)$)/,
    'iz',
    'is',
  ],
  [/(?<=[a-z]{2}l)ys(?=(?:e[drs]?|ers|ing)$)/, /(?<=[a-z]{2}l)yz(?=(?:e[drs]?|ers|ing)$)/, 'yz', 'ys'],
  [
    /(?<=^(?:arm|behavi|col|end?eav|fav|flav|harb|hon|lab|neighb|rum))our/,
    /(?<=^(?:arm|behavi|col|end?eav|fav|flav|harb|hon|lab|neighb|rum))or/,
    'or',
    'our',
  ],
  [/(?<=^(?:cent|fib|lit|met|theat))re(?=s?$)/, /(?<=^(?:cent|fib|lit|met|theat))er(?=s?$)/, 'er', 're'],
  [/(?<=^(?:anal|catal|dial|monol))ogue/, /(?<=^(?:anal|catal|dial|monol))og(?!ue)/, 'og', 'ogue'],
  [/(?<=^(?:defen|licen|offen|preten))c(?=es?$)/, /(?<=^(?:defen|licen|offen|preten))s(?=es?$)/, 's', 'c'],
  [/(?<=^gr)e(?=y)/, /(?<=^gr)a(?=y)/, 'a', 'e'],
];

/** How else the words of a query that are not in quotes may be written, by the word that it stands for: `serialise` and `serialize`, `plug-in`, `plug in` and `plugin`. */
export function otherSpellings({ words }: ParsedQuery): ReadonlyMap<string, readonly string[]> {
  const spellings = new Map<string, string[]>();
  const add = (word: string, ...others: string[]): void => {
    spellings.set(word, [...(spellings.get(word) ?? []), ...others]);
  };
  for (const { whole, parts, quoted } of words) {
    if (quoted) continue;
    for (const word of [whole, ...parts]) {
      for (const [british, american, toAmerican, toBritish] of ENDINGS) {
        if (british.test(word)) add(word, word.replace(british, toAmerican));
        else if (american.test(word)) add(word, word.replace(american, toBritish));
      }
    }
    if (/^\p{L}+(?:-\p{L}+)+$/u.test(whole)) add(whole, whole.replaceAll('-', ''));
  }
  return spellings;
}
