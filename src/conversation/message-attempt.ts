import { Field, Int, ObjectType } from 'type-graphql';

import { Failure } from '../platform/failure.js';
import { DateTime } from '../platform/graphql/scalars.js';
import { AttemptOutcome } from './message.enums.js';

/** As it is stored with its message: times as text, and the id of a provider that may since have gone. */
@ObjectType({
  description:
    'One request to one language model for one answer, as it was: later changes of the model do not change it.',
})
export class MessageAttempt {
  llmProviderId!: string;

  @Field(() => String, { description: 'The providerName of who was asked.' })
  providerName!: string;

  @Field(() => String, { description: 'The modelName of who was asked.' })
  modelName!: string;

  @Field(() => DateTime, { description: 'When it was asked.' })
  startedAt!: string;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When the first of the text came; null where none did. While it is going, written with that text.',
  })
  firstTokenAt!: string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When its text had ended, or it failed or was given up; null while it is going.',
  })
  finishedAt!: string | null;

  @Field(() => AttemptOutcome, { nullable: true, description: 'How it ended; null while it is going.' })
  outcome!: AttemptOutcome | null;

  @Field(() => Failure, { nullable: true, description: 'Why it FAILED or was INTERRUPTED; null otherwise.' })
  error!: Failure | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Tokens of the prompt, as the provider counts them; null where it did not say.',
  })
  inputTokens!: number | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Tokens of the answer, as the provider counts them; null where it did not say.',
  })
  outputTokens!: number | null;
}
