import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';

import type { Context } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { Document } from '../document/document.entity.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import type { Row } from '../platform/database/rows.js';
import { findById, getById } from '../platform/graphql/load-by-id.js';
import { payload } from '../platform/graphql/user-errors.js';
import { editMessage, regenerateMessage, selectMessage } from './branch.service.js';
import { Conversation } from './conversation.entity.js';
import {
  EditMessageInput,
  EditMessagePayload,
  RateMessageInput,
  RateMessagePayload,
  RegenerateMessageInput,
  RegenerateMessagePayload,
  SelectMessageInput,
  SelectMessagePayload,
  SendMessageInput,
  SendMessagePayload,
  StopMessageInput,
  StopMessagePayload,
} from './message.inputs.js';
import { listSiblings } from './conversation.loaders.js';
import { Message } from './message.entity.js';
import { MessageAttempt } from './message-attempt.js';
import { MessageRole } from './message.enums.js';
import { Citation, citationsOf, UncitedClaim, uncitedOf } from './citation.js';
import { MessageSource, type StoredSource } from './message-source.js';
import { isStale } from './message-source.loaders.js';
import { rateMessage, sendMessage, stopMessage } from './message.service.js';

@Resolver(() => MessageSource)
export class MessageSourceResolver {
  @FieldResolver(() => Document, { nullable: true, description: 'null once it has gone from the source.' })
  document(@Root() source: StoredSource, @Ctx() ctx: Context) {
    return findById(ctx, Document, source.documentId);
  }

  @FieldResolver(() => Chunk, { nullable: true, description: 'null once the file has changed.' })
  chunk(@Root() source: StoredSource, @Ctx() ctx: Context) {
    return findById(ctx, Chunk, source.chunkId);
  }

  @FieldResolver(() => Boolean, {
    description:
      'Whether the file has moved on: true once the document has gone from the source, or does not hold just these lines any more. A renamed file, and one that changed elsewhere, is not stale.',
  })
  isStale(@Root() source: StoredSource, @Ctx() ctx: Context) {
    return isStale(ctx, source);
  }
}

@Resolver(() => MessageAttempt)
export class MessageAttemptResolver {
  @FieldResolver(() => LLMProvider, { nullable: true, description: 'Who was asked; null when it was deleted.' })
  llmProvider(@Root() attempt: MessageAttempt, @Ctx() ctx: Context) {
    return findById(ctx, LLMProvider, attempt.llmProviderId);
  }
}

@Resolver(() => Message)
export class MessageResolver {
  @Query(() => Message, { nullable: true, description: 'The message with this id; null when there is none.' })
  message(@Arg('id', () => ID, { description: 'Which message.' }) id: string, @Ctx() ctx: Context) {
    return findById(ctx, Message, id);
  }

  @FieldResolver(() => Conversation, { description: 'The conversation that it belongs to.' })
  conversation(@Root() message: Row<Message>, @Ctx() ctx: Context) {
    return getById(ctx, Conversation, message.conversationId);
  }

  @FieldResolver(() => [MessageSource], {
    nullable: true,
    description:
      'What the answer could use, best first; null on questions. Empty until it is found, and for NO_EVIDENCE but where the builtin provider had passages and found no sentence in them.',
  })
  sources(@Root() message: Row<Message>) {
    return message.role === MessageRole.USER ? null : (message.sources ?? []);
  }

  @FieldResolver(() => [Citation], {
    description:
      'Claims and the sources that they name, in the order of their markers: one for each. Empty on questions; grows while the answer is generated, to at most 500.',
  })
  citations(@Root() message: Row<Message>) {
    return citationsOf(message);
  }

  @FieldResolver(() => [UncitedClaim], {
    description:
      'Sentences of a COMPLETE answer that make a claim and cite nothing, in their order. Empty on questions, on what did not come to its end, and for NO_EVIDENCE. A claim whose marker named no source is not here but in citations, as UNKNOWN_SOURCE.',
  })
  uncited(@Root() message: Row<Message>) {
    return uncitedOf(message);
  }

  @FieldResolver(() => LLMProvider, {
    nullable: true,
    description:
      'Who answered: one of the fallbackProviders where those before it failed. Until the end, and where it failed, who was asked last. null on questions, and when it was deleted.',
  })
  llmProvider(@Root() message: Row<Message>, @Ctx() ctx: Context) {
    return findById(ctx, LLMProvider, message.llmProviderId);
  }

  @FieldResolver(() => Message, {
    nullable: true,
    description: 'The message that this one answers or follows; null on the first one.',
  })
  parent(@Root() message: Row<Message>, @Ctx() ctx: Context) {
    return findById(ctx, Message, message.parentId);
  }

  @FieldResolver(() => [Message], {
    description:
      'Alternatives under the same parent, itself included, oldest first: edited questions, answers that were generated anew. An operation gets at most 10,000 in all.',
  })
  siblings(@Root() message: Row<Message>, @Ctx() ctx: Context) {
    return listSiblings(ctx, message);
  }

  @Mutation(() => SendMessagePayload, {
    description:
      "Stores a question and returns it with its answer at once; the answer is then GENERATING: follow it with answerEvents. Fails with INVALID, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, LIMIT_EXCEEDED when the project's budget of tokens is used up, or CONFLICT while the answer that it follows is being generated; other branches may be.",
  })
  sendMessage(
    @Arg('input', () => SendMessageInput, { description: 'The question.' }) input: SendMessageInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, sendMessage(ctx, input));
  }

  @Mutation(() => RegenerateMessagePayload, {
    description:
      "A new answer to the same question, beside the old one; its branch becomes the active one. Fails with INVALID, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, or LIMIT_EXCEEDED when the project's budget of tokens is used up.",
  })
  regenerateMessage(
    @Arg('input', () => RegenerateMessageInput, { description: 'Which answer.' }) input: RegenerateMessageInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, regenerateMessage(ctx, input));
  }

  @Mutation(() => EditMessagePayload, {
    description:
      "A new question beside the old one, and its answer, which is then GENERATING; their branch becomes the active one. Nothing is lost: selectMessage shows the old one again. The title stays. Fails with INVALID, NOT_FOUND, IDEMPOTENCY_KEY_REUSED, or LIMIT_EXCEEDED when the project's budget of tokens is used up.",
  })
  editMessage(
    @Arg('input', () => EditMessageInput, { description: 'Which question, and what to ask instead.' })
    input: EditMessageInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, editMessage(ctx, input));
  }

  @Mutation(() => StopMessagePayload, {
    description:
      'Stops an answer, in whichever process it is generated, and its request to the provider; what was generated stays, and what it has cost where the provider has said so. Fails with INVALID, NOT_FOUND, or CONFLICT when it has ended.',
  })
  stopMessage(
    @Arg('input', () => StopMessageInput, { description: 'Which answer.' }) input: StopMessageInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, stopMessage(ctx, input));
  }

  @Mutation(() => SelectMessagePayload, {
    description:
      'Makes the branch through this message the active one. Below the message it goes on as it was when it was left; where it never was shown, to the newest messages. Fails with NOT_FOUND.',
  })
  selectMessage(
    @Arg('input', () => SelectMessageInput, { description: 'Which message.' }) input: SelectMessageInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, selectMessage(ctx, input));
  }

  @Mutation(() => RateMessagePayload, {
    description:
      'Rates an answer, or takes the rating back. Fails with INVALID, NOT_FOUND, or CONFLICT while it is generated.',
  })
  rateMessage(
    @Arg('input', () => RateMessageInput, { description: 'Which answer, and what you think of it.' })
    input: RateMessageInput,
    @Ctx() ctx: Context,
  ) {
    return payload(ctx, rateMessage(ctx, input));
  }
}
