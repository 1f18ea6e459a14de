/** A number to add, or a question: a feature's number, a limit, the nodes for values up to it and above it. */
export type TreeNode = number | readonly [feature: number, limit: number, atMost: TreeNode, above: TreeNode];

/** Many small decision trees, each of which mends what those before it leave (gradient boosting, Friedman 2001). */
export interface DecisionTrees {
  /** Names of the features, which the trees name by their place here. */
  readonly features: readonly string[];
  /** Where the sum of the trees begins. */
  readonly bias: number;
  readonly trees: readonly TreeNode[];
}

/** How likely the trees find it, 0..1. A feature that is not given counts as 0. */
export function likelihoodOf(
  { features, bias, trees }: DecisionTrees,
  given: Readonly<Record<string, number>>,
): number {
  const values = features.map((name) => given[name] ?? 0);
  const sum = trees.reduce<number>((total, tree) => total + answerOf(tree, values), bias);
  return 1 / (1 + Math.exp(-sum));
}

function answerOf(tree: TreeNode, values: readonly number[]): number {
  let node = tree;
  while (typeof node !== 'number') node = values[node[0]]! <= node[1] ? node[2] : node[3];
  return node;
}
