import { Field, ID, ObjectType } from 'type-graphql';

import { connectionType } from '../platform/graphql/pages.js';
import { payloadType, PayloadType, RESULT } from '../platform/graphql/user-errors.js';
import { DeletedFromProjectPayload } from '../project/deleted-from-project.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationSet } from './evaluation-set.entity.js';

export const EvaluationSetConnection = connectionType('EvaluationSet', () => EvaluationSet);
export const EvaluationQuestionConnection = connectionType('EvaluationQuestion', () => EvaluationQuestion);
export const EvaluationRunConnection = connectionType('EvaluationRun', () => EvaluationRun);
export const EvaluationResultConnection = connectionType('EvaluationResult', () => EvaluationResult);

const setPayload = (mutation: string, description: string) =>
  payloadType(mutation, description, 'evaluationSet', () => EvaluationSet);
export const CreateEvaluationSetPayload = setPayload('CreateEvaluationSet', 'The new EvaluationSet.');
export const CreateEvaluationSetFromRatingsPayload = setPayload(
  'CreateEvaluationSetFromRatings',
  'The new EvaluationSet.',
);
export const UpdateEvaluationSetPayload = setPayload('UpdateEvaluationSet', 'The changed EvaluationSet.');
export const AddEvaluationQuestionsPayload = setPayload(
  'AddEvaluationQuestions',
  'The set that the questions were added to.',
);
export const RemoveEvaluationQuestionsPayload = setPayload(
  'RemoveEvaluationQuestions',
  'The set that the questions were removed from.',
);

const runPayload = (mutation: string, description: string) =>
  payloadType(mutation, description, 'evaluationRun', () => EvaluationRun);
export const RunEvaluationPayload = runPayload('RunEvaluation', 'The run that was queued.');
export const CancelEvaluationRunPayload = runPayload('CancelEvaluationRun', 'The run that was cancelled.');

@ObjectType({ description: 'What was deleted, and from where.' })
export class DeleteEvaluationSetPayload extends DeletedFromProjectPayload {}

@ObjectType({ description: 'What was deleted, and from where.' })
export class DeleteEvaluationRunPayload extends PayloadType {
  @Field(() => ID, RESULT)
  deletedId?: string | null;

  @Field(() => EvaluationSet, {
    nullable: true,
    description: 'The set that it was a run of, as it is now; null when there are userErrors.',
  })
  evaluationSet?: EvaluationSet | null;
}
