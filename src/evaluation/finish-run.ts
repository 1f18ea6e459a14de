import type { Context } from '../context.js';
import { execute, query } from '../platform/database/query.js';
import { FailureCode, FailureError } from '../platform/errors.js';
import type { EvaluationResult } from './evaluation-result.entity.js';
import { mean, percentile } from './metrics.js';

const NO_QUESTIONS = 'The set has no questions any more. Add some with addEvaluationQuestions.';
const ALL_GONE =
  'No question could be measured: the documents or passages that they expect are gone. Sync them again, or add questions about what is there.';

type Measured = Pick<EvaluationResult, 'ndcgAt10' | 'recallAt10' | 'reciprocalRank' | 'hitCount' | 'latencyMs'>;

/**
 * Sums up the results of a run that is still RUNNING.
 * @throws FailureError where none of them measures anything
 */
export async function finishRun(ctx: Context, runId: string): Promise<void> {
  const { em } = ctx;
  const rows = await query(em)<Measured>`
    select ndcg_at10 as "ndcgAt10", recall_at10 as "recallAt10", reciprocal_rank as "reciprocalRank", hit_count as "hitCount",
      latency_ms as "latencyMs"
    from evaluation_result where run_id = ${runId}`;
  const measured = rows.filter(({ ndcgAt10 }) => ndcgAt10 !== null);
  if (measured.length === 0)
    throw new FailureError(FailureCode.NOTHING_TO_MEASURE, rows.length === 0 ? NO_QUESTIONS : ALL_GONE, false);
  const values = (key: keyof Measured): number[] => measured.map((result) => result[key]!);
  const meanOf = (key: keyof Measured): number => mean(values(key));
  await execute(em)`
    update evaluation_run set status = 'SUCCEEDED', error = null, finished_at = now(), ndcg_at10 = ${meanOf('ndcgAt10')},
      recall_at10 = ${meanOf('recallAt10')}, mrr = ${meanOf('reciprocalRank')},
      latency_p50ms = ${percentile(values('latencyMs'), 0.5)}, latency_p95ms = ${percentile(values('latencyMs'), 0.95)},
      questions_total = questions_done, questions_skipped = ${rows.length - measured.length}, questions_without_hit = ${values('hitCount').filter((count) => count === 0).length}
    where id = ${runId} and status = 'RUNNING'`;
}
