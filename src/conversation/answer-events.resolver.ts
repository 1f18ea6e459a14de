import { Arg, Ctx, FieldResolver, ID, Int, Resolver, Root, Subscription } from 'type-graphql';

import type { Context } from '../context.js';
import { getById } from '../platform/graphql/load-by-id.js';
import {
  AnswerCitationFound,
  AnswerEnded,
  AnswerEvent,
  AnswerSourcesFound,
  type DeliveredEvent,
} from './answer-event.js';
import { followAnswer } from './answering/follow-answer.js';
import { Message } from './message.entity.js';
import { Citation, citationsOf } from './citation.js';
import { MessageSource } from './message-source.js';

interface AnswerEventsArgs {
  messageId?: string;
  afterSeq?: number | null;
}

@Resolver(() => AnswerSourcesFound)
export class AnswerSourcesFoundResolver {
  @FieldResolver(() => [MessageSource], { description: 'Best first; empty where nothing was found.' })
  async sources(@Root() event: DeliveredEvent, @Ctx() ctx: Context) {
    return (await getById(ctx, Message, event.messageId)).sources ?? [];
  }
}

@Resolver(() => AnswerCitationFound)
export class AnswerCitationFoundResolver {
  @FieldResolver(() => Citation, {
    description: 'The citation as the message has it when this is delivered: judgeVerdict may still be to come.',
  })
  async citation(@Root() event: DeliveredEvent, @Ctx() ctx: Context) {
    return citationsOf(await getById(ctx, Message, event.messageId))[event.position!]!;
  }
}

@Resolver(() => AnswerEnded)
export class AnswerEndedResolver {
  @FieldResolver(() => Message, { description: 'The whole answer.' })
  message(@Root() event: DeliveredEvent, @Ctx() ctx: Context) {
    return getById(ctx, Message, event.messageId);
  }
}

@Resolver()
export class AnswerEventsResolver {
  @Subscription(() => AnswerEvent, {
    subscribe: ({ args, context }: { args: AnswerEventsArgs; context: Context }) =>
      followAnswer(context, args.messageId ?? '', args.afterSeq ?? 0),
    description:
      'Every event of one answer after afterSeq: what is stored first, then live; ends after AnswerEnded. Events are kept for a day after the end; later the answer comes as its sources, one delta with all of the text, its citations, and the end. An answer that is deleted meanwhile ends it without AnswerEnded. Libraries that reconnect by themselves begin again at their first afterSeq, so events may come again: put text at its offset. Fails with NOT_FOUND, and with BAD_USER_INPUT for a question or an afterSeq below 0.',
  })
  answerEvents(
    @Root() event: DeliveredEvent,
    @Arg('messageId', () => ID, { description: 'The answer.' }) _messageId: string,
    @Arg('afterSeq', () => Int, {
      nullable: true,
      defaultValue: 0,
      description: 'The last event that was seen; default 0: from the first one.',
    })
    _afterSeq: number | null,
  ) {
    return event;
  }
}
