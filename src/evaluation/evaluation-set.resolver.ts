import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import { Document } from '../document/document.entity.js';
import type { Row } from '../platform/database/rows.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { Project } from '../project/project.entity.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import {
  createEvaluationSet,
  createEvaluationSetFromRatings,
  deleteEvaluationSet,
  updateEvaluationSet,
} from './evaluation-set.service.js';
import { addEvaluationQuestions, removeEvaluationQuestions } from './evaluation-question.service.js';
import {
  AddEvaluationQuestionsInput,
  CreateEvaluationSetFromRatingsInput,
  CreateEvaluationSetInput,
  DeleteEvaluationSetInput,
  RemoveEvaluationQuestionsInput,
  UpdateEvaluationSetInput,
} from './evaluation.inputs.js';
import {
  listEvaluationQuestions,
  listEvaluationRuns,
  listEvaluationSets,
  loadExpectedDocument,
} from './evaluation.loaders.js';
import {
  AddEvaluationQuestionsPayload,
  CreateEvaluationSetFromRatingsPayload,
  CreateEvaluationSetPayload,
  DeleteEvaluationSetPayload,
  EvaluationQuestionConnection,
  EvaluationRunConnection,
  EvaluationSetConnection,
  RemoveEvaluationQuestionsPayload,
  UpdateEvaluationSetPayload,
} from './evaluation.payloads.js';
import { ExpectedAnswer, RankedAnswer, type StoredExpectation } from './expected-answer.js';
import type { ExpectedDocument } from './find-documents.js';

@Resolver(() => Project)
export class EvaluationSetsOfProjectResolver {
  @FieldResolver(() => EvaluationSetConnection, { description: 'Its EvaluationSets, newest first.' })
  evaluationSets(
    @Root() project: Row<Project>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listEvaluationSets(ctx, project.id, page, selected);
  }
}

const DOCUMENT = 'The document; null where it is gone.';

@Resolver(() => ExpectedAnswer)
export class ExpectedAnswerResolver {
  @FieldResolver(() => Document, { nullable: true, description: DOCUMENT })
  async document(@Root() expected: ExpectedDocument, @Ctx() ctx: Context) {
    return findById(ctx, Document, (await loadExpectedDocument(ctx, expected))?.id ?? null);
  }

  @FieldResolver(() => String, {
    description: 'Full path in the repository, as it is now where the document is still there.',
  })
  async filePath(@Root() expected: ExpectedDocument, @Ctx() ctx: Context) {
    return (await loadExpectedDocument(ctx, expected))?.filePath ?? expected.filePath;
  }
}

/** A run tells the path of its time. */
@Resolver(() => RankedAnswer)
export class RankedAnswerResolver {
  @FieldResolver(() => Document, { nullable: true, description: DOCUMENT })
  document(@Root() expected: StoredExpectation, @Ctx() ctx: Context) {
    return findById(ctx, Document, expected.documentId);
  }
}

@Resolver(() => EvaluationQuestion)
export class EvaluationQuestionResolver {
  @FieldResolver(() => EvaluationSet, { description: 'The set that it belongs to.' })
  set(@Root() question: Row<EvaluationQuestion>, @Ctx() ctx: Context) {
    return getById(ctx, EvaluationSet, question.setId);
  }

  @FieldResolver(() => [ExpectedAnswer], {
    description: 'What answers it: 1 to 100, in the order in which it was added.',
  })
  expected(@Root() { expected, setId }: Row<EvaluationQuestion>) {
    return expected.map((answer) => ({ ...answer, setId }));
  }
}

@Resolver(() => EvaluationSet)
export class EvaluationSetResolver {
  @Query(() => EvaluationSet, {
    nullable: true,
    description: 'The EvaluationSet with this id; null when there is none.',
  })
  evaluationSet(@Arg('id', () => ID, { description: 'Which one.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, EvaluationSet, id);
  }

  @FieldResolver(() => Project, { description: 'The project whose search it measures.' })
  project(@Root() set: Row<EvaluationSet>, @Ctx() ctx: Context) {
    return getById(ctx, Project, set.projectId);
  }

  @FieldResolver(() => EvaluationQuestionConnection, { description: 'Its questions, oldest first; at most 2,000.' })
  questions(
    @Root() set: Row<EvaluationSet>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listEvaluationQuestions(ctx, set.id, page, selected);
  }

  @FieldResolver(() => EvaluationRunConnection, { description: 'Its runs, newest first.' })
  runs(
    @Root() set: Row<EvaluationSet>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listEvaluationRuns(ctx, set.id, page, selected);
  }

  @Mutation(() => CreateEvaluationSetPayload, {
    description:
      'Creates a set of questions with what answers them. Fails with INVALID (at most the first 20 faults are told), NOT_FOUND, CONFLICT or IDEMPOTENCY_KEY_REUSED.',
  })
  createEvaluationSet(
    @Arg('input', () => CreateEvaluationSetInput, { description: 'The new set.' }) input: CreateEvaluationSetInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, createEvaluationSet(ctx, input));
  }

  @Mutation(() => CreateEvaluationSetFromRatingsPayload, {
    description:
      "Creates a set of the project's questions whose answers were rated GOOD, those of the 2,000 newest such answers: each expects the passages that its answer cites, or where it cites none all of its sources, as far as their documents are still there; 100 at most. A follow-up question is what was searched for in its place, and is left out where that is not known. Fails with INVALID, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, or CONFLICT where there are none.",
  })
  createEvaluationSetFromRatings(
    @Arg('input', () => CreateEvaluationSetFromRatingsInput, { description: 'The new set.' })
    input: CreateEvaluationSetFromRatingsInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, createEvaluationSetFromRatings(ctx, input));
  }

  @Mutation(() => UpdateEvaluationSetPayload, {
    description: 'Changes the name or description of a set. Fails with INVALID or NOT_FOUND.',
  })
  updateEvaluationSet(
    @Arg('input', () => UpdateEvaluationSetInput, { description: 'What to change.' }) input: UpdateEvaluationSetInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, updateEvaluationSet(ctx, input));
  }

  @Mutation(() => AddEvaluationQuestionsPayload, {
    description:
      'Adds questions to a set. A run that is going does not ask them. Fails with INVALID (at most the first 20 faults are told), NOT_FOUND, LIMIT_EXCEEDED or IDEMPOTENCY_KEY_REUSED.',
  })
  addEvaluationQuestions(
    @Arg('input', () => AddEvaluationQuestionsInput, { description: 'Which questions.' })
    input: AddEvaluationQuestionsInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, addEvaluationQuestions(ctx, input));
  }

  @Mutation(() => RemoveEvaluationQuestionsPayload, {
    description:
      'Removes questions from a set; what runs found of them stays. Fails with INVALID or NOT_FOUND (at most the first 20 faults are told).',
  })
  removeEvaluationQuestions(
    @Arg('input', () => RemoveEvaluationQuestionsInput, { description: 'Which questions.' })
    input: RemoveEvaluationQuestionsInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, removeEvaluationQuestions(ctx, input));
  }

  @Mutation(() => DeleteEvaluationSetPayload, {
    description: 'Deletes a set with its questions and runs; a run that is going ends. Fails with NOT_FOUND.',
  })
  deleteEvaluationSet(
    @Arg('input', () => DeleteEvaluationSetInput, { description: 'Which set.' }) input: DeleteEvaluationSetInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, deleteEvaluationSet(ctx, input));
  }
}
