import { enumType } from '../platform/graphql/enum-type.js';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Failure } from '../platform/failure.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { Project } from '../project/project.entity.js';

export const ReembeddingStatus = enumType(
  'ReembeddingStatus',
  'Where a change of the embedding model stands. May grow: keep a default branch.',
  {
    QUEUED: 'Waits for its turn, for a process that goes on with it, or to be tried again: see error.',
    RUNNING: 'Is going; its counters move. Searches use the old vectors.',
    SUCCEEDED: 'Searches use the new vectors.',
    FAILED: 'Ended by an error; searches use the old vectors, and what was made is kept.',
    CANCELLED: 'Stopped by a caller; searches use the old vectors, and what was made is kept.',
    ROLLED_BACK: 'It had succeeded; then a roll back brought the old vectors into use again.',
  },
);
export type ReembeddingStatus = keyof typeof ReembeddingStatus;

export const ACTIVE_REEMBEDDING_STATUSES = [ReembeddingStatus.QUEUED, ReembeddingStatus.RUNNING] as const;

/** One change of a project's embedding model. The partial unique index is what makes two at once impossible. */
@ObjectType({
  implements: Node,
  description: "One change of a project's embedding model: its passages get new vectors.",
})
@Entity({ tableName: 'reembedding' })
@Index({ name: 'reembedding_project_id_index', properties: ['projectId', 'createdAt', 'id'] })
@Index({
  name: 'reembedding_one_active',
  expression: `create unique index "reembedding_one_active" on "reembedding" ("project_id") where "status" in ('QUEUED', 'RUNNING')`,
})
@Index({ name: 'reembedding_rolls_back_id_index', properties: ['rollsBackId'] })
@Check({ name: 'reembedding_counts', expression: 'chunks_done >= 0 and chunks_embedded >= 0 and chunks_total >= 0' })
export class Reembedding {
  /** What has a default in the database. */
  [OptionalProps]?: 'chunksTotal' | 'chunksDone' | 'chunksEmbedded' | 'attempt';

  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => Project, { mapToPk: true, fieldName: 'project_id', deleteRule: 'cascade', index: false })
  projectId!: string;

  @Field(() => ReembeddingStatus, { description: 'Where it stands.' })
  @Enum({ items: () => ReembeddingStatus, default: ReembeddingStatus.QUEUED })
  status!: ReembeddingStatus;

  @Field(() => String, { description: 'The model whose vectors searches use until it has SUCCEEDED.' })
  @Property({ type: 'string', length: 150 })
  fromModel!: string;

  @Field(() => String, { description: 'The model whose vectors searches use from then on.' })
  @Property({ type: 'string', length: 150 })
  toModel!: string;

  /** The one whose old vectors this one brings back. */
  @ManyToOne(() => Reembedding, {
    mapToPk: true,
    fieldName: 'rolls_back_id',
    deleteRule: 'set null',
    nullable: true,
    index: false,
  })
  rollsBackId!: string | null;

  @Field(() => Int, { description: 'Passages of the project when they were last counted; 0 while it is first QUEUED.' })
  @Property({ type: 'integer', default: 0 })
  chunksTotal!: number;

  @Field(() => Int, { description: 'Passages of these that have a vector of toModel.' })
  @Property({ type: 'integer', default: 0 })
  chunksDone!: number;

  @Field(() => Int, { description: 'Texts that were sent to the model and came back; equal ones are sent once.' })
  @Property({ type: 'integer', default: 0 })
  chunksEmbedded!: number;

  @Field(() => Failure, {
    nullable: true,
    description:
      'Why it FAILED. While it is going: what it failed with last, which passes; it is tried again for up to an hour. null otherwise.',
  })
  @Property({ type: 'json', nullable: true })
  error!: Failure | null;

  @Field(() => DateTime, { nullable: true, description: 'When work first began; null before that.' })
  @Timestamp({ nullable: true })
  startedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When it ended, however it ended; null before. SUCCEEDED and ROLLED_BACK: when the new vectors came into use.',
  })
  @Timestamp({ nullable: true })
  finishedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'Until when vectors are kept: SUCCEEDED: the old ones, for rollBackReembedding. FAILED and CANCELLED: those that were made, which reembedProject does not make again. 7 days, or until the next change; null: nothing is kept.',
  })
  @Timestamp({ nullable: true })
  keptUntil!: Date | null;

  /** Counts the processes that took it up: one that was taken for dead can write nothing any more. */
  @Property({ type: 'integer', default: 0 })
  attempt!: number;

  /** Moved on by the process that works on it; one that stands still for long has lost its process. */
  @Timestamp({ nullable: true })
  heartbeatAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was asked for.' })
  @Timestamp()
  createdAt!: Date;
}
