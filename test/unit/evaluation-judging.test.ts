import 'reflect-metadata';

import { describe, expect, it } from '@jest/globals';

import { EvaluationGranularity } from '../../src/evaluation/evaluation-run.settings.js';
import { findLines, findQuote, quoteOf } from '../../src/evaluation/find-lines.js';
import { type FoundPassage, judgeHits, type LocatedExpectation } from '../../src/evaluation/judge-hits.js';
import { pairedPValue } from '../../src/evaluation/permutation-test.js';

const { DOCUMENT, PASSAGE } = EvaluationGranularity;

const hit = (documentId: string, startLine: number, endLine: number): FoundPassage => ({
  documentId,
  filePath: `${documentId}.md`,
  startLine,
  endLine,
  score: 0.5,
});

function expects(documentId: string, lines: [number, number] | null = null, grade = 1): LocatedExpectation {
  const [startLine, endLine] = lines ?? [null, null];
  const filePath = `${documentId}.md`;
  const quote = lines && 'words';
  return {
    expectation: { documentId, projectDocId: 'p', filePath, quote, startLine, endLine, grade },
    place: { documentId, filePath, startLine, endLine },
  };
}

const gone = (documentId: string): LocatedExpectation => ({ ...expects(documentId), place: null });

describe('judgeHits by document', () => {
  const hits = [hit('a', 1, 5), hit('a', 6, 9), hit('b', 1, 5), hit('c', 1, 5)];

  it('counts a document at its first hit, whichever passage that is', () => {
    const { expected, metrics, topHits } = judgeHits(hits, [expects('b', [40, 50], 2)], DOCUMENT);
    expect(expected).toMatchObject([{ rank: 2, isMissing: false, startLine: 40 }]);
    expect(metrics!.reciprocalRank).toBe(0.5);
    expect(topHits.map(({ filePath, rank, grade }) => [filePath, rank, grade])).toEqual([
      ['a.md', 1, 0],
      ['b.md', 2, 2],
      ['c.md', 3, 0],
    ]);
  });

  it('takes two passages of one document for one document of the better grade', () => {
    const { metrics } = judgeHits(hits, [expects('a', [1, 2], 1), expects('a', [3, 4], 3), expects('x')], DOCUMENT);
    expect(metrics!.recallAt10).toBe(1 / 2);
    expect(metrics!.ndcgAt10).toBeCloseTo(3 / (3 + 1 / Math.log2(3)), 12);
  });

  it('leaves out what is gone, and measures nothing where all of it is', () => {
    const { expected, metrics } = judgeHits(hits, [expects('a'), gone('d')], DOCUMENT);
    expect(expected.map(({ isMissing }) => isMissing)).toEqual([false, true]);
    expect(metrics).toEqual({ ndcgAt10: 1, recallAt10: 1, reciprocalRank: 1 });
    expect(judgeHits(hits, [gone('d')], DOCUMENT).metrics).toBeNull();
  });
});

describe('judgeHits by passage', () => {
  const hits = [hit('a', 1, 5), hit('b', 1, 5), hit('a', 6, 9)];

  it.each([
    ['shares its last line', [9, 20], 3],
    ['shares its first line', [2, 6], 1],
    ['holds it', [7, 7], 3],
    ['is beside it', [10, 12], null],
  ] as const)('finds a passage by a hit that %s', (_, lines, rank) => {
    expect(judgeHits(hits, [expects('a', [...lines])], PASSAGE).expected[0]!.rank).toBe(rank);
  });

  it('finds a whole document by any of its passages', () => {
    expect(judgeHits(hits, [expects('b')], PASSAGE).expected[0]!.rank).toBe(2);
  });

  it('takes one passage that is named twice for one', () => {
    const { metrics } = judgeHits(hits, [expects('a', [1, 2]), expects('a', [1, 2])], PASSAGE);
    expect(metrics).toEqual({ ndcgAt10: 1, recallAt10: 1, reciprocalRank: 1 });
  });
});

describe('findQuote', () => {
  const text = 'one\ntwo\nthree\ntwo\nfour\n';
  const content = findLines(text);

  it('finds words over lines', () => {
    expect(findQuote(content, 'two\nthree')).toEqual({ startLine: 2, endLine: 3 });
    expect(findQuote(content, 'hre')).toEqual({ startLine: 3, endLine: 3 });
    expect(findQuote(findLines(text.replaceAll('\n', '\r\n')), 'two\nthree')).toEqual({ startLine: 2, endLine: 3 });
  });

  it('takes the occurrence nearest to where it was', () => {
    expect(findQuote(content, 'two')).toEqual({ startLine: 2, endLine: 2 });
    expect(findQuote(content, 'two', 5)).toEqual({ startLine: 4, endLine: 4 });
  });

  it.each(['five', '', 'two\n\nthree'])('finds %j nowhere', (quote) => {
    expect(findQuote(content, quote)).toBeNull();
  });

  it('finds what quoteOf gives of any lines', () => {
    for (const lines of [
      { startLine: 1, endLine: 1 },
      { startLine: 2, endLine: 5 },
    ])
      expect(findQuote(content, quoteOf(content, lines)!)).toEqual(lines);
    expect(quoteOf(content, { startLine: 5, endLine: 6 })).toBe('four\n');
    expect(quoteOf(content, { startLine: 5, endLine: 7 })).toBeNull();
    expect(quoteOf(content, { startLine: 3, endLine: 2 })).toBeNull();
  });
});

describe('pairedPValue', () => {
  it('is exact for few: of the 8 ways to give 3 differences a sign, 2 are as far from 0 as all alike', () => {
    expect(pairedPValue([0.1, 0.2, 0.3])).toBe(2 / 8);
    expect(pairedPValue([0.1, 0.2, 0.3, 0, 0])).toBe(2 / 8);
    // ±1 ±2 ±3: |1 + 2 - 3| = 0 is reached by all, |-1 + 2 + 3| = 4 by 4 of 8.
    expect(pairedPValue([1, 2, -3])).toBe(1);
    expect(pairedPValue([-1, 2, 3])).toBe(4 / 8);
  });

  it('is the same for the other direction', () => {
    expect(pairedPValue([-0.1, -0.2, -0.3])).toBe(2 / 8);
  });

  it.each([[[]], [[0, 0, 0]]])('is 1 where nothing differs: %j', (differences) => {
    expect(pairedPValue(differences)).toBe(1);
  });

  it('comes near the exact value for many: 10 of 16 equal differences up are .4545', () => {
    // Binomial(16, 1/2): P(X >= 10 or X <= 6) = 0.454498
    const differences = Array.from({ length: 16 }, (_, index) => (index < 10 ? 0.1 : -0.1));
    expect(Math.abs(pairedPValue(differences) - 0.454498)).toBeLessThan(0.02);
    expect(pairedPValue(differences)).toBe(pairedPValue(differences));
  });

  it('is small and never 0 where many agree', () => {
    expect(pairedPValue(Array.from({ length: 100 }, () => 0.1))).toBe(1 / 10_001);
  });
});
