import { Field, ID, InputType, ObjectType } from 'type-graphql';

import { connectionType } from '../platform/graphql/pages.js';
import { Json } from '../platform/graphql/scalars.js';
import { payloadType, PayloadType, RESULT } from '../platform/graphql/user-errors.js';
import { LLMProvider } from './llm-provider.entity.js';

const API_CONFIG =
  'An object with any of: baseUrl (ollama and openai-compatible only, required for the latter; its host must be one that the operator allows), temperature, topP, maxTokens, contextWindow, timeoutMs, seed, stop. Keys are refused: they live in the environment of the service.';

@InputType({ description: 'A new language model.' })
export class CreateLLMProviderInput {
  @Field(() => String, { description: 'One of builtin, openai, anthropic, google, ollama, openai-compatible.' })
  providerName!: string;

  @Field(() => String, {
    description:
      "The model's name as the provider knows it; 1 to 100 characters; of builtin, extractive. TAKEN when this provider has it already.",
  })
  modelName!: string;

  @Field(() => Json, { nullable: true, description: `${API_CONFIG} Default: {}.` })
  apiConfig?: unknown;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Makes it the default in place of the one there is; CONFLICT while its key is missing, see LLMProvider.missingVariable. Default: false.',
  })
  isDefault?: boolean | null;
}

@InputType({ description: 'What to change of a language model; what is left out stays.' })
export class UpdateLLMProviderInput {
  @Field(() => ID, { description: 'Which one.' })
  id!: string;

  @Field(() => String, { nullable: true, description: '1 to 100 characters; null is INVALID.' })
  modelName?: string | null;

  @Field(() => Json, { nullable: true, description: `${API_CONFIG} Replaces all settings; null clears them.` })
  apiConfig?: unknown;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'true makes it the default, and is CONFLICT while its key is missing; false on the default is CONFLICT: make another one the default.',
  })
  isDefault?: boolean | null;
}

@InputType({ description: 'Which language model to delete.' })
export class DeleteLLMProviderInput {
  @Field(() => ID, { description: 'Not the default (CONFLICT), and not one that has conversations (IN_USE).' })
  id!: string;
}

@InputType({ description: 'Which language model to make the default.' })
export class SetDefaultLLMProviderInput {
  @Field(() => ID, { description: 'Which one.' })
  id!: string;
}

@ObjectType({ description: 'What a change of a language model answers.' })
abstract class LLMProviderPayload extends PayloadType {
  @Field(() => LLMProvider, RESULT)
  llmProvider?: LLMProvider | null;

  @Field(() => LLMProvider, {
    nullable: true,
    description: 'The one that was the default before; null when this call did not change that.',
  })
  previousDefault?: LLMProvider | null;
}

@ObjectType({ description: 'The new language model.' })
export class CreateLLMProviderPayload extends LLMProviderPayload {}

@ObjectType({ description: 'The changed language model.' })
export class UpdateLLMProviderPayload extends LLMProviderPayload {}

@ObjectType({ description: 'The new default.' })
export class SetDefaultLLMProviderPayload extends LLMProviderPayload {}

export const DeleteLLMProviderPayload = payloadType('DeleteLLMProvider', 'What was deleted.', 'deletedId', () => ID);

export const LLMProviderConnection = connectionType('LLMProvider', () => LLMProvider);
