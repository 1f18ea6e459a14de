import { enumType } from '../platform/graphql/enum-type.js';
import { OptionalProps } from '@mikro-orm/core';
import { Check, Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime, Url } from '../platform/graphql/scalars.js';
import { Project } from '../project/project.entity.js';

export const SyncStatus = enumType('SyncStatus', 'Where the sync of a ProjectDoc stands.', {
  NOT_SYNCED: 'No run has finished yet, its URL, branch or folder changed since, or it is being deleted.',
  QUEUED: 'A run waits for its turn.',
  SYNCING: 'A run is going.',
  SYNCED:
    'A run has finished: the last one, or an earlier one where the last was CANCELLED or INTERRUPTED. Some files may have been skipped or have failed: see latestSyncRun.',
  FAILED: 'The last run failed as a whole: see its error. Documents of earlier runs are still there.',
});
export type SyncStatus = keyof typeof SyncStatus;

/** Where a ProjectDoc's files come from. Not in the API: nobody outside can name this machine's own checkout. */
export enum SourceKind {
  GIT = 'GIT',
  CHECKOUT = 'CHECKOUT',
}

/** A folder of a git repository whose documentation belongs to a project. */
@ObjectType({ implements: Node, description: 'A folder of a git repository whose documentation belongs to a project.' })
@Entity({ tableName: 'project_doc' })
@Index({ name: 'project_doc_project_id_index', properties: ['projectId', 'createdAt', 'id'] })
@Index({
  name: 'project_doc_github_url_index',
  expression: 'create index "project_doc_github_url_index" on "project_doc" (lower(github_url))',
})
@Index({ name: 'project_doc_repository_key_index', properties: ['repositoryKey'] })
@Check({ name: 'project_doc_name_length', expression: 'char_length(name) >= 1 and char_length(name) <= 255' })
export class ProjectDoc {
  /** What has a default in the database. */
  [OptionalProps]?: 'syncAgain';

  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => Project, { mapToPk: true, fieldName: 'project_id', deleteRule: 'cascade', index: false })
  projectId!: string;

  @Field(() => String, { description: '1 to 255 characters, trimmed.' })
  @Property({ type: 'string', length: 255 })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 10,000 characters; null: none.' })
  @Property({ type: 'text', nullable: true })
  description!: string | null;

  @Enum({ items: () => SourceKind, default: SourceKind.GIT })
  sourceKind!: SourceKind;

  @Field(() => Url, {
    description: 'The repository, such as https://github.com/owner/repository; at most 512 characters.',
  })
  @Property({ type: 'string', length: 512 })
  githubUrl!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The folder that is synced, without slashes at either end; null: the whole repository. At most 512 characters.',
  })
  @Property({ type: 'string', length: 512, nullable: true })
  githubFolderPath!: string | null;

  @Field(() => String, { nullable: true, description: "null: the remote's default branch. At most 255 bytes." })
  @Property({ type: 'string', length: 255, nullable: true })
  branch!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The language of documents that do not say theirs by lang in their front matter, as a code such as de; null: en.',
  })
  @Property({ type: 'string', length: 20, nullable: true })
  language!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the last run that succeeded, at least in part, finished; null: never.',
  })
  @Timestamp({ nullable: true })
  lastSyncedAt!: Date | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the commit that was last synced was made; null like lastGithubCommitSha.',
  })
  @Timestamp({ nullable: true })
  lastGithubCommitDate!: Date | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The commit that was last synced, 40 hexadecimal digits. null: never, and from a new URL, branch or folder on until the next sync.',
  })
  @Property({ type: 'string', length: 64, nullable: true })
  lastGithubCommitSha!: string | null;

  @Field(() => SyncStatus, { description: 'Where its sync stands.' })
  @Enum({ items: () => SyncStatus, default: SyncStatus.NOT_SYNCED })
  syncStatus!: SyncStatus;

  /** A push came while a run was going: another one follows it. */
  @Property({ type: 'boolean', default: false })
  syncAgain!: boolean;

  /**
   * Host and id of the repository, as its last push told them: they stay when it is renamed. null: no push came yet.
   */
  @Property({ type: 'string', length: 300, nullable: true })
  repositoryKey!: string | null;

  /** When SYNC_INTERVAL last had its head looked at. */
  @Timestamp({ nullable: true })
  polledAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was created.' })
  @Timestamp()
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When its settings last changed.' })
  @Timestamp()
  updatedAt!: Date;
}
