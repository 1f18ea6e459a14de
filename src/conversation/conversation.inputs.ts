import { Field, ID, InputType, ObjectType } from 'type-graphql';

import { connectionType } from '../platform/pages.js';
import { PayloadType } from '../platform/user-errors.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';
import { MessageRating } from './message.enums.js';

export const IDEMPOTENCY_KEY =
  '1 to 255 characters: the same key and input within 24 hours give the first result again.';

@InputType({ description: 'A new conversation.' })
export class CreateConversationInput {
  @Field(() => ID, { description: 'The project that it is about.' })
  projectId!: string;

  @Field(() => ID, { nullable: true, description: 'Who answers; default: the default language model.' })
  llmProviderId?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Who is asked in its place when it fails, in this order: at most 5, none twice, and not the one who answers; default: nobody.',
  })
  fallbackProviderIds?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters after trimming; default: derived from the first message.',
  })
  title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'A first message, sent at once: 1 to 100,000 characters after trimming.',
  })
  message?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'What to change of a conversation; what is left out stays.' })
export class UpdateConversationInput {
  @Field(() => ID, { description: 'Which conversation.' })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters after trimming; null: derived from the first message again.',
  })
  title?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Who answers from now on; null is INVALID, and so is one of the fallback providers that it keeps.',
  })
  llmProviderId?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Who is asked in its place when it fails, in this order: at most 5, none twice, and not the one who answers. Replaces the whole list; null or [] clears it.',
  })
  fallbackProviderIds?: string[] | null;
}

@InputType({ description: 'Which conversation to delete.' })
export class DeleteConversationInput {
  @Field(() => ID, { description: 'Its messages go with it; an answer that is being generated ends.' })
  id!: string;
}

@InputType({ description: 'A question.' })
export class SendMessageInput {
  @Field(() => ID, { description: 'The conversation that it belongs to.' })
  conversationId!: string;

  @Field(() => String, { description: '1 to 100,000 characters after trimming.' })
  content!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      'The answer that it follows, one of this conversation that has come to an end, on any branch; its branch becomes the active one. Default: the end of the active branch.',
  })
  parentId?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which answer to generate anew.' })
export class RegenerateMessageInput {
  @Field(() => ID, { description: 'An answer, however it ended; one that is GENERATING goes on beside the new one.' })
  id!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'How to change a question.' })
export class EditMessageInput {
  @Field(() => ID, { description: 'A question, on any branch, also the first one. It stays as it is.' })
  id!: string;

  @Field(() => String, { description: 'What is asked instead: 1 to 100,000 characters after trimming.' })
  content!: string;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Which answer to stop.' })
export class StopMessageInput {
  @Field(() => ID, { description: 'An answer that is GENERATING.' })
  id!: string;
}

@InputType({ description: 'Which message to show.' })
export class SelectMessageInput {
  @Field(() => ID, {
    description: 'A question or an answer, also one without siblings; may be GENERATING.',
  })
  id!: string;
}

@InputType({ description: 'What a reader thought of an answer.' })
export class RateMessageInput {
  @Field(() => ID, { description: 'An answer that has come to an end.' })
  id!: string;

  @Field(() => MessageRating, { nullable: true, description: 'null: taken back.' })
  rating?: MessageRating | null;

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters; kept with the rating.' })
  comment?: string | null;
}

@ObjectType({ description: 'The new conversation, and its first message and answer where one was sent.' })
export class CreateConversationPayload extends PayloadType {
  @Field(() => Conversation, { nullable: true, description: 'null when there are userErrors.' })
  conversation?: Conversation | null;

  @Field(() => Message, { nullable: true, description: 'The first message; null when none was sent.' })
  userMessage?: Message | null;

  @Field(() => Message, { nullable: true, description: 'Its answer, GENERATING: follow it with answerEvents.' })
  assistantMessage?: Message | null;
}

@ObjectType({ description: 'The changed conversation.' })
export class UpdateConversationPayload extends PayloadType {
  @Field(() => Conversation, { nullable: true, description: 'null when there are userErrors.' })
  conversation?: Conversation | null;
}

@ObjectType({ description: 'What was deleted.' })
export class DeleteConversationPayload extends PayloadType {
  @Field(() => ID, { nullable: true, description: 'null when there are userErrors.' })
  deletedId?: string | null;
}

@ObjectType({ description: 'The question and its answer to be.' })
export class SendMessagePayload extends PayloadType {
  @Field(() => Message, { nullable: true, description: 'The question; null when there are userErrors.' })
  userMessage?: Message | null;

  @Field(() => Message, { nullable: true, description: 'Its answer, GENERATING: follow it with answerEvents.' })
  assistantMessage?: Message | null;
}

@ObjectType({ description: 'The new answer to be.' })
export class RegenerateMessagePayload extends PayloadType {
  @Field(() => Message, {
    nullable: true,
    description: 'GENERATING: follow it with answerEvents. null when there are userErrors.',
  })
  assistantMessage?: Message | null;
}

@ObjectType({ description: 'The new question and its answer to be.' })
export class EditMessagePayload extends PayloadType {
  @Field(() => Message, { nullable: true, description: 'The new question; null when there are userErrors.' })
  userMessage?: Message | null;

  @Field(() => Message, { nullable: true, description: 'Its answer, GENERATING: follow it with answerEvents.' })
  assistantMessage?: Message | null;
}

@ObjectType({ description: 'The stopped answer.' })
export class StopMessagePayload extends PayloadType {
  @Field(() => Message, {
    nullable: true,
    description: 'CANCELLED, with what was generated. null when there are userErrors.',
  })
  message?: Message | null;
}

@ObjectType({ description: 'The conversation with the branch that it shows now.' })
export class SelectMessagePayload extends PayloadType {
  @Field(() => Conversation, { nullable: true, description: 'null when there are userErrors.' })
  conversation?: Conversation | null;
}

@ObjectType({ description: 'The rated answer.' })
export class RateMessagePayload extends PayloadType {
  @Field(() => Message, { nullable: true, description: 'null when there are userErrors.' })
  message?: Message | null;
}

export const ConversationConnection = connectionType('Conversation', () => Conversation);
export const MessageConnection = connectionType('Message', () => Message);
