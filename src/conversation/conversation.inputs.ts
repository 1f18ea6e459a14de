import { Field, ID, InputType, ObjectType } from 'type-graphql';

import { IDEMPOTENCY_KEY } from '../platform/graphql/idempotency.js';
import { connectionType } from '../platform/graphql/pages.js';
import { PayloadType, RESULT } from '../platform/graphql/user-errors.js';
import { DeletedFromProjectPayload } from '../project/deleted-from-project.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';

@InputType({ description: 'A new conversation.' })
export class CreateConversationInput {
  @Field(() => ID, { description: 'The project that it is about.' })
  projectId!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'Who answers; default: the default language model. CONFLICT while its key is missing.',
  })
  llmProviderId?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Who is asked in its place when it fails, in this order: at most 5, none twice, and not the one who answers; CONFLICT while the key of one is missing; default: nobody.',
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
    description:
      'Who answers from now on; null is INVALID, and so is one of the fallback providers that it keeps; CONFLICT while its key is missing.',
  })
  llmProviderId?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      'Who is asked in its place when it fails, in this order: at most 5, none twice, and not the one who answers; CONFLICT while the key of one is missing. Replaces the whole list; null or [] clears it.',
  })
  fallbackProviderIds?: string[] | null;
}

@InputType({ description: 'Which conversation to delete.' })
export class DeleteConversationInput {
  @Field(() => ID, { description: 'Its messages go with it; an answer that is being generated ends.' })
  id!: string;
}

@InputType({ description: 'Which branch to copy.' })
export class ForkConversationInput {
  @Field(() => ID, {
    description:
      'The answer that it ends with, on any branch. A question is INVALID, an answer that is GENERATING a CONFLICT.',
  })
  messageId!: string;

  @Field(() => String, {
    nullable: true,
    description: '1 to 255 characters after trimming; default: the title of the conversation that is copied.',
  })
  title?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@ObjectType({ description: 'The new conversation, and its first message and answer where one was sent.' })
export class CreateConversationPayload extends PayloadType {
  @Field(() => Conversation, RESULT)
  conversation?: Conversation | null;

  @Field(() => Message, { nullable: true, description: 'The first message; null when none was sent.' })
  userMessage?: Message | null;

  @Field(() => Message, {
    nullable: true,
    description: 'Its answer, GENERATING: follow it with answerEvents. null like userMessage.',
  })
  assistantMessage?: Message | null;
}

@ObjectType({ description: 'The changed conversation.' })
export class UpdateConversationPayload extends PayloadType {
  @Field(() => Conversation, RESULT)
  conversation?: Conversation | null;
}

@ObjectType({ description: 'What was deleted, and from where.' })
export class DeleteConversationPayload extends DeletedFromProjectPayload {}

@ObjectType({ description: 'The new conversation with the copies.' })
export class ForkConversationPayload extends PayloadType {
  @Field(() => Conversation, RESULT)
  conversation?: Conversation | null;
}

export const ConversationConnection = connectionType('Conversation', () => Conversation);
