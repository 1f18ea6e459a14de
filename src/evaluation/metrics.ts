/** Metrics look at the first ten hits, as nDCG@10 and recall@10 say. */
const DEPTH = 10;

/** An answer that a question expects, and where it was found. */
export interface Expected {
  /** How well it answers: 1 or more. */
  readonly grade: number;
  /** 1-based place among the hits; null where it is not among them. */
  readonly rank: number | null;
}

export interface QuestionMetrics {
  /**
   * Linear gain, discount log2(rank + 1), over the best order there is: trec_eval's ndcg_cut_10. At most 1, also where
   * one hit holds several expected passages, which then share a rank.
   */
  readonly ndcgAt10: number;
  /** The share of the expected answers that is among the first ten hits. */
  readonly recallAt10: number;
  /** 1 over the first expected answer's rank, however deep it is; 0 where none was found. */
  readonly reciprocalRank: number;
}

/** What the ranks of a question's expected answers are worth. All are 0 for a question that expects nothing. */
export function measureRanks(expected: readonly Expected[]): QuestionMetrics {
  const found = expected.filter((one): one is { grade: number; rank: number } => one.rank !== null);
  const top = found.filter(({ rank }) => rank <= DEPTH);
  const grades = expected.map(({ grade }) => grade).sort((a, b) => b - a);
  const ideal = sum(grades.slice(0, DEPTH).map((grade, index) => discounted(grade, index + 1)));
  if (ideal === 0) return { ndcgAt10: 0, recallAt10: 0, reciprocalRank: 0 };
  return {
    ndcgAt10: Math.min(1, sum(top.map(({ grade, rank }) => discounted(grade, rank))) / ideal),
    recallAt10: top.length / expected.length,
    reciprocalRank: found.length === 0 ? 0 : 1 / Math.min(...found.map(({ rank }) => rank)),
  };
}

/** Each distinct value's place by its first occurrence: page-level ranks, given the document of every hit. */
export function firstRanks(values: Iterable<string>): Map<string, number> {
  return new Map([...new Set(values)].map((value, index) => [value, index + 1]));
}

/** 0 for none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** The smallest value that `share` (0..1) of all values do not exceed (nearest rank); null for none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

function discounted(grade: number, rank: number): number {
  return grade / Math.log2(rank + 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
