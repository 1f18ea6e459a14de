import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Failure } from '../platform/failure.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { SearchMode } from '../search/search-mode.js';
import {
  EvaluatedCommit,
  EvaluationFilter,
  EvaluationGranularity,
  EvaluationRunStatus,
  type StoredCommit,
} from './evaluation-run.settings.js';
import { EvaluationSet } from './evaluation-set.entity.js';

@ObjectType({ implements: Node, description: 'One measurement of how well the search answers the questions of a set.' })
@Entity({ tableName: 'evaluation_run' })
@Index({ name: 'evaluation_run_set_id_index', properties: ['setId', 'createdAt', 'id'] })
@Index({
  name: 'evaluation_run_active_index',
  expression: `create index "evaluation_run_active_index" on "evaluation_run" ("created_at") where "status" in ('QUEUED', 'RUNNING')`,
})
@Check({ name: 'evaluation_run_top_k', expression: 'top_k >= 1 and top_k <= 100' })
export class EvaluationRun {
  /** What is not known when a run is queued. */
  [OptionalProps]?: Exclude<
    keyof EvaluationRun,
    'id' | 'setId' | 'mode' | 'topK' | 'minScore' | 'filter' | 'granularity' | 'createdAt'
  >;

  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => EvaluationSet, { mapToPk: true, fieldName: 'set_id', deleteRule: 'cascade', index: false })
  setId!: string;

  @Field(() => EvaluationRunStatus, { description: 'Where the run stands.' })
  @Enum({ items: () => EvaluationRunStatus, default: EvaluationRunStatus.QUEUED })
  status!: EvaluationRunStatus;

  @Field(() => SearchMode, { description: 'What ranks.' })
  @Property({ type: 'string', length: 20 })
  mode!: SearchMode;

  @Field(() => Int, { description: 'How many passages each question asks for: 1 to 100.' })
  @Property({ type: 'integer' })
  topK!: number;

  @Field(() => Float, { nullable: true, description: 'Only hits with at least this score; null: all.' })
  @Property({ type: 'double', nullable: true })
  minScore!: number | null;

  @Field(() => EvaluationFilter, { nullable: true, description: 'Which documents are searched; null: all.' })
  @Property({ type: 'json', nullable: true })
  filter!: EvaluationFilter | null;

  @Field(() => EvaluationGranularity, { description: 'What is ranked.' })
  @Enum({ items: () => EvaluationGranularity })
  granularity!: EvaluationGranularity;

  @Field(() => Int, { description: 'Questions of the set when it began; 0 before.' })
  @Property({ type: 'integer', default: 0 })
  questionsTotal!: number;

  @Field(() => Int, { description: 'Questions that have a result so far, of questionsTotal.' })
  @Property({ type: 'integer', default: 0 })
  questionsDone!: number;

  @Field(() => Int, {
    nullable: true,
    description: 'Questions that were not measured: nothing that they expect is there any more. null until SUCCEEDED.',
  })
  @Property({ type: 'integer', nullable: true })
  questionsSkipped!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Questions for which the search found nothing at all; null until SUCCEEDED.',
  })
  @Property({ type: 'integer', nullable: true })
  questionsWithoutHit!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean nDCG@10, 0..1: linear gain, discount log2(rank + 1). null until SUCCEEDED.',
  })
  @Property({ type: 'double', nullable: true })
  ndcgAt10!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean share of the expected answers among the first ten, 0..1. null like ndcgAt10.',
  })
  @Property({ type: 'double', nullable: true })
  recallAt10!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean of 1 / rank of the first expected answer, 0 where none of topK is one. null like ndcgAt10.',
  })
  @Property({ type: 'double', nullable: true })
  mrr!: number | null;

  @Field(() => Float, { nullable: true, description: 'Median time of a search in milliseconds. null like ndcgAt10.' })
  @Property({ type: 'double', nullable: true })
  latencyP50Ms!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '95 % of the searches took at most this, in milliseconds. null like ndcgAt10.',
  })
  @Property({ type: 'double', nullable: true })
  latencyP95Ms!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The embedding model of all its searches: a run whose project comes to another one begins anew. null before it began.',
  })
  @Property({ type: 'string', length: 150, nullable: true })
  embeddingModel!: string | null;

  @Field(() => Int, { nullable: true, description: 'Documents of the project when it began; null before.' })
  @Property({ type: 'integer', nullable: true })
  documentCount!: number | null;

  @Field(() => Int, { nullable: true, description: 'Passages of the project when it began; null before.' })
  @Property({ type: 'integer', nullable: true })
  chunkCount!: number | null;

  @Field(() => [EvaluatedCommit], {
    nullable: true,
    description:
      'The commits that were synced when it began, one for each ProjectDoc that had one, oldest ProjectDoc first; null before.',
  })
  @Property({ type: 'json', nullable: true })
  commits!: StoredCommit[] | null;

  @Field(() => Failure, {
    nullable: true,
    description:
      'Why it FAILED. While it is going: what it failed with last, which passes; it is tried again for up to an hour. null otherwise.',
  })
  @Property({ type: 'json', nullable: true })
  error!: Failure | null;

  /** Moved on by the process that works on it; a run that stands still for long has lost its process. */
  @Timestamp({ nullable: true })
  heartbeatAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was queued.' })
  @Timestamp()
  createdAt!: Date;

  @Field(() => DateTime, { nullable: true, description: 'When work first began; null before.' })
  @Timestamp({ nullable: true })
  startedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended, however it ended; null before.' })
  @Timestamp({ nullable: true })
  finishedAt!: Date | null;
}
