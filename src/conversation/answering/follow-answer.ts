import { ApiError } from '../../platform/errors.js';
import type { Context } from '../../context.js';
import type { Row } from '../../platform/database/rows.js';
import { findById } from '../../platform/graphql/load-by-id.js';
import { noSuch } from '../../platform/graphql/user-errors.js';
import type { DeliveredEvent } from '../answer-event.js';
import { Message } from '../message.entity.js';
import { MessageRole, MessageStatus } from '../message.enums.js';
import { answerTopic } from './record-answer.js';

const TYPES = {
  sources: 'AnswerSourcesFound',
  delta: 'AnswerDelta',
  citation: 'AnswerCitationFound',
  ended: 'AnswerEnded',
} as const;
/** Another process may write: without a word from this one, look again each second. */
const POLL_MS = 1_000;

/**
 * Every event of an answer after `afterSeq`: what is stored first, then live; ends after AnswerEnded.
 * @throws ApiError NOT_FOUND for what is no message; BAD_USER_INPUT for a question and a negative afterSeq
 */
export async function followAnswer(
  ctx: Context,
  messageId: string,
  afterSeq: number,
): Promise<AsyncGenerator<DeliveredEvent>> {
  if (afterSeq < 0) throw new ApiError('BAD_USER_INPUT', 'afterSeq must be 0 or more.');
  const message = await findById(ctx, Message, messageId);
  if (!message) throw new ApiError('NOT_FOUND', noSuch('message'));
  if (message.role !== MessageRole.ASSISTANT)
    throw new ApiError('BAD_USER_INPUT', 'This is a question. Follow its answer.');
  return eventsOf(ctx, message, afterSeq);
}

async function* eventsOf(ctx: Context, message: Row<Message>, afterSeq: number): AsyncGenerator<DeliveredEvent> {
  for (let seq = afterSeq, ended = false; ;) {
    const more = ctx.topics.next(answerTopic(message.id), POLL_MS);
    const events = await ctx.answerRecords.read(message.id, seq);
    for (const { kind, data, ...event } of events) {
      yield { __typename: TYPES[kind], messageId: message.id, ...event, ...data };
      if (kind === 'ended') return;
      ({ seq } = event);
    }
    if (events.length > 0) {
      await more;
      continue;
    }
    ctx.forgetReads();
    const now = await findById(ctx, Message, message.id);
    if (!now) return;
    if (ended) {
      if ((await ctx.answerRecords.read(message.id, 0)).length === 0) yield* summaryOf(now);
      return;
    }
    // Its last events were written together with its end: one more look.
    ended = now.status !== MessageStatus.GENERATING;
    if (!ended) await more;
  }
}

/**
 * What is delivered of an answer whose events have been dropped, whatever was seen before: its sources, one delta
 * with all of the text, its citations, and the end.
 */
function summaryOf(message: Row<Message>): DeliveredEvent[] {
  const events: Omit<DeliveredEvent, 'seq' | 'messageId'>[] = [
    { __typename: 'AnswerSourcesFound' },
    { __typename: 'AnswerDelta', offset: 0, text: message.content },
    ...message.citations.map((_, position) => ({ __typename: 'AnswerCitationFound' as const, position })),
    { __typename: 'AnswerEnded' },
  ];
  return events.map((event, index) => ({ ...event, seq: index + 1, messageId: message.id }));
}
