import { Entity, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';

import { Id } from '../platform/database/columns.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationHit, RankedAnswer, type StoredHit, type StoredRank } from './expected-answer.js';

/** The question is kept in its words: it may be removed from the set later, and the result is about what was asked. */
@ObjectType({ description: 'What one question found in a run.' })
@Entity({ tableName: 'evaluation_result' })
@Unique({ name: 'evaluation_result_question_unique', properties: ['runId', 'questionId'] })
export class EvaluationResult {
  @Id()
  id!: string;

  @ManyToOne(() => EvaluationRun, { mapToPk: true, fieldName: 'run_id', deleteRule: 'cascade', index: false })
  runId!: string;

  @Field(() => ID, { description: 'Tells questions apart, also those that were removed since.' })
  @Property({ type: 'uuid' })
  questionId!: string;

  @Field(() => String, { description: 'What was asked.' })
  @Property({ type: 'text' })
  questionText!: string;

  @Field(() => [RankedAnswer], {
    description: 'What answers it, and where that was found, in the order of EvaluationQuestion.expected.',
  })
  @Property({ type: 'json' })
  expected!: StoredRank[];

  @Field(() => Float, {
    nullable: true,
    description: 'nDCG@10, 0..1; null where it was not measured: nothing that it expects was there any more.',
  })
  @Property({ type: 'double', nullable: true })
  ndcgAt10!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of the expected answers among the first ten; null where it was not measured.',
  })
  @Property({ type: 'double', nullable: true })
  recallAt10!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: '1 / rank of the first expected answer, 0 for none; null where it was not measured.',
  })
  @Property({ type: 'double', nullable: true })
  reciprocalRank!: number | null;

  @Field(() => Int, { description: 'Passages that the search found, at most topK.' })
  @Property({ type: 'integer' })
  hitCount!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Milliseconds of the search; null where it was not measured.',
  })
  @Property({ type: 'double', nullable: true })
  latencyMs!: number | null;

  @Field(() => [EvaluationHit], { description: 'The first ten documents or passages that were found.' })
  @Property({ type: 'json' })
  topHits!: StoredHit[];
}
