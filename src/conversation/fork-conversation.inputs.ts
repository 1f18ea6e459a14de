import { Field, ID, InputType, ObjectType } from 'type-graphql';

import { IDEMPOTENCY_KEY } from '../platform/graphql/idempotency.js';
import { PayloadType } from '../platform/graphql/user-errors.js';
import { Conversation } from './conversation.entity.js';

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

@ObjectType({ description: 'The new conversation with the copies.' })
export class ForkConversationPayload extends PayloadType {
  @Field(() => Conversation, { nullable: true, description: 'null when there are userErrors.' })
  conversation?: Conversation | null;
}
