import { Field, Float, ID, InputType, Int } from 'type-graphql';

import { DocumentFilter } from '../document/document.inputs.js';
import { IDEMPOTENCY_KEY } from '../platform/graphql/idempotency.js';
import { MAX_TOP_K } from '../search/search-faults.js';
import { SearchMode } from '../search/search-mode.js';
import { EvaluationGranularity } from './evaluation-run.settings.js';

const NAME = '1 to 255 characters after trimming.';

@InputType({
  description:
    'A document that answers a question, or a passage of it: named by filePath, documentId or chunkId, one of the three. It has to be there now; later syncs may rename it and move its lines.',
})
export class ExpectedAnswerInput {
  @Field(() => String, { nullable: true, description: 'Full path in the repository.' })
  filePath?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Whose filePath it is; needed where several ProjectDocs of the project have such a file.',
  })
  projectDocId?: string | null;

  @Field(() => ID, { nullable: true, description: 'Instead of filePath.' })
  documentId?: string | null;

  @Field(() => ID, { nullable: true, description: 'A passage as a search found it, instead of filePath and lines.' })
  chunkId?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'First line of the passage, 1-based; default: the whole document. Not together with quote.',
  })
  startLine?: number | null;

  @Field(() => Int, { nullable: true, description: 'Last line of the passage, inclusive; default: startLine.' })
  endLine?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Words of the passage as they stand in the file, at most 2,000 characters; instead of lines.',
  })
  quote?: string | null;

  @Field(() => Int, { nullable: true, defaultValue: 1, description: 'How well it answers: 1 to 3, default 1.' })
  grade?: number | null;
}

@InputType({ description: 'A question and what answers it.' })
export class EvaluationQuestionInput {
  @Field(() => String, { description: 'What is asked: 1 to 10,000 characters after trimming.' })
  text!: string;

  @Field(() => [ExpectedAnswerInput], { description: 'What answers it: 1 to 100.' })
  expected!: ExpectedAnswerInput[];
}

@InputType()
abstract class NewEvaluationSetInput {
  @Field(() => String, { description: NAME })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 10,000 characters; blank: none.' })
  description?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A new EvaluationSet.' })
export class CreateEvaluationSetInput extends NewEvaluationSetInput {
  @Field(() => ID, { description: 'The project whose search it measures.' })
  projectId!: string;

  @Field(() => [EvaluationQuestionInput], {
    nullable: true,
    description:
      'Its first questions, at most 1,000, with at most 10,000 expected answers in all; default: none. Add more with addEvaluationQuestions.',
  })
  questions?: EvaluationQuestionInput[] | null;
}

@InputType({ description: 'A new EvaluationSet of the questions whose answers users rated GOOD.' })
export class CreateEvaluationSetFromRatingsInput extends NewEvaluationSetInput {
  @Field(() => ID, { description: 'The project whose answers were rated.' })
  projectId!: string;
}

@InputType({ description: 'What to change of an EvaluationSet; what is left out stays.' })
export class UpdateEvaluationSetInput {
  @Field(() => ID, { description: 'Which one.' })
  id!: string;

  @Field(() => String, { nullable: true, description: `${NAME} null is INVALID.` })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 10,000 characters; null or blank clears it.' })
  description?: string | null;
}

@InputType({ description: 'Questions to add.' })
export class AddEvaluationQuestionsInput {
  @Field(() => ID, { description: 'The set that they are added to.' })
  setId!: string;

  @Field(() => [EvaluationQuestionInput], {
    description: '1 to 1,000, with at most 10,000 expected answers in all; a set has at most 2,000.',
  })
  questions!: EvaluationQuestionInput[];

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Questions to remove.' })
export class RemoveEvaluationQuestionsInput {
  @Field(() => ID, { description: 'The set that they are removed from.' })
  setId!: string;

  @Field(() => [ID], { description: '1 to 1,000; results of earlier runs stay.' })
  questionIds!: string[];
}

@InputType({ description: 'Which EvaluationSet to delete.' })
export class DeleteEvaluationSetInput {
  @Field(() => ID, { description: 'Its questions and runs go with it; a run that is going ends.' })
  id!: string;
}

@InputType({ description: 'What to measure, and with which settings of the search.' })
export class RunEvaluationInput {
  @Field(() => ID, { description: 'The set whose questions are asked.' })
  setId!: string;

  @Field(() => SearchMode, {
    nullable: true,
    defaultValue: SearchMode.HYBRID,
    description: 'What ranks; default HYBRID.',
  })
  mode?: SearchMode | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: MAX_TOP_K,
    description: 'How many passages each question asks for: 1 to 100, default 100.',
  })
  topK?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Only hits with at least this SearchHit.score, 0 to 1; default: all.',
  })
  minScore?: number | null;

  @Field(() => DocumentFilter, { nullable: true, description: 'Which documents are searched; default: all.' })
  filter?: DocumentFilter | null;

  @Field(() => EvaluationGranularity, {
    nullable: true,
    defaultValue: EvaluationGranularity.DOCUMENT,
    description: 'What is ranked; default DOCUMENT.',
  })
  granularity?: EvaluationGranularity | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which EvaluationRun to cancel.' })
export class CancelEvaluationRunInput {
  @Field(() => ID, { description: 'One that is QUEUED or RUNNING.' })
  id!: string;
}

@InputType({ description: 'Which EvaluationRun to delete.' })
export class DeleteEvaluationRunInput {
  @Field(() => ID, { description: 'Its results go with it; one that is going ends.' })
  id!: string;
}
