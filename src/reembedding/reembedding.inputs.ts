import { Field, ID, InputType, ObjectType } from 'type-graphql';

import { connectionType } from '../platform/graphql/pages.js';
import { PayloadType } from '../platform/graphql/user-errors.js';
import { Reembedding } from './reembedding.entity.js';

@InputType({ description: 'Which project is to have the configured embedding model.' })
export class ReembedProjectInput {
  @Field(() => ID, { description: 'The project.' })
  id!: string;
}

@InputType({ description: 'Which change of the embedding model to cancel.' })
export class CancelReembeddingInput {
  @Field(() => ID, { description: 'One that is QUEUED or RUNNING.' })
  id!: string;
}

@InputType({ description: 'Which change of the embedding model to take back.' })
export class RollBackReembeddingInput {
  @Field(() => ID, { description: 'One that has SUCCEEDED and whose old vectors are kept, see keptUntil.' })
  id!: string;
}

@ObjectType({ description: 'The change that was asked for.' })
export class ReembedProjectPayload extends PayloadType {
  @Field(() => Reembedding, { nullable: true, description: 'null when there are userErrors.' })
  reembedding?: Reembedding | null;
}

@ObjectType({ description: 'The change that was cancelled.' })
export class CancelReembeddingPayload extends PayloadType {
  @Field(() => Reembedding, { nullable: true, description: 'null when there are userErrors.' })
  reembedding?: Reembedding | null;
}

@ObjectType({ description: 'The change back.' })
export class RollBackReembeddingPayload extends PayloadType {
  @Field(() => Reembedding, {
    nullable: true,
    description: 'A change of its own, which can be followed and cancelled as any; null when there are userErrors.',
  })
  reembedding?: Reembedding | null;
}

export const ReembeddingConnection = connectionType('Reembedding', () => Reembedding);
