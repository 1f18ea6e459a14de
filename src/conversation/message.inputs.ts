import { Field, ID, InputType, ObjectType } from 'type-graphql';

import { IDEMPOTENCY_KEY } from '../platform/graphql/idempotency.js';
import { connectionType } from '../platform/graphql/pages.js';
import { PayloadType, RESULT } from '../platform/graphql/user-errors.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';
import { MessageRating } from './message.enums.js';

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

  @Field(() => MessageRating, { nullable: true, description: 'Absent: as it is. null: taken back, with its comment.' })
  rating?: MessageRating | null;

  @Field(() => String, {
    nullable: true,
    description:
      'At most 2,000 characters. It is kept with the rating and goes with it; a rating without one takes the old one away.',
  })
  comment?: string | null;
}

@ObjectType({ description: 'The question and its answer to be.' })
export class SendMessagePayload extends PayloadType {
  @Field(() => Message, { nullable: true, description: 'The question; null when there are userErrors.' })
  userMessage?: Message | null;

  @Field(() => Message, {
    nullable: true,
    description: 'Its answer, GENERATING: follow it with answerEvents. null when there are userErrors.',
  })
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

  @Field(() => Message, {
    nullable: true,
    description: 'Its answer, GENERATING: follow it with answerEvents. null when there are userErrors.',
  })
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
  @Field(() => Conversation, RESULT)
  conversation?: Conversation | null;
}

@ObjectType({ description: 'The rated answer.' })
export class RateMessagePayload extends PayloadType {
  @Field(() => Message, RESULT)
  message?: Message | null;
}

export const MessageConnection = connectionType('Message', () => Message);
