import { Check, Entity, Index, Property, Unique } from '@mikro-orm/decorators/legacy';
import { Field, ID, ObjectType } from 'type-graphql';

import { Id, Timestamp } from '../platform/database/columns.js';
import { Node } from '../platform/graphql/node.js';
import { DateTime, Json } from '../platform/graphql/scalars.js';

/** A language model that answers. At most one is the default: the partial unique index sees to it. */
@ObjectType('LLMProvider', {
  implements: Node,
  description: 'A language model that answers: a provider, one of its models, and settings.',
})
@Entity({ tableName: 'llm_provider' })
@Unique({ name: 'llm_provider_name_unique', properties: ['providerName', 'modelName'] })
@Index({
  name: 'llm_provider_one_default',
  expression: 'create unique index "llm_provider_one_default" on "llm_provider" ("is_default") where "is_default"',
})
@Check({
  name: 'llm_provider_name_length',
  expression:
    'char_length(provider_name) >= 1 and char_length(provider_name) <= 50 and char_length(model_name) >= 1 and char_length(model_name) <= 100',
})
export class LLMProvider {
  @Field(() => ID, { description: 'A UUIDv7.' })
  @Id()
  id!: string;

  @Field(() => String, {
    description: 'One of builtin, openai, anthropic, google, ollama, openai-compatible; 1 to 50 characters.',
  })
  @Property({ type: 'string', length: 50 })
  providerName!: string;

  @Field(() => String, {
    description: "The model's name as the provider knows it; 1 to 100 characters, unique for each provider.",
  })
  @Property({ type: 'string', length: 100 })
  modelName!: string;

  @Field(() => Boolean, { description: 'Whether new conversations use it when they name none; true for exactly one.' })
  @Property({ type: 'boolean', default: false })
  isDefault!: boolean;

  @Field(() => Json, {
    description:
      'Settings: baseUrl, temperature, topP, maxTokens, contextWindow, timeoutMs, seed, stop. Never holds a secret: keys live in the environment of the service.',
  })
  @Property({ type: 'json' })
  apiConfig!: Record<string, unknown>;

  @Field(() => DateTime, { description: 'When it was created.' })
  @Timestamp()
  createdAt!: Date;
}
