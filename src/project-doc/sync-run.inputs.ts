import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';

import { connectionType } from '../platform/graphql/pages.js';
import { PayloadType, RESULT } from '../platform/graphql/user-errors.js';
import type { PreviewedFile } from './preview-sync.js';
import { SyncRunFile } from './sync-run-file.entity.js';
import { SyncRun } from './sync-run.entity.js';

@InputType({ description: 'Which ProjectDoc to sync.' })
export class SyncProjectDocInput {
  @Field(() => ID, { description: 'While a run of it is going, that one is answered.' })
  id!: string;
}

@InputType({ description: 'Which run to cancel.' })
export class CancelSyncRunInput {
  @Field(() => ID, { description: 'One that is QUEUED or RUNNING.' })
  id!: string;
}

@InputType({ description: 'Which run to take up again.' })
export class RetrySyncRunInput {
  @Field(() => ID, { description: 'The newest run of its ProjectDoc, which ended in any way but SUCCEEDED.' })
  id!: string;
}

@InputType({ description: 'Which ProjectDoc to preview.' })
export class PreviewSyncInput {
  @Field(() => ID, { description: 'Which one.' })
  id!: string;
}

@ObjectType({ description: 'What a sync would do now.' })
export class SyncPreview {
  @Field(() => String, { description: 'The commit that it would sync.' })
  commitSha!: string;

  @Field(() => Int, { description: 'Documents that would stay as they are.' })
  filesUnchanged!: number;

  @Field(() => Int, { description: 'Passages that would be sent to the embedding model.' })
  chunksToEmbed!: number;

  plannedFiles!: PreviewedFile[];
}

@ObjectType({ description: 'The run that was started, or that was going already.' })
export class SyncProjectDocPayload extends PayloadType {
  @Field(() => SyncRun, {
    nullable: true,
    description: 'null when there are userErrors. Follow it with syncRunUpdated.',
  })
  syncRun?: SyncRun | null;
}

@ObjectType({ description: 'The run that takes up what failed, or the one that was going already.' })
export class RetrySyncRunPayload extends PayloadType {
  @Field(() => SyncRun, {
    nullable: true,
    description: 'null when there are userErrors; its retryOf is the run given where that was PARTIAL.',
  })
  syncRun?: SyncRun | null;
}

@ObjectType({ description: 'The run that was cancelled.' })
export class CancelSyncRunPayload extends PayloadType {
  @Field(() => SyncRun, RESULT)
  syncRun?: SyncRun | null;
}

@ObjectType({ description: 'What a sync would do now.' })
export class PreviewSyncPayload extends PayloadType {
  @Field(() => SyncPreview, RESULT)
  preview?: SyncPreview | null;
}

export const SyncRunConnection = connectionType('SyncRun', () => SyncRun);
export const SyncRunFileConnection = connectionType('SyncRunFile', () => SyncRunFile);
