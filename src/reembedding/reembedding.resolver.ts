import { Arg, Args, Ctx, FieldResolver, Float, Mutation, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import type { Row } from '../platform/database/rows.js';
import { progressOf } from '../platform/jobs/background-run.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { Project } from '../project/project.entity.js';
import { Reembedding } from './reembedding.entity.js';
import {
  CancelReembeddingInput,
  CancelReembeddingPayload,
  ReembeddingConnection,
  ReembedProjectInput,
  ReembedProjectPayload,
  RollBackReembeddingInput,
  RollBackReembeddingPayload,
} from './reembedding.inputs.js';
import { findLatestReembedding, listReembeddings } from './reembedding.loaders.js';
import { cancelReembedding, reembedProject, rollBackReembedding } from './reembedding.service.js';

@Resolver(() => Project)
export class ReembeddingsOfProjectResolver {
  @FieldResolver(() => ReembeddingConnection, { description: 'Changes of its embedding model, newest first.' })
  reembeddings(
    @Root() project: Row<Project>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listReembeddings(ctx, project.id, page, selected);
  }

  @FieldResolver(() => Reembedding, {
    nullable: true,
    description: 'The newest change of its embedding model; null when there was none.',
  })
  latestReembedding(@Root() project: Row<Project>, @Ctx() ctx: Context) {
    return findLatestReembedding(ctx, project.id);
  }
}

@Resolver(() => Reembedding)
export class ReembeddingResolver {
  @FieldResolver(() => Project, { description: 'Whose passages get new vectors.' })
  project(@Root() reembedding: Row<Reembedding>, @Ctx() ctx: Context) {
    return getById(ctx, Project, reembedding.projectId);
  }

  @FieldResolver(() => Reembedding, {
    nullable: true,
    description: 'The change that this one takes back; null: it takes back none.',
  })
  rollsBack(@Root() reembedding: Row<Reembedding>, @Ctx() ctx: Context) {
    return findById(ctx, Reembedding, reembedding.rollsBackId);
  }

  @FieldResolver(() => Float, { description: '0..1: chunksDone of chunksTotal; 1 when it has finished.' })
  progress(@Root() reembedding: Row<Reembedding>) {
    return progressOf(reembedding, reembedding.chunksDone, reembedding.chunksTotal);
  }

  @Mutation(() => ReembedProjectPayload, {
    description:
      'Makes vectors of the configured embedding model (with the builtin one, of a space of the project where it is large enough for one) beside those that searches use, which come into use all at once when all are there. Returns at once; while such a change is going, returns that one, and tries it at once where it waits for its model. Fails with NOT_FOUND, or CONFLICT when the project has that model already or another change is going.',
  })
  reembedProject(
    @Arg('input', () => ReembedProjectInput, { description: 'Which project.' }) input: ReembedProjectInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, reembedProject(ctx, input));
  }

  @Mutation(() => CancelReembeddingPayload, {
    description:
      'Cancels a change of the embedding model: searches stay with the old vectors, and what was made is kept for 7 days. Fails with NOT_FOUND, or CONFLICT when it has ended already.',
  })
  cancelReembedding(
    @Arg('input', () => CancelReembeddingInput, { description: 'Which change.' }) input: CancelReembeddingInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, cancelReembedding(ctx, input));
  }

  @Mutation(() => RollBackReembeddingPayload, {
    description:
      'Brings the old vectors into use again, all at once: a change of its own, which makes vectors only for what came since. While it is going, returns that one. Fails with NOT_FOUND, or CONFLICT when the old vectors are not kept any more or another change is going.',
  })
  rollBackReembedding(
    @Arg('input', () => RollBackReembeddingInput, { description: 'Which change.' }) input: RollBackReembeddingInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, rollBackReembedding(ctx, input));
  }
}
