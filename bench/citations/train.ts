import { join } from 'node:path';

import { compareClaim, readClaim, readSource } from '../../src/platform/citations/compare-claim.js';
import { hashText } from '../../src/platform/embedding/hash-text.js';
import { writeResults } from '../write-results.js';
import { type Example, growTrees } from './grow-trees.js';
import { readAllPairs, type Pair } from './pairs.js';

/**
 * Grows the trees that decide whether a claim is supported, on the pairs that may be looked at, and on their supported claims
 * beside other passages of their documents. The same pairs give the same trees.
 *
 *   npm run bench:citations:train
 */
const folder = join(import.meta.dirname, '../../../../bench/citations');
const target = join(import.meta.dirname, '../../../../src/platform/citations/claim-trees.json');
/** Beside another passage of its document a claim is mostly unsupported: there are many of these, which say little. */
const ELSEWHERE = { passages: 2, weight: 0.15 };

const pairs = readAllPairs(folder).filter(({ half }) => half.endsWith('tuning'));
const examples = [...pairs.map((pair) => exampleOf(pair, pair, 1)), ...pairs.flatMap(elsewhere)].filter(
  (example) => example !== null,
);
const features = Object.keys(examples[0]!.features);
const model = growTrees(examples, features);
await writeResults(target, JSON.stringify(model, null, 2));
console.log(`${examples.length} examples, ${features.length} features, ${model.trees.length} trees`);

function exampleOf(pair: Pair, passage: Pair, weight: number): Example | null {
  const compared = compareClaim(readClaim(pair.claim), readSource(passage));
  return compared && { features: compared.features, isSupported: pair.supported && pair === passage, weight };
}

/** A supported claim beside passages of its document that do not overlap with its own. */
function elsewhere(pair: Pair): (Example | null)[] {
  if (!pair.supported) return [];
  const apart = pairs.filter(
    ({ source, startLine, endLine }) =>
      source === pair.source && (endLine < pair.startLine || startLine > pair.endLine),
  );
  const passages = new Map(apart.map((each) => [`${each.startLine}-${each.endLine}`, each]));
  return [...passages.values()]
    .sort((a, b) => hashText(pair.id + a.id) - hashText(pair.id + b.id))
    .slice(0, ELSEWHERE.passages)
    .map((passage) => exampleOf(pair, passage, ELSEWHERE.weight));
}
