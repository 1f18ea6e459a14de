import { Check, Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime, Json } from '../platform/graphql/scalars.js';
import { Project } from '../project/project.entity.js';
import { Document } from './document.entity.js';

/**
 * A passage of a document: what is searched, cited and given to a model. With its project's id, so that filters need no
 * join.
 */
@ObjectType({ implements: Node, description: 'A passage of a document: what is searched, cited and given to a model.' })
@Entity({ tableName: 'chunk' })
@Unique({ name: 'chunk_document_id_chunk_index_unique', properties: ['documentId', 'chunkIndex'] })
@Index({ name: 'chunk_text_digest_index', properties: ['projectId', 'textDigest'] })
@Check({ name: 'chunk_lines', expression: 'start_line >= 1 and end_line >= start_line and chunk_index >= 0' })
export class Chunk {
  @Field(() => ID, { description: 'A UUIDv7; changes when the content of its document does.' })
  @Id()
  id!: string;

  @ManyToOne(() => Project, { mapToPk: true, fieldName: 'project_id', deleteRule: 'cascade', index: false })
  projectId!: string;

  @ManyToOne(() => Document, { mapToPk: true, fieldName: 'document_id', deleteRule: 'cascade', index: false })
  documentId!: string;

  @Field(() => String, {
    description:
      'The lines startLine to endLine of the file, at most 512 tokens; line ends are \\n, whatever those of the file are.',
  })
  @Property({ type: 'text' })
  chunkText!: string;

  @Field(() => Int, { description: '0-based position in its document.' })
  @Property({ type: 'integer' })
  chunkIndex!: number;

  /** Of what is embedded: the same text in the same project has the same vectors; see Embedding. */
  @Property({ type: 'uuid' })
  textDigest!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'GitHub\'s id of the nearest heading, without "#"; null before the first one, and where it is not sure (reStructuredText, AsciiDoc).',
  })
  @Property({ type: 'string', length: 512, nullable: true })
  headerAnchor!: string | null;

  @Field(() => [String], { description: 'The headings from the top down to the nearest one.' })
  @Property({ type: 'json' })
  headerPath!: string[];

  @Field(() => Int, { description: '1-based, inclusive.' })
  @Property({ type: 'integer' })
  startLine!: number;

  @Field(() => Int, { description: '1-based, inclusive.' })
  @Property({ type: 'integer' })
  endLine!: number;

  @Field(() => Json, { nullable: true, description: 'Reserved for what later versions note about a passage.' })
  @Property({ type: 'json', nullable: true })
  metadata!: Record<string, unknown> | null;

  @Field(() => DateTime, { description: 'When it was cut.' })
  @Timestamp()
  createdAt!: Date;
}
