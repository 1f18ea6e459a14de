import { enumType } from '../platform/graphql/enum-type.js';
import { Entity, Enum, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, ObjectType } from 'type-graphql';

import { Document } from '../document/document.entity.js';
import { Id } from '../platform/database/columns.js';
import { SyncRun } from './sync-run.entity.js';

export const SyncFileOutcome = enumType('SyncFileOutcome', 'What became of one file in a run.', {
  ADDED: 'It became a new document.',
  UPDATED: 'Its content changed, or how it is cut and indexed; its passages were replaced.',
  RENAMED:
    'Same content at another path: the document keeps its id and its passages; where it is cut differently there, its id.',
  DELETED: 'It left the repository or the folder, and the index with it.',
  UNCHANGED: 'Same content at the same path: no work was done.',
  SKIPPED: 'It is not documentation, too large or not text: see the reason.',
  FAILED: 'It could not be processed: see the reason. What was stored of it before stays.',
});
export type SyncFileOutcome = keyof typeof SyncFileOutcome;

@ObjectType({ description: 'What became of one file in a run.' })
@Entity({ tableName: 'sync_run_file' })
@Index({ name: 'sync_run_file_sync_run_id_index', properties: ['syncRunId', 'position'] })
@Index({ name: 'sync_run_file_document_id_index', properties: ['documentId'] })
export class SyncRunFile {
  @Id()
  id!: string;

  @ManyToOne(() => SyncRun, { mapToPk: true, fieldName: 'sync_run_id', deleteRule: 'cascade', index: false })
  syncRunId!: string;

  @Property({ type: 'integer' })
  position!: number;

  @Field(() => String, { description: 'Full path in the repository; bytes that are not UTF-8 are shown escaped.' })
  @Property({ type: 'text' })
  path!: string;

  @Field(() => String, { nullable: true, description: 'Where it was before it was RENAMED; null otherwise.' })
  @Property({ type: 'text', nullable: true })
  previousPath!: string | null;

  @Field(() => SyncFileOutcome, { description: 'What became of it.' })
  @Enum({ items: () => SyncFileOutcome })
  outcome!: SyncFileOutcome;

  @Field(() => String, {
    nullable: true,
    description:
      'Why it was SKIPPED, FAILED, RENAMED or DELETED, or which part of it was left out, for people; null otherwise. previewSync says of every file why it would be read.',
  })
  @Property({ type: 'text', nullable: true })
  reason!: string | null;

  @ManyToOne(() => Document, {
    mapToPk: true,
    fieldName: 'document_id',
    deleteRule: 'set null',
    nullable: true,
    index: false,
  })
  documentId!: string | null;
}
