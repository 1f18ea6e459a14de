import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { compareClaim as compareParts } from '../../src/platform/citations/compare-claim.js';
import { quotableUnits } from '../../src/platform/citations/quotable-units.js';
import { readWords } from '../../src/platform/citations/words.js';
import { hashText } from '../../src/platform/embedding/hash-text.js';
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
const { trees, ...rest } = growTrees(examples, features);
const lines = trees.map((tree) => `    ${JSON.stringify(tree)}`).join(',\n');
writeFileSync(target, `${JSON.stringify(rest, null, 2).slice(0, -2)},\n  "trees": [\n${lines}\n  ]\n}\n`);
console.log(`${examples.length} examples, ${features.length} features, ${trees.length} trees`);

function exampleOf(pair: Pair, passage: Pair, weight: number): Example | null {
  const compared = compareClaim(pair.claim, passage);
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

function compareClaim(text: string, passage: Readonly<Record<'text' | 'heading', string>>) {
  return compareParts({ text, words: readWords(text) }, { ...passage, units: quotableUnits(passage.text) });
}
