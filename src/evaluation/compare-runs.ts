import { sql } from 'kysely';

import { ApiError } from '../platform/errors.js';
import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { type EvaluationComparison, EvaluationMetric, type MetricComparison } from './evaluation-comparison.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationRunStatus } from './evaluation-run.settings.js';
import { mean } from './metrics.js';
import { pairedPValue, ROUNDING } from './permutation-test.js';

const MAX_CHANGED = 100;

interface Pair {
  baseResultId: string;
  otherResultId: string;
  values: Record<EvaluationMetric, { base: number; other: number }>;
}

/**
 * Two runs of one set, question by question; null where one of them does not exist.
 * @param first how many of the questions that changed most: 1 to 100
 * @throws ApiError BAD_USER_INPUT for runs of two sets or granularities, for one that has not SUCCEEDED, and for
 * `first` out of range
 */
export async function compareEvaluationRuns(
  ctx: Context,
  baseId: string,
  otherId: string,
  first: number,
): Promise<EvaluationComparison | null> {
  if (first < 1 || first > MAX_CHANGED)
    throw new ApiError('BAD_USER_INPUT', `first must be between 1 and ${MAX_CHANGED}.`);
  const [base, other] = await Promise.all([
    findById(ctx, EvaluationRun, baseId),
    findById(ctx, EvaluationRun, otherId),
  ]);
  if (!base || !other) return null;
  if (base.setId !== other.setId)
    throw new ApiError('BAD_USER_INPUT', 'These runs are of different sets. Compare two runs of the same set.');
  if (base.granularity !== other.granularity)
    throw new ApiError(
      'BAD_USER_INPUT',
      'One of these runs ranks documents, the other passages. Compare two runs of the same granularity.',
    );
  for (const { status } of [base, other])
    if (status !== EvaluationRunStatus.SUCCEEDED)
      throw new ApiError('BAD_USER_INPUT', `One of these runs is ${status}. Compare runs that have SUCCEEDED.`);
  const pairs = await readPairs(ctx, base, other);
  return {
    base,
    other,
    questionsCompared: pairs.length,
    metrics: Object.values(EvaluationMetric).map((metric) => compareMetric(pairs, metric)),
    mostChanged: changedMost(pairs)
      .slice(0, first)
      .map(({ ndcgDifference, baseResultId, otherResultId }) => ({
        ndcgDifference,
        base: () => getById(ctx, EvaluationResult, baseResultId),
        other: () => getById(ctx, EvaluationResult, otherResultId),
      })),
  };
}

/** Questions that both runs measured. */
async function readPairs(ctx: Context, base: Row<EvaluationRun>, other: Row<EvaluationRun>): Promise<Pair[]> {
  const both = (metric: EvaluationMetric, column: string) =>
    sql`${metric}::text, jsonb_build_object('base', b.${sql.id(column)}, 'other', o.${sql.id(column)})`;
  return query(ctx.em)<Pair>`
    select b.id as "baseResultId", o.id as "otherResultId", jsonb_build_object(
      ${both(EvaluationMetric.NDCG_AT_10, 'ndcg_at10')}, ${both(EvaluationMetric.RECALL_AT_10, 'recall_at10')},
      ${both(EvaluationMetric.MRR, 'reciprocal_rank')}) as values
    from evaluation_result b join evaluation_result o on o.run_id = ${other.id} and o.question_id = b.question_id
    where b.run_id = ${base.id} and b.ndcg_at10 is not null and o.ndcg_at10 is not null
    order by b.question_id`;
}

function compareMetric(pairs: readonly Pair[], metric: EvaluationMetric): MetricComparison {
  const differences = pairs.map((pair) => differenceOf(pair, metric));
  const baseMean = mean(pairs.map(({ values }) => values[metric].base));
  const otherMean = mean(pairs.map(({ values }) => values[metric].other));
  return {
    metric,
    baseMean,
    otherMean,
    difference: mean(differences),
    pValue: pairedPValue(differences),
    wins: differences.filter((difference) => difference > 0).length,
    losses: differences.filter((difference) => difference < 0).length,
    ties: differences.filter((difference) => difference === 0).length,
  };
}

function differenceOf({ values }: Pair, metric: EvaluationMetric): number {
  const difference = values[metric].other - values[metric].base;
  return Math.abs(difference) < ROUNDING ? 0 : difference;
}

function changedMost(pairs: readonly Pair[]) {
  return pairs
    .map((pair) => ({ ...pair, ndcgDifference: differenceOf(pair, EvaluationMetric.NDCG_AT_10) }))
    .filter(({ ndcgDifference }) => ndcgDifference !== 0)
    .toSorted((a, b) => Math.abs(b.ndcgDifference) - Math.abs(a.ndcgDifference));
}
