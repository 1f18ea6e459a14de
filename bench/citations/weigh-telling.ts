import { type SaidWords, RARE, type TellingWords } from '../../src/platform/citations/telling-words.js';

export interface Told {
  words: SaidWords;
  isSupported: boolean;
  weight: number;
}

/** Words in fewer examples are taken together. */
const LEAST_EXAMPLES = 8;
/** So many examples of average support are added to those of each word, so that a few do not tell much. */
const SHRINKAGE = 10;

/** What words tell by how often claims are supported whose quote says them, and whose quote does not. */
export function weighTelling(examples: readonly Told[]): TellingWords {
  const whole = sumOf(examples);
  const average = whole.supported / whole.all;
  const weigh = (which: keyof SaidWords): Record<string, number> => {
    const found = examples.flatMap((example) => example.words[which].map((root) => ({ root, example })));
    const counts = Map.groupBy(found, ({ root }) => root);
    const byRoot = Map.groupBy(found, ({ root }) => (counts.get(root)!.length < LEAST_EXAMPLES ? RARE : root));
    return Object.fromEntries(
      [...byRoot]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([root, some]) => {
          const { supported, all } = sumOf(some.map(({ example }) => example));
          const share = (supported + SHRINKAGE * average) / (all + SHRINKAGE);
          return [root, Number((oddsOf(share) - oddsOf(average)).toFixed(2))];
        }),
    );
  };
  return { said: weigh('said'), unsaid: weigh('unsaid') };
}

function sumOf(examples: readonly Told[]): { supported: number; all: number } {
  const sum = (some: readonly Told[]) => some.reduce((total, { weight }) => total + weight, 0);
  return { supported: sum(examples.filter(({ isSupported }) => isSupported)), all: sum(examples) };
}

const oddsOf = (share: number): number => Math.log(share / (1 - share));
