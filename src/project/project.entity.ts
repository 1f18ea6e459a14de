import { BigIntType, type Opt } from '@mikro-orm/core';
import { Check, Entity, Index, ManyToOne, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ID, Int, ObjectType } from 'type-graphql';

import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';

/** What belongs together: documentation from git repositories, and the conversations about it. */
@ObjectType({
  implements: Node,
  description: 'Documentation from one or more git repositories, and the conversations about it.',
})
@Entity({ tableName: 'project' })
@Index({ name: 'project_citation_judge_id_index', properties: ['citationJudgeId'] })
@Check({ name: 'project_name_length', expression: 'char_length(name) >= 1 and char_length(name) <= 255' })
@Check({ name: 'project_max_tokens', expression: 'max_tokens >= 0' })
export class Project {
  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @Field(() => String, { description: '1 to 255 characters, trimmed, unique among projects.' })
  @Property({ type: 'string', length: 255 })
  @Unique({ name: 'project_name_unique' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'What the project is about; part of the prompt of each answer, of which it has at most half of what the question leaves. At most 10,000 characters; null: none.',
  })
  @Property({ type: 'text', nullable: true })
  description!: string | null;

  @Field(() => String, {
    description:
      'The embedding model whose vectors its searches use, and which its syncs embed with; see reembedProject. `builtin/lsa-1/<id>`: what the builtin embedder has learnt from the passages of this project, which takes at least 500 of them.',
  })
  @Property({ type: 'string', length: 150 })
  embeddingModel!: string;

  @ManyToOne(() => LLMProvider, {
    mapToPk: true,
    fieldName: 'citation_judge_id',
    deleteRule: 'set null',
    nullable: true,
    index: false,
  })
  citationJudgeId!: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'How many tokens its answers may cost in all, input and output together; null: no limit. Once tokenUsage has come that far, questions are refused with LIMIT_EXCEEDED and no language model is called for it; the builtin one costs none.',
  })
  @Property({ type: 'integer', nullable: true })
  maxTokens!: number | null;

  /** What its answers cost so far, those of deleted conversations included. */
  @Property({ type: new BigIntType('number'), default: 0 })
  inputTokens!: Opt<number>;

  @Property({ type: new BigIntType('number'), default: 0 })
  outputTokens!: Opt<number>;

  @Field(() => DateTime, { description: 'When it was created.' })
  @Timestamp()
  createdAt!: Date;

  @Field(() => DateTime, { description: 'When its name, description, judge or maxTokens last changed.' })
  @Timestamp()
  updatedAt!: Date;
}
