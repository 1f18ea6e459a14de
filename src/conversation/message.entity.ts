import { Check, Entity, Enum, Index, ManyToOne, PrimaryKey, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { Id, Timestamp } from '../platform/database/columns.js';
import { Failure } from '../platform/failure.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { Conversation } from './conversation.entity.js';
import { MessageAttempt } from './message-attempt.js';
import { AnswerOutcome, MessageRating, MessageRole, MessageStatus } from './message.enums.js';
import type { MessageRetrieval } from './message-retrieval.js';
import type { StoredCitation } from './citation.js';
import type { StoredSource } from './message-source.js';
import { TokenUsage } from './token-usage.js';

/** A question or an answer. An answer is a record: it is written as it is generated. */
@ObjectType({
  implements: Node,
  description: 'A question or an answer. An answer is a record: it is written as it is generated.',
})
@Entity({ tableName: 'message' })
@Unique({ name: 'message_sequence_unique', properties: ['conversationId', 'sequence'] })
@Index({
  name: 'message_generating_index',
  expression: `create index "message_generating_index" on "message" ("heartbeat_at") where "status" = 'GENERATING'`,
})
@Index({ name: 'message_parent_id_index', properties: ['parentId', 'sequence'] })
@Index({ name: 'message_llm_provider_id_index', properties: ['llmProviderId'] })
@Check({ name: 'message_role', expression: `role in ('user', 'assistant')` })
@Check({
  name: 'message_user_content',
  expression: `role <> 'user' or (char_length(content) >= 1 and char_length(content) <= 100000)`,
})
export class Message {
  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @ManyToOne(() => Conversation, { mapToPk: true, fieldName: 'conversation_id', deleteRule: 'cascade', index: false })
  conversationId!: string;

  /** Order within the conversation, so that it never depends on equal timestamps. */
  @Property({ type: 'integer' })
  sequence!: number;

  /** Whether it is on the branch that the conversation shows. */
  @Property({ type: 'boolean', default: true })
  active!: boolean;

  /** Whether it is the one of its siblings that is shown, or was when their branch was left. */
  @Property({ type: 'boolean', default: true })
  selected!: boolean;

  @Field(() => MessageRole, { description: 'Who speaks.' })
  @Property({ type: 'string', length: 20 })
  role!: MessageRole;

  @Field(() => String, {
    description: 'Markdown. 1 to 100,000 characters in a question; what has been generated so far in an answer.',
  })
  @Property({ type: 'text' })
  content!: string;

  @Field(() => MessageStatus, { description: 'Where it stands; a question is always COMPLETE.' })
  @Enum({ items: () => MessageStatus })
  status!: MessageStatus;

  @Field(() => Failure, { nullable: true, description: 'Why the answer FAILED or was INTERRUPTED; null otherwise.' })
  @Property({ type: 'json', nullable: true })
  error!: Failure | null;

  @Field(() => AnswerOutcome, {
    nullable: true,
    description: 'null on questions, while it is generated, and where it did not come to an end.',
  })
  @Enum({ items: () => AnswerOutcome, nullable: true })
  outcome!: AnswerOutcome | null;

  @Field(() => Boolean, {
    description:
      "Whether the model stopped at its limit of tokens before it was done (maxTokens of its apiConfig, else the provider's own): a COMPLETE answer that ends in mid-sentence. Raise maxTokens and use regenerateMessage.",
  })
  @Property({ type: 'boolean', default: false })
  truncated!: boolean;

  @Property({ type: 'json', nullable: true })
  sources!: StoredSource[] | null;

  @Property({ type: 'json', nullable: true, lazy: true })
  retrieval!: MessageRetrieval | null;

  @Property({ type: 'json' })
  citations!: StoredCitation[];

  @Field(() => TokenUsage, {
    nullable: true,
    description:
      'What it cost: the answer, rewriting the question for the search, and the judge together. Of what was broken off, counted by the service. null on questions and where the provider did not say.',
  })
  @Property({ type: 'json', nullable: true })
  usage!: TokenUsage | null;

  @Field(() => [MessageAttempt], {
    description:
      'The language models asked, in order, at most 13 attempts; where the answer is COMPLETE, the last one answered. Empty on questions, until the first one is asked, and where nothing was found that could carry an answer.',
  })
  @Property({ type: 'json', default: '[]' })
  attempts!: MessageAttempt[];

  @ManyToOne(() => LLMProvider, {
    mapToPk: true,
    fieldName: 'llm_provider_id',
    deleteRule: 'set null',
    nullable: true,
    index: false,
  })
  llmProviderId!: string | null;

  @Field(() => MessageRating, { nullable: true, description: 'What a reader thought of the answer; null: not rated.' })
  @Enum({ items: () => MessageRating, nullable: true })
  rating!: MessageRating | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the reader said with the rating, at most 2,000 characters; null: nothing.',
  })
  @Property({ type: 'text', nullable: true })
  ratingComment!: string | null;

  @ManyToOne(() => Message, {
    mapToPk: true,
    fieldName: 'parent_id',
    deleteRule: 'cascade',
    nullable: true,
    index: false,
  })
  parentId!: string | null;

  /** Moved on by the process that generates it; one that stands still has lost its process. */
  @Timestamp({ nullable: true })
  heartbeatAt!: Date | null;

  @Field(() => DateTime, { description: 'When it was created.' })
  @Timestamp()
  createdAt!: Date;
}

/** One event of one answer, numbered 1, 2, 3 … without gaps. */
@Entity({ tableName: 'answer_event' })
@Index({
  name: 'answer_event_ended_index',
  expression: `create index "answer_event_ended_index" on "answer_event" ("created_at") where "kind" = 'ended'`,
})
export class StoredAnswerEvent {
  @ManyToOne(() => Message, {
    mapToPk: true,
    fieldName: 'message_id',
    deleteRule: 'cascade',
    primary: true,
    index: false,
  })
  messageId!: string;

  @PrimaryKey({ type: 'integer' })
  seq!: number;

  @Property({ type: 'string', length: 20 })
  kind!: 'sources' | 'delta' | 'citation' | 'ended';

  /** A delta's place and text, or a citation's place among the message's; all else is read from the message itself. */
  @Property({ type: 'json', nullable: true })
  data!: { offset: number; text: string } | { position: number } | null;

  @Timestamp()
  createdAt!: Date;
}
