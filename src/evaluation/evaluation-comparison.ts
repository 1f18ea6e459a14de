import { Field, Float, Int, ObjectType } from 'type-graphql';

import type { Row } from '../platform/database/rows.js';
import { enumType } from '../platform/graphql/enum-type.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';

export const EvaluationMetric = enumType('EvaluationMetric', 'What a question is measured by.', {
  NDCG_AT_10: 'nDCG@10: linear gain, discount log2(rank + 1).',
  RECALL_AT_10: 'The share of the expected answers among the first ten.',
  MRR: '1 / rank of the first expected answer.',
});
export type EvaluationMetric = keyof typeof EvaluationMetric;

@ObjectType({ description: 'Two runs by one metric. Each win, loss and tie is a question.' })
export class MetricComparison {
  @Field(() => EvaluationMetric, { description: 'Which metric.' })
  metric!: EvaluationMetric;

  @Field(() => Float, { description: 'The mean of the base run over the questions compared.' })
  baseMean!: number;

  @Field(() => Float, { description: 'The mean of the other run over the questions compared.' })
  otherMean!: number;

  @Field(() => Float, { description: 'otherMean - baseMean: more than 0 where the other run is better.' })
  difference!: number;

  @Field(() => Float, {
    description:
      "0..1: how often a difference at least as large would come about by chance alone. Fisher's paired randomization test, two-sided: exact for up to 13 questions that differ, else 10,000 random assignments of signs, always the same ones.",
  })
  pValue!: number;

  @Field(() => Int, { description: 'Questions that the other run answers better.' })
  wins!: number;

  @Field(() => Int, { description: 'Questions that the other run answers worse.' })
  losses!: number;

  @Field(() => Int, { description: 'Questions that both answer equally well.' })
  ties!: number;
}

@ObjectType({ description: 'A question that one run answers better than the other.' })
export class ChangedQuestion {
  @Field(() => Float, { description: "The other run's nDCG@10 less the base run's: more than 0 where it is better." })
  ndcgDifference!: number;

  @Field(() => EvaluationResult, { description: 'What the base run found.' })
  base!: () => Promise<Row<EvaluationResult>>;

  @Field(() => EvaluationResult, { description: 'What the other run found.' })
  other!: () => Promise<Row<EvaluationResult>>;
}

@ObjectType({ description: 'Two runs of the same set, question by question.' })
export class EvaluationComparison {
  @Field(() => Int, { description: 'Questions that both runs measured; all figures here are about these.' })
  questionsCompared!: number;

  @Field(() => [MetricComparison], { description: 'By each metric: NDCG_AT_10, RECALL_AT_10, MRR.' })
  metrics!: MetricComparison[];

  @Field(() => [ChangedQuestion], {
    description: 'Questions whose nDCG@10 differs, the largest difference first: as many as first says.',
  })
  mostChanged!: ChangedQuestion[];

  @Field(() => EvaluationRun, { description: 'What is compared with.' })
  base!: Row<EvaluationRun>;

  @Field(() => EvaluationRun, { description: 'What is compared.' })
  other!: Row<EvaluationRun>;
}
