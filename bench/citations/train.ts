import { join } from 'node:path';

import { compareClaim, type Comparison, readClaim, readSource } from '../../src/platform/citations/compare-claim.js';
import { weighWords } from '../../src/platform/citations/telling-words.js';
import { hashText } from '../../src/platform/embedding/hash-text.js';
import { writeResults } from '../write-results.js';
import { type Example, growTrees } from './grow-trees.js';
import { mayBeTunedTo, readAllPairs, type Pair } from './pairs.js';
import { weighTelling } from './weigh-telling.js';

/**
 * Weighs words and grows the trees that decide whether a claim is supported, on the pairs that may be looked at, and on their
 * supported claims beside other passages of their documents. The same pairs give the same.
 *
 *   npm run bench:citations:train
 */
const folder = join(import.meta.dirname, '../../../../bench/citations');
const target = join(import.meta.dirname, '../../../../src/platform/citations');
/** Beside another passage of its document a claim is mostly unsupported: there are many of these, which say little. */
const ELSEWHERE = { passages: 2, weight: 0.15 };
/** Pairs of the first set are few beside the others, but of the kinds that the goals were set for. */
const OF_THE_FIRST_SET = 2;
const FOLDS = [0, 1, 2, 3, 4];

type Compared = Omit<Example, 'features'> & Pick<Comparison, 'features' | 'words'> & Pick<Pair, 'source'>;

const pairs = readAllPairs(folder).filter(mayBeTunedTo);
const compared = [...pairs.map((pair) => compare(pair, pair, 1)), ...pairs.flatMap(elsewhere)].filter(
  (each) => each !== null,
);
const examples = FOLDS.flatMap((fold): Example[] => {
  // What the words of a document tell has to come from the others: from its own, the trees would trust it too much.
  const telling = weighTelling(compared.filter((each) => foldOf(each) !== fold));
  const own = compared.filter((each) => foldOf(each) === fold);
  return own.map(({ features, words, ...about }) => ({
    ...about,
    features: { ...features, told: weighWords(words, telling) },
  }));
});
const features = Object.keys(examples[0]!.features);
const model = growTrees(examples, features);
await writeResults(join(target, 'claim-trees.json'), JSON.stringify(model, null, 2));
await writeResults(join(target, 'telling-words.json'), JSON.stringify(weighTelling(compared), null, 2));
console.log(`${examples.length} examples, ${features.length} features, ${model.trees.length} trees`);

function foldOf({ source }: Compared): number {
  return hashText(source) % FOLDS.length;
}

function compare(pair: Pair, passage: Pair, weight: number): Compared | null {
  const found = compareClaim(readClaim(pair.claim), readSource(passage));
  const isSupported = pair.supported && pair === passage;
  const counted = pair.half === 'tuning' ? OF_THE_FIRST_SET * weight : weight;
  return found && { features: found.features, words: found.words, source: pair.source, isSupported, weight: counted };
}

/** A supported claim beside passages of its document that do not overlap with its own. */
function elsewhere(pair: Pair): (Compared | null)[] {
  if (!pair.supported) return [];
  const apart = pairs.filter(
    ({ source, startLine, endLine }) =>
      source === pair.source && (endLine < pair.startLine || startLine > pair.endLine),
  );
  const passages = new Map(apart.map((each) => [`${each.startLine}-${each.endLine}`, each]));
  return [...passages.values()]
    .sort((a, b) => hashText(pair.id + a.id) - hashText(pair.id + b.id))
    .slice(0, ELSEWHERE.passages)
    .map((passage) => compare(pair, passage, ELSEWHERE.weight));
}
