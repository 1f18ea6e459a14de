import { Entity, Index, ManyToOne, Property, Trigger, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime, Json } from '../platform/graphql/scalars.js';
import { ProjectDoc } from '../project-doc/project-doc.entity.js';
import { Project } from '../project/project.entity.js';

/** One file of a repository at one commit. `content` is lazy: lists and search never read it. */
@ObjectType({ implements: Node, description: 'One file of a repository, as it was at one commit.' })
@Entity({ tableName: 'document' })
@Unique({ name: 'document_project_doc_id_file_path_unique', properties: ['projectDocId', 'filePath'] })
@Index({
  name: 'document_project_id_index',
  expression: 'create index "document_project_id_index" on "document" ("project_id", "file_path" collate "C", "id")',
})
@Index({
  name: 'document_sizes_index',
  expression:
    'create index "document_sizes_index" on "document" ("project_id", "language") include ("passage_count", "term_count")',
})
@Trigger({
  name: 'document_delete_terms',
  timing: 'after',
  events: ['delete'],
  forEach: 'statement',
  expression: `create trigger "document_delete_terms" after delete on "document" referencing old table as gone
    for each statement execute function "delete_document_terms"()`,
})
export class Document {
  @Field(() => ID, { description: 'A UUIDv7; kept when the file is renamed or changed.' })
  @Id()
  id!: string;

  @ManyToOne(() => Project, { mapToPk: true, fieldName: 'project_id', deleteRule: 'cascade', index: false })
  projectId!: string;

  @ManyToOne(() => ProjectDoc, { mapToPk: true, fieldName: 'project_doc_id', deleteRule: 'cascade', index: false })
  projectDocId!: string;

  @Field(() => String, { description: 'Full path in the repository, at most 1,024 characters.' })
  @Property({ type: 'string', length: 1024 })
  filePath!: string;

  @Field(() => String, { description: 'The last part of filePath.' })
  @Property({ type: 'string', length: 1024 })
  fileName!: string;

  @Field(() => String, {
    description: "The front matter's title, else the first heading, else the file name; at most 255 characters.",
  })
  @Property({ type: 'string', length: 255 })
  title!: string;

  @Field(() => String, { description: 'The extension in lower case; "txt" when there is none.' })
  @Property({ type: 'string', length: 50 })
  fileType!: string;

  @Field(() => Int, { description: 'Bytes in the repository, at most 1,048,576.' })
  @Property({ type: 'integer' })
  fileSize!: number;

  @Property({ type: 'text', lazy: true })
  content!: string;

  @Field(() => Json, {
    nullable: true,
    description:
      'The front matter; null where there is none, or none that can be read: then SyncRunFile.reason says why.',
  })
  @Property({ type: 'json', nullable: true })
  metadata!: Record<string, unknown> | null;

  @Field(() => String, {
    description:
      "The language that its words are stemmed in, as a code such as en or de: the front matter's lang, else the ProjectDoc's, else en.",
  })
  @Property({ type: 'string', length: 20 })
  language!: string;

  @Property({ type: 'integer', lazy: true })
  passageCount!: number;

  /** How many terms its passages have, title and headings counted twice: its length for BM25. */
  @Property({ type: 'integer', lazy: true })
  termCount!: number;

  /** The CUT_VERSION of the rules that it was cut and indexed by. */
  @Property({ type: 'integer', default: 1, lazy: true })
  cutVersion!: number;

  @Field(() => String, { description: "Git's id of the content, 40 hexadecimal digits." })
  @Property({ type: 'string', length: 64 })
  blobSha!: string;

  @Field(() => String, {
    description:
      'The commit that this content was read at, or a later one that has it too where that one may have left the repository; 40 hexadecimal digits, zeros where none is known.',
  })
  @Property({ type: 'string', length: 64 })
  commitSha!: string;

  @Field(() => DateTime, { description: 'When it was first synced.' })
  @Timestamp()
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When its content or path last changed.' })
  @Timestamp()
  updatedAt!: Date;
}
