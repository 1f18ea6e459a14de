import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import type { Row } from '../platform/database/rows.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { PageArgs } from '../platform/graphql/pages.js';
import { type PageSelection, Selected } from '../platform/graphql/selection.js';
import { payload } from '../platform/graphql/user-errors.js';
import { Project } from '../project/project.entity.js';
import { forkConversation } from './branch.service.js';
import { Conversation } from './conversation.entity.js';
import {
  ConversationConnection,
  CreateConversationInput,
  CreateConversationPayload,
  DeleteConversationInput,
  DeleteConversationPayload,
  ForkConversationInput,
  ForkConversationPayload,
  UpdateConversationInput,
  UpdateConversationPayload,
} from './conversation.inputs.js';
import { MessageConnection } from './message.inputs.js';
import {
  listConversations,
  listConversationsOfProvider,
  listFallbackProviders,
  listMessages,
} from './conversation.loaders.js';
import { createConversation, deleteConversation, updateConversation } from './conversation.service.js';
import { TokenUsage, tokenUsageOf } from './token-usage.js';

@Resolver(() => Project)
export class ConversationsOfProjectResolver {
  @FieldResolver(() => ConversationConnection, { description: 'Conversations about it, last active first.' })
  conversations(
    @Root() project: Row<Project>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listConversations(ctx, project.id, page, selected);
  }

  @FieldResolver(() => TokenUsage, {
    description:
      'What its answers have cost so far, deleted ones included; each number at most 2,147,483,647. The builtin provider costs nothing. Where a provider does not say, the service counts a token for each 3 bytes.',
  })
  tokenUsage(@Root() project: Row<Project>) {
    return tokenUsageOf(project);
  }
}

@Resolver(() => LLMProvider)
export class ConversationsOfProviderResolver {
  @FieldResolver(() => ConversationConnection, { description: 'Conversations that it answers in, last active first.' })
  conversations(
    @Root() provider: Row<LLMProvider>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listConversationsOfProvider(ctx, provider.id, page, selected);
  }
}

@Resolver(() => Conversation)
export class ConversationResolver {
  @Query(() => Conversation, { nullable: true, description: 'The conversation with this id; null when there is none.' })
  conversation(@Arg('id', () => ID, { description: 'Which conversation.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, Conversation, id);
  }

  @FieldResolver(() => Project, { description: 'The project that it is about.' })
  project(@Root() conversation: Row<Conversation>, @Ctx() ctx: Context) {
    return getById(ctx, Project, conversation.projectId);
  }

  @FieldResolver(() => LLMProvider, { description: 'Who answers the next message.' })
  llmProvider(@Root() conversation: Row<Conversation>, @Ctx() ctx: Context) {
    return getById(ctx, LLMProvider, conversation.llmProviderId);
  }

  @FieldResolver(() => [LLMProvider], {
    description:
      'Who is asked in place of llmProvider when it fails before the first word, in this order: at most 5. One that is deleted leaves the list.',
  })
  fallbackProviders(@Root() conversation: Row<Conversation>, @Ctx() ctx: Context) {
    return listFallbackProviders(ctx, conversation.id);
  }

  @FieldResolver(() => TokenUsage, {
    description: 'What its answers have cost so far, on all branches, counted as Project.tokenUsage is.',
  })
  tokenUsage(@Root() conversation: Row<Conversation>) {
    return tokenUsageOf(conversation);
  }

  @FieldResolver(() => MessageConnection, { description: 'Its messages on the active branch, oldest first.' })
  messages(
    @Root() conversation: Row<Conversation>,
    @Args(() => PageArgs) page: PageArgs,
    @Selected() selected: PageSelection,
    @Ctx() ctx: Context,
  ) {
    return listMessages(ctx, conversation.id, page, selected);
  }

  @Mutation(() => CreateConversationPayload, {
    description:
      "Creates a conversation, and sends a first message where one is given. Fails with INVALID, NOT_FOUND, CONFLICT or IDEMPOTENCY_KEY_REUSED; with a message also with LIMIT_EXCEEDED when the project's budget of tokens is used up.",
  })
  createConversation(
    @Arg('input', () => CreateConversationInput, { description: 'The new conversation.' })
    input: CreateConversationInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, createConversation(ctx, input));
  }

  @Mutation(() => ForkConversationPayload, {
    description:
      'Copies the branch that ends at an answer into a new conversation of the same project, answered by the same provider: its messages as they are, with new ids and without ratings. Fails with INVALID, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, or CONFLICT while the answer is being generated.',
  })
  forkConversation(
    @Arg('input', () => ForkConversationInput, { description: 'Which branch.' }) input: ForkConversationInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, forkConversation(ctx, input));
  }

  @Mutation(() => UpdateConversationPayload, {
    description: 'Changes a conversation. Fails with INVALID, NOT_FOUND or CONFLICT.',
  })
  updateConversation(
    @Arg('input', () => UpdateConversationInput, { description: 'What to change.' }) input: UpdateConversationInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, updateConversation(ctx, input));
  }

  @Mutation(() => DeleteConversationPayload, {
    description:
      'Deletes a conversation with its messages; an answer that is being generated ends. Fails with NOT_FOUND.',
  })
  deleteConversation(
    @Arg('input', () => DeleteConversationInput, { description: 'Which conversation.' }) input: DeleteConversationInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, deleteConversation(ctx, input));
  }
}
