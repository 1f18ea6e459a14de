import { Field, ID, ObjectType } from 'type-graphql';

import { connectionType } from '../platform/graphql/pages.js';
import { PayloadType } from '../platform/graphql/user-errors.js';
import { DeletedFromProjectPayload } from '../project/deleted-from-project.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationSet } from './evaluation-set.entity.js';

const NULL = 'null when there are userErrors.';

export const EvaluationSetConnection = connectionType('EvaluationSet', () => EvaluationSet);
export const EvaluationQuestionConnection = connectionType('EvaluationQuestion', () => EvaluationQuestion);
export const EvaluationRunConnection = connectionType('EvaluationRun', () => EvaluationRun);
export const EvaluationResultConnection = connectionType('EvaluationResult', () => EvaluationResult);

@ObjectType({ description: 'The new EvaluationSet.' })
export class CreateEvaluationSetPayload extends PayloadType {
  @Field(() => EvaluationSet, { nullable: true, description: NULL })
  evaluationSet?: EvaluationSet | null;
}

@ObjectType({ description: 'The new EvaluationSet.' })
export class CreateEvaluationSetFromRatingsPayload extends PayloadType {
  @Field(() => EvaluationSet, { nullable: true, description: NULL })
  evaluationSet?: EvaluationSet | null;
}

@ObjectType({ description: 'The changed EvaluationSet.' })
export class UpdateEvaluationSetPayload extends PayloadType {
  @Field(() => EvaluationSet, { nullable: true, description: NULL })
  evaluationSet?: EvaluationSet | null;
}

@ObjectType({ description: 'The set that the questions were added to.' })
export class AddEvaluationQuestionsPayload extends PayloadType {
  @Field(() => EvaluationSet, { nullable: true, description: NULL })
  evaluationSet?: EvaluationSet | null;
}

@ObjectType({ description: 'The set that the questions were removed from.' })
export class RemoveEvaluationQuestionsPayload extends PayloadType {
  @Field(() => EvaluationSet, { nullable: true, description: NULL })
  evaluationSet?: EvaluationSet | null;
}

@ObjectType({ description: 'What was deleted, and from where.' })
export class DeleteEvaluationSetPayload extends DeletedFromProjectPayload {}

@ObjectType({ description: 'The run that was queued.' })
export class RunEvaluationPayload extends PayloadType {
  @Field(() => EvaluationRun, { nullable: true, description: NULL })
  evaluationRun?: EvaluationRun | null;
}

@ObjectType({ description: 'The run that was cancelled.' })
export class CancelEvaluationRunPayload extends PayloadType {
  @Field(() => EvaluationRun, { nullable: true, description: NULL })
  evaluationRun?: EvaluationRun | null;
}

@ObjectType({ description: 'What was deleted, and from where.' })
export class DeleteEvaluationRunPayload extends PayloadType {
  @Field(() => ID, { nullable: true, description: NULL })
  deletedId?: string | null;

  @Field(() => EvaluationSet, {
    nullable: true,
    description: 'The set that it was a run of, as it is now; null when there are userErrors.',
  })
  evaluationSet?: EvaluationSet | null;
}
