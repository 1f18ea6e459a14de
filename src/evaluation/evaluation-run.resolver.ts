import { Arg, Args, Ctx, FieldResolver, Float, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import { Document } from '../document/document.entity.js';
import type { Row } from '../platform/database/rows.js';
import { progressOf } from '../platform/jobs/background-run.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { ProjectDoc } from '../project-doc/project-doc.entity.js';
import { compareEvaluationRuns } from './compare-runs.js';
import { EvaluationComparison } from './evaluation-comparison.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { cancelEvaluationRun, deleteEvaluationRun, runEvaluation } from './evaluation-run.service.js';
import { EvaluatedCommit, type StoredCommit } from './evaluation-run.settings.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import { CancelEvaluationRunInput, DeleteEvaluationRunInput, RunEvaluationInput } from './evaluation.inputs.js';
import { listEvaluationResults } from './evaluation.loaders.js';
import {
  CancelEvaluationRunPayload,
  DeleteEvaluationRunPayload,
  EvaluationResultConnection,
  RunEvaluationPayload,
} from './evaluation.payloads.js';
import { EvaluationHit, type StoredHit } from './expected-answer.js';

@Resolver(() => EvaluationHit)
export class EvaluationHitResolver {
  @FieldResolver(() => Document, { nullable: true, description: 'The document; null where it is gone.' })
  document(@Root() hit: StoredHit, @Ctx() ctx: Context) {
    return findById(ctx, Document, hit.documentId);
  }
}

@Resolver(() => EvaluatedCommit)
export class EvaluatedCommitResolver {
  @FieldResolver(() => ProjectDoc, { nullable: true, description: 'Of which ProjectDoc; null where it is gone.' })
  projectDoc(@Root() commit: StoredCommit, @Ctx() ctx: Context) {
    return findById(ctx, ProjectDoc, commit.projectDocId);
  }
}

@Resolver(() => EvaluationResult)
export class EvaluationResultResolver {
  @FieldResolver(() => EvaluationRun, { description: 'The run that it is part of.' })
  run(@Root() result: Row<EvaluationResult>, @Ctx() ctx: Context) {
    return getById(ctx, EvaluationRun, result.runId);
  }

  @FieldResolver(() => EvaluationQuestion, { nullable: true, description: 'The question; null where it was removed.' })
  question(@Root() result: Row<EvaluationResult>, @Ctx() ctx: Context) {
    return findById(ctx, EvaluationQuestion, result.questionId);
  }
}

@Resolver(() => EvaluationRun)
export class EvaluationRunResolver {
  @Query(() => EvaluationRun, { nullable: true, description: 'The run with this id; null when there is none.' })
  evaluationRun(@Arg('id', () => ID, { description: 'Which run.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, EvaluationRun, id);
  }

  @Query(() => EvaluationComparison, {
    nullable: true,
    description:
      'Compares two runs question by question; null where one does not exist. Runs of different sets or granularities, runs that have not SUCCEEDED, and first out of range are BAD_USER_INPUT.',
  })
  compareEvaluationRuns(
    @Arg('baseId', () => ID, { description: 'The run that is compared with.' }) baseId: string,
    @Arg('otherId', () => ID, { description: 'The run that is compared.' }) otherId: string,
    @Arg('first', () => Int, {
      defaultValue: 10,
      nullable: true,
      description: 'How many of the questions that changed most: 1 to 100, default 10.',
    })
    first: number | null,
    @Ctx() ctx: Context,
  ) {
    return compareEvaluationRuns(ctx, baseId, otherId, first ?? 10);
  }

  @FieldResolver(() => EvaluationSet, { description: 'Whose questions are asked.' })
  set(@Root() run: Row<EvaluationRun>, @Ctx() ctx: Context) {
    return getById(ctx, EvaluationSet, run.setId);
  }

  @FieldResolver(() => Float, { description: '0..1: questions done of all; 1 when it has finished.' })
  progress(@Root() run: Row<EvaluationRun>) {
    return progressOf(run, run.questionsDone, run.questionsTotal);
  }

  @FieldResolver(() => EvaluationResultConnection, {
    description: 'What each question found so far, in the order of the questions.',
  })
  results(
    @Root() run: Row<EvaluationRun>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listEvaluationResults(ctx, run.id, page, selected);
  }

  @Mutation(() => RunEvaluationPayload, {
    description:
      'Asks the questions of a set, by the retriever that answers are made from, in the background: returns at once. Look at evaluationRun until it has finished. Fails with INVALID, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, or CONFLICT for a set without questions.',
  })
  runEvaluation(
    @Arg('input', () => RunEvaluationInput, { description: 'Which set, and how to search.' }) input: RunEvaluationInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, runEvaluation(ctx, input));
  }

  @Mutation(() => CancelEvaluationRunPayload, {
    description: 'Cancels a run; what it found stays. Fails with NOT_FOUND, or CONFLICT when it has ended already.',
  })
  cancelEvaluationRun(
    @Arg('input', () => CancelEvaluationRunInput, { description: 'Which run.' }) input: CancelEvaluationRunInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, cancelEvaluationRun(ctx, input));
  }

  @Mutation(() => DeleteEvaluationRunPayload, {
    description: 'Deletes a run with its results; one that is going ends. Fails with NOT_FOUND.',
  })
  deleteEvaluationRun(
    @Arg('input', () => DeleteEvaluationRunInput, { description: 'Which run.' }) input: DeleteEvaluationRunInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, deleteEvaluationRun(ctx, input));
  }
}
