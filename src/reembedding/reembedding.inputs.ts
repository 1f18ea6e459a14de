import { Field, ID, InputType } from 'type-graphql';

import { connectionType } from '../platform/graphql/pages.js';
import { payloadType } from '../platform/graphql/user-errors.js';
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

export const ReembedProjectPayload = payloadType(
  'ReembedProject',
  'The change that was asked for.',
  'reembedding',
  () => Reembedding,
);
export const CancelReembeddingPayload = payloadType(
  'CancelReembedding',
  'The change that was cancelled.',
  'reembedding',
  () => Reembedding,
);
export const RollBackReembeddingPayload = payloadType(
  'RollBackReembedding',
  'The change back.',
  'reembedding',
  () => Reembedding,
  'A change of its own, which can be followed and cancelled as any; null when there are userErrors.',
);

export const ReembeddingConnection = connectionType('Reembedding', () => Reembedding);
