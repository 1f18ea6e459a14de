import { enumType } from '../platform/graphql/enum-type.js';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Failure } from '../platform/failure.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { ProjectDoc } from './project-doc.entity.js';

export const SyncRunStatus = enumType('SyncRunStatus', 'Where a run stands. May grow: keep a default branch.', {
  QUEUED: 'Waits for its turn.',
  RUNNING: 'Is going; its counters move.',
  SUCCEEDED: 'Finished; no file failed.',
  PARTIAL: 'Finished; some files failed, see `files(outcome: FAILED)`.',
  FAILED: 'Ended by an error of the whole run; what was finished before it stays.',
  CANCELLED: 'Stopped by a caller; what was finished stays.',
  INTERRUPTED: 'Its process ended, or left it to others; the next run takes it up.',
});
export type SyncRunStatus = keyof typeof SyncRunStatus;

export const ACTIVE_RUN_STATUSES = [SyncRunStatus.QUEUED, SyncRunStatus.RUNNING] as const;

/**
 * One sync of a ProjectDoc. The partial unique index is what makes two at once impossible, in any number of processes.
 */
@ObjectType({ implements: Node, description: 'One sync of a ProjectDoc with a commit of its repository.' })
@Entity({ tableName: 'sync_run' })
@Index({ name: 'sync_run_project_doc_id_index', properties: ['projectDocId', 'createdAt', 'id'] })
@Index({
  name: 'sync_run_one_active',
  expression: `create unique index "sync_run_one_active" on "sync_run" ("project_doc_id") where "status" in ('QUEUED', 'RUNNING')`,
})
@Index({ name: 'sync_run_retry_of_id_index', properties: ['retryOfId'] })
@Check({
  name: 'sync_run_counts',
  expression: 'files_processed >= 0 and files_processed <= files_total and chunks_embedded >= 0',
})
export class SyncRun {
  /** What has a default in the database. */
  [OptionalProps]?: `${'chunks' | 'files'}${string}` & keyof SyncRun;

  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => ProjectDoc, { mapToPk: true, fieldName: 'project_doc_id', deleteRule: 'cascade', index: false })
  projectDocId!: string;

  @Field(() => SyncRunStatus, { description: 'Where the run stands.' })
  @Enum({ items: () => SyncRunStatus, default: SyncRunStatus.QUEUED })
  status!: SyncRunStatus;

  @Field(() => String, { nullable: true, description: 'The commit that is synced; null until it is known.' })
  @Property({ type: 'string', length: 64, nullable: true })
  commitSha!: string | null;

  @Field(() => DateTime, { nullable: true, description: 'When work began; null while it is QUEUED.' })
  @Timestamp({ nullable: true })
  startedAt!: Date | null;

  @Field(() => DateTime, { nullable: true, description: 'When it ended, however it ended; null before.' })
  @Timestamp({ nullable: true })
  finishedAt!: Date | null;

  @Field(() => Int, {
    description: 'Files below the folder, those that are skipped included; 0 until they are listed.',
  })
  @Property({ type: 'integer', default: 0 })
  filesTotal!: number;

  @Field(() => Int, { description: 'Files that have an outcome so far, of filesTotal.' })
  @Property({ type: 'integer', default: 0 })
  filesProcessed!: number;

  @Field(() => Int, { description: 'Files that became new documents.' })
  @Property({ type: 'integer', default: 0 })
  filesAdded!: number;

  @Field(() => Int, { description: 'Documents whose content changed, or how it is cut and indexed.' })
  @Property({ type: 'integer', default: 0 })
  filesUpdated!: number;

  @Field(() => Int, { description: 'Documents whose path changed and whose content did not.' })
  @Property({ type: 'integer', default: 0 })
  filesRenamed!: number;

  @Field(() => Int, { description: 'Documents that left because their file did; not part of filesTotal.' })
  @Property({ type: 'integer', default: 0 })
  filesDeleted!: number;

  @Field(() => Int, { description: 'Documents whose file is the same as before: no work was done for them.' })
  @Property({ type: 'integer', default: 0 })
  filesUnchanged!: number;

  @Field(() => Int, {
    description: 'Files that are not documentation, too large or not text; each has its reason in `files`.',
  })
  @Property({ type: 'integer', default: 0 })
  filesSkipped!: number;

  @Field(() => Int, { description: 'Files that could not be processed; each has its reason in `files`.' })
  @Property({ type: 'integer', default: 0 })
  filesFailed!: number;

  @Field(() => Int, { description: 'Passages that were sent to the embedding model.' })
  @Property({ type: 'integer', default: 0 })
  chunksEmbedded!: number;

  @Field(() => Int, {
    description:
      'Passages of new or changed files that were not sent to it: the project had a vector of the same text already.',
  })
  @Property({ type: 'integer', default: 0 })
  chunksReused!: number;

  /** The run whose FAILED files this one takes up, and nothing else; null: all files. */
  @ManyToOne(() => SyncRun, {
    mapToPk: true,
    fieldName: 'retry_of_id',
    deleteRule: 'set null',
    nullable: true,
    index: false,
  })
  retryOfId!: string | null;

  @Field(() => Failure, {
    nullable: true,
    description: 'Why the run as a whole FAILED or was INTERRUPTED; null otherwise.',
  })
  @Property({ type: 'json', nullable: true })
  error!: Failure | null;

  /** Moved on by the process that works on it; a run that stands still for long has lost its process. */
  @Timestamp({ nullable: true })
  heartbeatAt!: Date | null;

  @Timestamp()
  createdAt!: Date;
}
