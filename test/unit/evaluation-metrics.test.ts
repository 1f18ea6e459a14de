import { describe, expect, it } from '@jest/globals';

import { firstRanks, mean, measureRanks, percentile } from '../../src/evaluation/metrics.js';

const at = (...ranks: (number | null)[]) => ranks.map((rank) => ({ grade: 1, rank }));

describe('measureRanks', () => {
  it('is 1 throughout for the best order', () => {
    expect(
      measureRanks([
        { grade: 3, rank: 1 },
        { grade: 2, rank: 2 },
        { grade: 1, rank: 3 },
      ]),
    ).toEqual({ ndcgAt10: 1, recallAt10: 1, reciprocalRank: 1 });
  });

  it('discounts a rank by log2(rank + 1)', () => {
    expect(measureRanks(at(3)).ndcgAt10).toBe(0.5);
    expect(measureRanks(at(7)).ndcgAt10).toBeCloseTo(1 / 3, 12);
  });

  it('takes a grade as it is: linear gain', () => {
    // (1 / 1 + 3 / log2 3) / (3 / 1 + 1 / log2 3): by hand 2.892789 / 3.630930
    const swapped = measureRanks([
      { grade: 3, rank: 2 },
      { grade: 1, rank: 1 },
    ]);
    expect(swapped.ndcgAt10).toBeCloseTo(2.892789 / 3.63093, 6);
  });

  it('is what a hand computes for grades 3, 2, 3, 0, 1, 2 at ranks 1 to 6 and a 3 and a 2 that were missed', () => {
    // DCG 3 + 2/log2 3 + 3/2 + 0 + 1/log2 6 + 2/log2 7 = 6.861127; ideal 3, 3, 3, 2, 2, 2, 1: 9.073596
    const expected = [
      { grade: 3, rank: 1 },
      { grade: 2, rank: 2 },
      { grade: 3, rank: 3 },
      { grade: 1, rank: 5 },
      { grade: 2, rank: 6 },
      { grade: 3, rank: null },
      { grade: 2, rank: null },
    ];
    expect(measureRanks(expected).ndcgAt10).toBeCloseTo(6.861127 / 9.073596, 6);
    expect(measureRanks(expected)).toMatchObject({ recallAt10: 5 / 7, reciprocalRank: 1 });
  });

  it('looks at ten hits, and for the first answer at all of them', () => {
    expect(measureRanks(at(11))).toEqual({ ndcgAt10: 0, recallAt10: 0, reciprocalRank: 1 / 11 });
    expect(measureRanks(at(10)).recallAt10).toBe(1);
    expect(measureRanks(at(10)).ndcgAt10).toBeCloseTo(1 / Math.log2(11), 12);
  });

  it('compares with the best ten where more are expected', () => {
    const twelve = at(...Array.from({ length: 12 }, (_, index) => index + 1));
    expect(measureRanks(twelve)).toEqual({ ndcgAt10: 1, recallAt10: 10 / 12, reciprocalRank: 1 });
  });

  it('never exceeds 1, also where one hit holds several passages', () => {
    expect(measureRanks(at(1, 1))).toEqual({ ndcgAt10: 1, recallAt10: 1, reciprocalRank: 1 });
  });

  it.each([
    ['finds nothing', at(null, null)],
    ['expects nothing', []],
  ])('is 0 for a question that %s', (_, expected) => {
    expect(measureRanks(expected)).toEqual({ ndcgAt10: 0, recallAt10: 0, reciprocalRank: 0 });
  });
});

describe('firstRanks', () => {
  it('counts a document at its first hit', () => {
    expect([...firstRanks(['a', 'b', 'a', 'a', 'c', 'b'])]).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
  });
});

describe('mean and percentile', () => {
  it('are those of the values', () => {
    expect(mean([1, 2, 6])).toBe(3);
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 0.5)).toBe(7);
  });

  it('are 0 and null for no values', () => {
    expect(mean([])).toBe(0);
    expect(percentile([], 0.5)).toBeNull();
  });
});
