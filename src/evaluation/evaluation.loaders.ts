import type { Context } from '../context.js';
import { byId, key, type List, listPage } from '../platform/graphql/connection.js';
import type { PageArgs } from '../platform/graphql/pages.js';
import type { PageSelection } from '../platform/graphql/selection.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import { type ExpectedDocument, findDocuments, type FoundDocument } from './find-documents.js';

const SETS: List<EvaluationSet> = {
  name: 'evaluation sets',
  entity: EvaluationSet,
  parent: 'projectId',
  descending: true,
  order: [key('createdAt', 'timestamptz'), byId],
};

/** Ids tell the order in which questions were added. */
const QUESTIONS: List<EvaluationQuestion> = {
  name: 'evaluation questions',
  entity: EvaluationQuestion,
  parent: 'setId',
  order: [byId],
};

const RUNS: List<EvaluationRun> = {
  name: 'evaluation runs',
  entity: EvaluationRun,
  parent: 'setId',
  descending: true,
  order: [key('createdAt', 'timestamptz'), byId],
};

const RESULTS: List<EvaluationResult> = {
  name: 'evaluation results',
  entity: EvaluationResult,
  parent: 'runId',
  order: [key('questionId', 'uuid')],
};

export const listEvaluationSets = (ctx: Context, projectId: string, page: PageArgs, selected: PageSelection) =>
  listPage(ctx, SETS, projectId, page, { selected });

export const listEvaluationQuestions = (ctx: Context, setId: string, page: PageArgs, selected: PageSelection) =>
  listPage(ctx, QUESTIONS, setId, page, { selected });

export const listEvaluationRuns = (ctx: Context, setId: string, page: PageArgs, selected: PageSelection) =>
  listPage(ctx, RUNS, setId, page, { selected });

export const listEvaluationResults = (ctx: Context, runId: string, page: PageArgs, selected: PageSelection) =>
  listPage(ctx, RESULTS, runId, page, { selected });

/** null where it is gone. */
export const loadExpectedDocument = (ctx: Context, expected: ExpectedDocument): Promise<FoundDocument | null> =>
  ctx.loader('expected documents', (all: readonly ExpectedDocument[]) => findDocuments(ctx, all)).load(expected);
