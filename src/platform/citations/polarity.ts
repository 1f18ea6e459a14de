import type { Word } from './words.js';

/** Negations and how many words that say something each of them reaches. */
const REACH = new Map<string, number>([
  ['not', 3],
  ['never', 3],
  ['no', 3],
  ['none', 3],
  ['nothing', 3],
  ['nobody', 3],
  ['neither', 4],
  ['nor', 3],
  ['cannot', 3],
  ['without', 2],
  ['instead', 2],
  ['hardly', 3],
  ['scarcely', 3],
  ['barely', 3],
  ['unable', 3],
  ['avoid', 2],
  ['avoids', 2],
  ['prevent', 3],
  ['prevents', 3],
  ['rarely', 3],
  ['seldom', 3],
  ['nicht', 3],
  ['kein', 3],
  ['keine', 3],
  ['nie', 3],
  ['ohne', 2],
  ['jamais', 3],
  ['aucun', 3],
  ['nunca', 3],
  ['sin', 2],
  ['pas', 3],
  ['niet', 3],
  ['inte', 3],
  ['ikke', 3],
  ['não', 3],
  ['не', 3],
]);

// With "that" behind them: "it is untrue that".
const DENIALS = new Set('untrue false wrong incorrect'.split(' '));
// Verbs that say little of what is denied.
const LIGHT = new Set('must may need needs able possible want allow allowed try going seem appear get'.split(' '));
const VALUE_SIGNS = new Set(['to', 'or', 'of', 'yes', 'default']);
// What is "not supported" is said before the negation.
const PREDICATES = new Set(
  'supported possible allowed permitted available acceptable necessary needed required guaranteed recommended an option'.split(
    ' ',
  ),
);
const CLAUSE_STARTS = new Set(
  'but because which whereas although though unless since so otherwise however when if where while until'.split(' '),
);

export interface Negation {
  at: number;
  /** `without` denies only what follows, which the other side may leave out. */
  isSide: boolean;
  /** Places of the words that it surely denies: the first that says something, for `no` all that are near. */
  denied: readonly number[];
  /** Places of the words it surely covers. */
  near: ReadonlySet<number>;
  /** Places of all words up to the end of its clause. */
  far: ReadonlySet<number>;
}

/** The negations of a sentence and what each of them covers. */
export function negationsOf(words: readonly Word[]): Negation[] {
  return words.flatMap(({ text, kind, pause, span }, at) => {
    const denies = DENIALS.has(text) && words[at + 1]?.text === 'that';
    const reach = denies ? REACH.get('not') : kind === 'word' || span === 0 ? REACH.get(text) : undefined;
    // "Set to no", "yes or no": a value.
    const isValue =
      (text === 'no' || text === 'none') &&
      ((pause === 0 && VALUE_SIGNS.has(words[at - 1]?.text ?? '')) || (words[at + 1]?.pause ?? 1) > 0);
    // "Instead, …" denies nothing itself.
    const isAdverb = text === 'instead' && (words[at + 1]?.pause ?? 1) > 0;
    if (reach === undefined || isValue || isAdverb) return [];
    const near = new Set<number>();
    const far = new Set<number>();
    let isNear = true;
    let isBehindPause = false;
    for (let index = at + 1; index < words.length; index += 1) {
      const word = words[index]!;
      if (word.pause === 2 || (far.size > 0 && CLAUSE_STARTS.has(word.text))) break;
      if (word.pause === 1 && near.size > 0) isBehindPause = true;
      if (word.weight === 0) continue;
      // Beyond a comma only a list goes on: "not 1.2.6, 1.3.0 or 1.1.0".
      if (isBehindPause && word.kind === 'word') break;
      if (isBehindPause || words[index - 1]?.text === 'and') isNear = false;
      if (isNear && near.size < reach) near.add(index);
      far.add(index);
    }
    if (PREDICATES.has(words[Math.min(...near)]?.text ?? ''))
      for (const index of subjectBefore(words, at)) far.add(index);
    return [{ at, isSide: text === 'without', denied: deniedBy(text, [...near], words), near, far }];
  });
}

/** The last words before a negation in its clause that say something. */
function subjectBefore(words: readonly Word[], at: number): number[] {
  const subject: number[] = [];
  for (let index = at - 1; index >= 0 && subject.length < 4; index -= 1) {
    if (words[index]!.weight > 0) subject.push(index);
    if (words[index]!.pause > 0) break;
  }
  return subject;
}

function deniedBy(negation: string, near: readonly number[], words: readonly Word[]): readonly number[] {
  // "No amount of it will change that": the noun and what is said of it.
  if (negation === 'no') return near;
  return near.slice(0, negation === 'without' || LIGHT.has(words[near[0] ?? -1]?.text ?? '') ? 2 : 1);
}
