import { BigIntType, type Opt } from '@mikro-orm/core';
import { Check, Entity, Index, ManyToOne, Property } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { Project } from '../project/project.entity.js';

/** Questions about a project and their answers. */
@ObjectType({ implements: Node, description: 'Questions about a project and their answers.' })
@Entity({ tableName: 'conversation' })
@Index({ name: 'conversation_project_id_index', properties: ['projectId', 'updatedAt', 'id'] })
@Index({ name: 'conversation_llm_provider_id_index', properties: ['llmProviderId', 'updatedAt', 'id'] })
@Check({ name: 'conversation_title_length', expression: 'char_length(title) >= 1 and char_length(title) <= 255' })
export class Conversation {
  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => Project, { mapToPk: true, fieldName: 'project_id', deleteRule: 'cascade', index: false })
  projectId!: string;

  @ManyToOne(() => LLMProvider, { mapToPk: true, fieldName: 'llm_provider_id', deleteRule: 'restrict', index: false })
  llmProviderId!: string;

  @Field(() => String, {
    description:
      '1 to 255 characters. "New conversation" until the first message, then its first 50 characters (with "…" when cut), unless one was given.',
  })
  @Property({ type: 'string', length: 255 })
  title!: string;

  /** A title that somebody gave is never derived from a message. */
  @Property({ type: 'boolean', default: false })
  titleGiven!: boolean;

  /** What its answers cost so far. */
  @Property({ type: new BigIntType('number'), default: 0 })
  inputTokens!: Opt<number>;

  @Property({ type: new BigIntType('number'), default: 0 })
  outputTokens!: Opt<number>;

  @Field(() => DateTime, { description: 'When it was created.' })
  @Timestamp()
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When it was last active: moves on every message.' })
  @Timestamp()
  updatedAt!: Date;
}
