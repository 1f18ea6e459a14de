import type { DecisionTrees, TreeNode } from '../../src/platform/citations/decision-trees.js';
import { createRandom } from '../sync/generate-files.js';

export interface Example {
  features: Readonly<Record<string, number>>;
  isSupported: boolean;
  /** How much it counts beside the others. */
  weight: number;
}

// Found by leaving documents out one by one: deeper or more trees, or slower ones, made no difference beyond chance.
const TREES = 600;
const DEPTH = 3;
/** How much of what a tree found is taken on. */
const RATE = 0.03;
/** Each tree is grown on other rows and features, so that none rests on a few. */
const ROWS = 0.7;
const FEATURES = 0.5;
const LEAST_ROWS = 12;
/** Held against leaves of few rows. */
const SHRINKAGE = 2;
/** Limits that are tried for a feature. */
const LIMITS = 24;

interface Grown {
  columns: readonly Float64Array[];
  limits: readonly (readonly number[])[];
  /** What is left to explain for each example, and how sure it is. */
  gradient: Float64Array;
  curvature: Float64Array;
  sums: Float64Array;
  /** Which rows and features this tree may look at. */
  isSeen: readonly boolean[];
  seenFeatures: readonly number[];
}

/** Trees that tell supported examples from others, by gradient boosting of the log likelihood; the same from the same. */
export function growTrees(examples: readonly Example[], features: readonly string[]): DecisionTrees {
  const random = createRandom(1);
  const columns = features.map((name) => Float64Array.from(examples, (each) => each.features[name] ?? 0));
  const limits = columns.map(limitsOf);
  const whole = examples.reduce((sum, { weight }) => sum + weight, 0);
  const supported = examples.reduce((sum, { weight, isSupported }) => sum + (isSupported ? weight : 0), 0);
  const bias = Math.log(supported / (whole - supported));
  const sums = new Float64Array(examples.length).fill(bias);
  const trees: TreeNode[] = [];
  for (let count = 0; count < TREES; count += 1) {
    const likely = sums.map((sum) => 1 / (1 + Math.exp(-sum)));
    const gradient = Float64Array.from(
      examples,
      ({ weight, isSupported }, row) => weight * ((isSupported ? 1 : 0) - likely[row]!),
    );
    const curvature = Float64Array.from(examples, ({ weight }, row) => weight * likely[row]! * (1 - likely[row]!));
    const isSeen = examples.map(() => random() < ROWS);
    const seenFeatures = features.map((_, index) => index).filter(() => random() < FEATURES);
    const grown = { columns, limits, gradient, curvature, sums, isSeen, seenFeatures };
    trees.push(grow(grown, [...examples.keys()], DEPTH));
  }
  return { features, bias: round(bias), trees };
}

/** A node for these rows, whose sums it changes. */
function grow(grown: Grown, rows: readonly number[], depth: number): TreeNode {
  const split = depth > 0 ? bestSplit(grown, rows) : null;
  if (split) {
    const isAtMost = (row: number) => grown.columns[split.feature]![row]! <= split.limit;
    const atMost = grow(grown, rows.filter(isAtMost), depth - 1);
    const above = grow(
      grown,
      rows.filter((row) => !isAtMost(row)),
      depth - 1,
    );
    return [split.feature, split.limit, atMost, above];
  }
  const value = round((RATE * total(grown.gradient, rows)) / (total(grown.curvature, rows) + SHRINKAGE));
  for (const row of rows) grown.sums[row]! += value;
  return value;
}

function bestSplit(grown: Grown, all: readonly number[]): { feature: number; limit: number } | null {
  const { columns, limits, gradient, curvature, isSeen, seenFeatures } = grown;
  const rows = all.filter((row) => isSeen[row]);
  const gainOf = (some: readonly number[]) => total(gradient, some) ** 2 / (total(curvature, some) + SHRINKAGE);
  let best: { feature: number; limit: number; gain: number } | null = null;
  const before = gainOf(rows);
  for (const feature of seenFeatures) {
    for (const limit of limits[feature]!) {
      const atMost = rows.filter((row) => columns[feature]![row]! <= limit);
      if (atMost.length < LEAST_ROWS || rows.length - atMost.length < LEAST_ROWS) continue;
      const above = rows.filter((row) => columns[feature]![row]! > limit);
      const gain = gainOf(atMost) + gainOf(above) - before;
      if (gain > (best?.gain ?? 1e-6)) best = { feature, limit, gain };
    }
  }
  return best;
}

/** Values that part the column into pieces of about the same size. */
function limitsOf(column: Float64Array): number[] {
  const sorted = column.toSorted();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return [...new Set(Array.from({ length: LIMITS }, (_, index) => round(at((index + 1) / (LIMITS + 1)))))];
}

function total(values: Float64Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + values[row]!, 0);
}

const round = (value: number) => Number(value.toFixed(4));
