import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import type { Row } from '../platform/database/rows.js';
import { findById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { Project } from './project.entity.js';
import {
  CreateProjectInput,
  CreateProjectPayload,
  DeleteProjectInput,
  DeleteProjectPayload,
  ProjectConnection,
  ProjectFilter,
  ProjectOrder,
  ProjectStats,
  UpdateProjectInput,
  UpdateProjectPayload,
} from './project.inputs.js';
import { countContents, listProjects } from './project.loaders.js';
import { createProject, deleteProject, updateProject } from './project.service.js';

@Resolver(() => Project)
export class ProjectResolver {
  @Query(() => Project, { nullable: true, description: 'The project with this id; null when there is none.' })
  project(@Arg('id', () => ID, { description: 'Which project.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, Project, id);
  }

  @Query(() => ProjectConnection, { description: 'All projects, newest first unless ordered otherwise.' })
  projects(
    @Args(() => PageArgs) page: PageArgs,
    @Arg('orderBy', () => ProjectOrder, { nullable: true, description: 'Default: newest first.' })
    orderBy: ProjectOrder | null,
    @Arg('filter', () => ProjectFilter, { nullable: true, description: 'Default: all.' }) filter: ProjectFilter | null,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listProjects(ctx, page, { order: orderBy, filter, selected });
  }

  @FieldResolver(() => ProjectStats, { description: 'How much it holds; counted when it is selected.' })
  stats(@Root() project: Row<Project>, @Ctx() ctx: Context) {
    return countContents(ctx, project.id);
  }

  @FieldResolver(() => LLMProvider, {
    nullable: true,
    description:
      'A language model that is asked, once the text of an answer has ended, what it thinks of its citations: see Citation.judgeVerdict. It is sent the claims and the passages that they cite, and has 20 seconds. null: nobody is asked.',
  })
  citationJudge(@Root() project: Row<Project>, @Ctx() ctx: Context) {
    return findById(ctx, LLMProvider, project.citationJudgeId);
  }

  @Mutation(() => CreateProjectPayload, {
    description: 'Creates a project. Fails with INVALID, NOT_FOUND, TAKEN, CONFLICT or IDEMPOTENCY_KEY_REUSED.',
  })
  createProject(
    @Arg('input', () => CreateProjectInput, { description: 'The new project.' }) input: CreateProjectInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, createProject(ctx, input));
  }

  @Mutation(() => UpdateProjectPayload, {
    description: 'Changes a project. Fails with INVALID, NOT_FOUND, TAKEN or CONFLICT.',
  })
  updateProject(
    @Arg('input', () => UpdateProjectInput, { description: 'What to change.' }) input: UpdateProjectInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, updateProject(ctx, input));
  }

  @Mutation(() => DeleteProjectPayload, {
    description:
      'Deletes a project with its documents, runs, conversations and evaluation sets; a run or an answer that is going ends. A large one goes in parts, which may take minutes: after an error, delete it again. Fails with NOT_FOUND.',
  })
  deleteProject(
    @Arg('input', () => DeleteProjectInput, { description: 'Which project.' }) input: DeleteProjectInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, deleteProject(ctx, input));
  }
}
