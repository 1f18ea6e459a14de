import { Arg, Args, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import { Document } from '../document/document.entity.js';
import type { Row } from '../platform/database/rows.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { Project } from '../project/project.entity.js';
import { readFileTree } from './file-tree.js';
import { findFreshness } from './freshness.js';
import { ProjectDoc } from './project-doc.entity.js';
import {
  CreateProjectDocInput,
  CreateProjectDocPayload,
  DeleteProjectDocInput,
  DeleteProjectDocPayload,
  FileTreeEntry,
  ProjectDocConnection,
  SourceFreshness,
  UpdateProjectDocInput,
  UpdateProjectDocPayload,
} from './project-doc.inputs.js';
import { SyncRunConnection } from './sync-run.inputs.js';
import { findLatestSyncRun, listProjectDocs, listSyncRuns } from './project-doc.loaders.js';
import { createProjectDoc, deleteProjectDoc, updateProjectDoc } from './project-doc.service.js';
import { SyncRun } from './sync-run.entity.js';

@Resolver(() => Project)
export class ProjectDocsOfProjectResolver {
  @FieldResolver(() => ProjectDocConnection, {
    description: 'The repositories and folders that it follows, oldest first.',
  })
  projectDocs(
    @Root() project: Row<Project>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listProjectDocs(ctx, project.id, page, selected);
  }
}

@Resolver(() => FileTreeEntry)
export class FileTreeEntryResolver {
  @FieldResolver(() => Document, { nullable: true, description: 'null for a folder.' })
  document(@Root() entry: FileTreeEntry, @Ctx() ctx: Context) {
    return findById(ctx, Document, entry.documentId);
  }
}

@Resolver(() => ProjectDoc)
export class ProjectDocResolver {
  @Query(() => ProjectDoc, { nullable: true, description: 'The ProjectDoc with this id; null when there is none.' })
  projectDoc(@Arg('id', () => ID, { description: 'Which one.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, ProjectDoc, id);
  }

  @FieldResolver(() => Project, { description: 'The project that it belongs to.' })
  project(@Root() projectDoc: Row<ProjectDoc>, @Ctx() ctx: Context) {
    return getById(ctx, Project, projectDoc.projectId);
  }

  @FieldResolver(() => SourceFreshness, {
    description:
      "How what is stored compares with the head of the repository's branch, without a sync. The git host is asked at most once a minute for each branch, and waited for at most 3 seconds; where it does not answer, the last head that is known counts, or what the last sync saw.",
  })
  freshness(@Root() projectDoc: Row<ProjectDoc>, @Ctx() ctx: Context) {
    return findFreshness(ctx, projectDoc);
  }

  @FieldResolver(() => SyncRunConnection, { description: 'Its runs, newest first.' })
  syncRuns(
    @Root() projectDoc: Row<ProjectDoc>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listSyncRuns(ctx, projectDoc.id, page, selected);
  }

  @FieldResolver(() => SyncRun, { nullable: true, description: 'The newest run; null when there was none.' })
  latestSyncRun(@Root() projectDoc: Row<ProjectDoc>, @Ctx() ctx: Context) {
    return findLatestSyncRun(ctx, projectDoc.id);
  }

  @FieldResolver(() => [FileTreeEntry], {
    description:
      'Folders and files below path, depth-first; folders before files, each alphabetical. Empty where there is no such folder. At most 10,000 in one operation (QUERY_TOO_COMPLEX).',
  })
  fileTree(
    @Root() projectDoc: Row<ProjectDoc>,
    @Arg('path', () => String, { nullable: true, description: 'A folder inside the repository; default: its root.' })
    path: string | null,
    @Arg('depth', () => Int, { defaultValue: 1, nullable: true, description: 'How many levels: 1 to 20, default 1.' })
    depth: number | null,
    @Ctx() ctx: Context,
  ) {
    return readFileTree(ctx, projectDoc.id, path, depth ?? 1);
  }

  @Mutation(() => CreateProjectDocPayload, {
    description:
      'Adds a folder of a repository to a project; syncProjectDoc then reads it. Fails with INVALID, NOT_FOUND, CONFLICT or IDEMPOTENCY_KEY_REUSED.',
  })
  createProjectDoc(
    @Arg('input', () => CreateProjectDocInput, { description: 'The new ProjectDoc.' }) input: CreateProjectDocInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, createProjectDoc(ctx, input));
  }

  @Mutation(() => UpdateProjectDocPayload, {
    description:
      'Changes a ProjectDoc. A new URL, branch or folder makes it NOT_SYNCED; its documents stay until the next sync. Fails with INVALID, NOT_FOUND, or CONFLICT for a new URL, branch or folder while a run is going.',
  })
  updateProjectDoc(
    @Arg('input', () => UpdateProjectDocInput, { description: 'What to change.' }) input: UpdateProjectDocInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, updateProjectDoc(ctx, input));
  }

  @Mutation(() => DeleteProjectDocPayload, {
    description:
      'Deletes a ProjectDoc with its documents and runs; a run that is going is cancelled. A large one goes in parts, which may take minutes: after an error, delete it again. Fails with NOT_FOUND.',
  })
  deleteProjectDoc(
    @Arg('input', () => DeleteProjectDocInput, { description: 'Which one.' }) input: DeleteProjectDocInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, deleteProjectDoc(ctx, input));
  }
}
