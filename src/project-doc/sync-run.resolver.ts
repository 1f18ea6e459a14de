import { Arg, Args, Ctx, FieldResolver, Float, ID, Mutation, Resolver, Root, Subscription } from 'type-graphql';

import type { Context } from '../context.js';
import { Document } from '../document/document.entity.js';
import type { Row } from '../platform/database/rows.js';
import { progressOf } from '../platform/jobs/background-run.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { ProjectDoc } from './project-doc.entity.js';
import {
  CancelSyncRunInput,
  CancelSyncRunPayload,
  PreviewSyncInput,
  PreviewSyncPayload,
  RetrySyncRunInput,
  RetrySyncRunPayload,
  SyncPreview,
  SyncProjectDocInput,
  SyncProjectDocPayload,
  SyncRunFileConnection,
} from './sync-run.inputs.js';
import { pageOfPreview, previewSync } from './preview-sync.js';
import { retrySyncRun } from './retry-sync-run.js';
import { listSyncRunFiles } from './project-doc.loaders.js';
import { SyncFileOutcome, SyncRunFile } from './sync-run-file.entity.js';
import { SyncRun } from './sync-run.entity.js';
import { cancelSyncRun, followSyncRun, syncProjectDoc } from './sync-run.service.js';

@Resolver(() => SyncRunFile)
export class SyncRunFileResolver {
  @FieldResolver(() => Document, {
    nullable: true,
    description: 'The document; null where there is none, or none any more.',
  })
  document(@Root() file: Row<SyncRunFile>, @Ctx() ctx: Context) {
    return findById(ctx, Document, file.documentId);
  }
}

@Resolver(() => SyncPreview)
export class SyncPreviewResolver {
  @FieldResolver(() => SyncRunFileConnection, { description: 'What would become of each file, all but UNCHANGED.' })
  files(
    @Root() preview: SyncPreview,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('outcome', () => SyncFileOutcome, { nullable: true, description: 'Only files with this outcome.' })
    outcome: SyncFileOutcome | null,
  ) {
    return pageOfPreview(preview, page, outcome);
  }
}

@Resolver(() => SyncRun)
export class SyncRunResolver {
  @FieldResolver(() => ProjectDoc, { description: 'What is synced.' })
  projectDoc(@Root() run: Row<SyncRun>, @Ctx() ctx: Context) {
    return getById(ctx, ProjectDoc, run.projectDocId);
  }

  @FieldResolver(() => SyncRun, {
    nullable: true,
    description: 'The run whose FAILED files this one takes up, and nothing else; null: it takes all files.',
  })
  retryOf(@Root() run: Row<SyncRun>, @Ctx() ctx: Context) {
    return findById(ctx, SyncRun, run.retryOfId);
  }

  @FieldResolver(() => Float, { description: '0..1: files processed of all; 1 when it has finished.' })
  progress(@Root() run: Row<SyncRun>) {
    return progressOf(run, run.filesProcessed, run.filesTotal);
  }

  @FieldResolver(() => SyncRunFileConnection, {
    description:
      'What became of each file so far, in the order of the work. Kept for the newest 20 runs of a ProjectDoc; the counters stay.',
  })
  files(
    @Root() run: Row<SyncRun>,
    @Args(() => PageArgs) page: PageArgs,
    @Arg('outcome', () => SyncFileOutcome, { nullable: true, description: 'Only files with this outcome.' })
    outcome: SyncFileOutcome | null,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listSyncRunFiles(ctx, run.id, page, outcome, selected);
  }

  @Mutation(() => SyncProjectDocPayload, {
    description:
      'Starts a sync and returns at once; while one is going, returns that one. Follow it with syncRunUpdated. Fails with NOT_FOUND.',
  })
  syncProjectDoc(
    @Arg('input', () => SyncProjectDocInput, { description: 'Which ProjectDoc.' }) input: SyncProjectDocInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, syncProjectDoc(ctx, input));
  }

  @Mutation(() => CancelSyncRunPayload, {
    description: 'Cancels a run; what it finished stays. Fails with NOT_FOUND, or CONFLICT when it has ended already.',
  })
  cancelSyncRun(
    @Arg('input', () => CancelSyncRunInput, { description: 'Which run.' }) input: CancelSyncRunInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, cancelSyncRun(ctx, input));
  }

  @Mutation(() => RetrySyncRunPayload, {
    description:
      'Takes up what failed in the newest run: after PARTIAL only its FAILED files, at the head of the branch as it is now; after FAILED, CANCELLED or INTERRUPTED everything. While a run is going, returns that one. Fails with NOT_FOUND, or CONFLICT when nothing failed or a newer run has ended.',
  })
  retrySyncRun(
    @Arg('input', () => RetrySyncRunInput, { description: 'Which run.' }) input: RetrySyncRunInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, retrySyncRun(ctx, input));
  }

  @Mutation(() => PreviewSyncPayload, {
    description:
      'What a sync would do now: fetches what it would fetch, cuts it, and writes nothing. Fails with NOT_FOUND, INVALID when the repository, branch or folder is missing or access is refused, or UNAVAILABLE when its host cannot be reached or four previews are being made already.',
  })
  previewSync(
    @Arg('input', () => PreviewSyncInput, { description: 'Which ProjectDoc.' }) input: PreviewSyncInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, previewSync(ctx, input));
  }

  @Subscription(() => SyncRun, {
    subscribe: ({ args, context }: { args: { id?: string }; context: Context }) =>
      followSyncRun(context, args.id ?? ''),
    description:
      'The run as it is now, even when it has finished; then each time that it moves, at most four times a second; ends when it has finished, or is deleted. Fails with NOT_FOUND.',
  })
  syncRunUpdated(@Root() run: Row<SyncRun>, @Arg('id', () => ID, { description: 'Which run.' }) _id: string) {
    return run;
  }
}
