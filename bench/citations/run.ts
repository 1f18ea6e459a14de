import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { verifyClaim, type ClaimCheck } from '../../src/platform/citations/verify-claim.js';
import { writeResults } from '../write-results.js';
import { HALVES, KINDS, mayBeTunedTo, readAllPairs, type Half, type Pair } from './pairs.js';

/**
 * How often a claim that is called supported is, and how many that are supported are called so, over hand-written pairs
 * of claims and passages. One half, by a hash of the id, is for tuning; the other one only for this report.
 *
 *   npm run bench:citations -- [--misses] [--write]
 */
const { values } = parseArgs({ options: { misses: { type: 'boolean' }, write: { type: 'boolean' } } });
const folder = join(import.meta.dirname, '../../../../bench/citations');
const results = readAllPairs(folder).map(check);
const report = [
  '# Citations: how well claims are checked',
  '',
  'By `npm run bench:citations -- --write`; the pairs and their sources are described in README.md.',
  '',
  '| Pairs | Number | Supported | Precision of SUPPORTED | Recall of SUPPORTED | ms a pair |',
  '| --- | --: | --: | --: | --: | --: |',
  ...HALVES.map((half) => summary(half, of(half))),
  summary(
    'all that are only reported',
    results.filter(({ pair }) => !mayBeTunedTo(pair)),
  ),
  '',
  'Called supported, of each kind (those of the first two kinds are, those of the others are not):',
  '',
  `| Pairs | ${KINDS.join(' | ')} |`,
  `| --- |${' --: |'.repeat(KINDS.length)}`,
  ...HALVES.map((half) => byKind(half)),
].join('\n');
console.log(report);
if (values.misses) printMisses();
if (values.write) await writeResults(join(folder, 'RESULTS.md'), `${report}\n`);

interface Result {
  pair: Pair;
  check: ClaimCheck;
  took: number;
}

function check(pair: Pair): Result {
  const start = performance.now();
  const result = verifyClaim(pair.claim, pair);
  return { pair, check: result, took: performance.now() - start };
}

function of(half: Half): Result[] {
  return results.filter(({ pair }) => pair.half === half);
}

function summary(name: string, all: readonly Result[]): string {
  const supported = all.filter(({ pair }) => pair.supported);
  const called = all.filter((each) => each.check.supported);
  const right = called.filter(({ pair }) => pair.supported);
  const took = all.map((each) => each.took).sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  const precision = (right.length / called.length).toFixed(3);
  const recall = (right.length / supported.length).toFixed(3);
  return `| ${name} | ${all.length} | ${supported.length} | ${precision} | ${recall} | ${took.toFixed(1)} |`;
}

function byKind(half: Half): string {
  const counts = KINDS.map((kind) => {
    const all = of(half).filter(({ pair }) => pair.kind === kind);
    return `${all.filter((each) => each.check.supported).length} of ${all.length}`;
  });
  return `| ${half} | ${counts.join(' | ')} |`;
}

/** Of the tuning halves only: whoever looks at the others tunes to them. */
function printMisses(): void {
  const misses = results.filter(({ pair, check }) => mayBeTunedTo(pair) && pair.supported !== check.supported);
  misses.sort((a, b) => Number(a.pair.supported) - Number(b.pair.supported) || b.check.score - a.check.score);
  for (const { pair, check } of misses) {
    const quote = check.quote ? pair.text.slice(check.quote.start, check.quote.end).replaceAll('\n', ' ') : '-';
    console.log(
      `\n${pair.supported ? 'MISSED' : 'WRONGLY SUPPORTED'} ${pair.id} (${pair.kind}) ${check.score.toFixed(2)} ` +
        `${check.reason ?? ''}\n  ${pair.claim}\n  "${quote}"`,
    );
  }
}
