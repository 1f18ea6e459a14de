import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import type { Row } from '../platform/database/rows.js';
import { missingVariable } from '../platform/llm/providers.js';
import { findById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { LLMProvider } from './llm-provider.entity.js';
import {
  CreateLLMProviderInput,
  CreateLLMProviderPayload,
  DeleteLLMProviderInput,
  DeleteLLMProviderPayload,
  LLMProviderConnection,
  SetDefaultLLMProviderInput,
  SetDefaultLLMProviderPayload,
  UpdateLLMProviderInput,
  UpdateLLMProviderPayload,
} from './llm-provider.inputs.js';
import {
  createLLMProvider,
  deleteLLMProvider,
  listLLMProviders,
  setDefaultLLMProvider,
  updateLLMProvider,
} from './llm-provider.service.js';

@Resolver(() => LLMProvider)
export class LLMProviderResolver {
  @Query(() => LLMProvider, {
    nullable: true,
    description: 'The language model with this id; null when there is none.',
  })
  llmProvider(@Arg('id', () => ID, { description: 'Which one.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, LLMProvider, id);
  }

  @Query(() => LLMProviderConnection, { description: 'All language models: the default first, then newest first.' })
  llmProviders(@Args(() => PageArgs) page: PageArgs, @Selected() selected: PageSelection, @Ctx() ctx: Context) {
    return listLLMProviders(ctx, page, selected);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The environment variable that the service needs for its key and does not have: until it is set, no answer can come from here. null: nothing is missing.',
  })
  missingVariable(@Root() { providerName }: Row<LLMProvider>, @Ctx() ctx: Context) {
    return missingVariable(providerName, ctx.config.keys);
  }

  @Mutation(() => CreateLLMProviderPayload, {
    description:
      'Adds a language model. Fails with INVALID or TAKEN, and with CONFLICT where it is to be the default and its key is missing. Nothing is called: the first answer shows whether it works.',
  })
  createLLMProvider(
    @Arg('input', () => CreateLLMProviderInput, { description: 'The new one.' }) input: CreateLLMProviderInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, createLLMProvider(ctx, input));
  }

  @Mutation(() => UpdateLLMProviderPayload, {
    description: 'Changes a language model. Fails with INVALID, NOT_FOUND, TAKEN or CONFLICT.',
  })
  updateLLMProvider(
    @Arg('input', () => UpdateLLMProviderInput, { description: 'What to change.' }) input: UpdateLLMProviderInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, updateLLMProvider(ctx, input));
  }

  @Mutation(() => DeleteLLMProviderPayload, {
    description:
      'Deletes a language model. Fails with NOT_FOUND, with CONFLICT on the default, and with IN_USE while conversations use it. Conversations that it is a fallback provider of, and projects that it is the citationJudge of, go on without it.',
  })
  deleteLLMProvider(
    @Arg('input', () => DeleteLLMProviderInput, { description: 'Which one.' }) input: DeleteLLMProviderInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, deleteLLMProvider(ctx, input));
  }

  @Mutation(() => SetDefaultLLMProviderPayload, {
    description:
      'Makes a language model the default, in place of the one there is. Fails with NOT_FOUND, and with CONFLICT while its key is missing.',
  })
  setDefaultLLMProvider(
    @Arg('input', () => SetDefaultLLMProviderInput, { description: 'Which one.' }) input: SetDefaultLLMProviderInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, setDefaultLLMProvider(ctx, input));
  }
}
