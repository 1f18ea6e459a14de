import type { Context } from '../context.js';
import { byId, key, pagesOf } from '../platform/graphql/connection.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import { type ExpectedDocument, findDocuments, type FoundDocument } from './find-documents.js';

export const listEvaluationSets = pagesOf<EvaluationSet>({
  name: 'evaluation sets',
  entity: EvaluationSet,
  parent: 'projectId',
  descending: true,
  order: [key('createdAt', 'timestamptz'), byId],
});

/** Ids tell the order in which questions were added. */
export const listEvaluationQuestions = pagesOf<EvaluationQuestion>({
  name: 'evaluation questions',
  entity: EvaluationQuestion,
  parent: 'setId',
  order: [byId],
});

export const listEvaluationRuns = pagesOf<EvaluationRun>({
  name: 'evaluation runs',
  entity: EvaluationRun,
  parent: 'setId',
  descending: true,
  order: [key('createdAt', 'timestamptz'), byId],
});

export const listEvaluationResults = pagesOf<EvaluationResult>({
  name: 'evaluation results',
  entity: EvaluationResult,
  parent: 'runId',
  order: [key('questionId', 'uuid')],
});

/** null where it is gone. */
export const loadExpectedDocument = (ctx: Context, expected: ExpectedDocument): Promise<FoundDocument | null> =>
  ctx.loader('expected documents', (all: readonly ExpectedDocument[]) => findDocuments(ctx, all)).load(expected);
