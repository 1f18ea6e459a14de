import { raw } from '@mikro-orm/core';

import type { Context } from '../context.js';
import { newId } from '../platform/database/columns.js';
import type { Em } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { once } from '../platform/graphql/idempotency.js';
import { InputRules, requireId } from '../platform/graphql/input-rules.js';
import { getById, requireRow } from '../platform/graphql/load-by-id.js';
import { refuse } from '../platform/graphql/user-errors.js';
import { answerTopic, endAnswer } from './answering/record-answer.js';
import type { NewAnswer } from './answering/answer-task.js';
import { findEnd, lockConversation, nextSequence, showBranch } from './branches.js';
import { Conversation } from './conversation.entity.js';
import type { RateMessageInput, SendMessageInput, StopMessageInput } from './message.inputs.js';
import { Message } from './message.entity.js';
import { MessageRole, MessageStatus } from './message.enums.js';
import { deriveTitle } from './title.js';
import { refuseWhenSpent } from './answering/token-budget.js';

/** Characters of a question at most, after trimming. */
export const MAX_CONTENT = 100_000;
const MAX_COMMENT = 2_000;
export const STILL_GENERATING = 'An answer is still being generated. Wait for its end, or stop it with stopMessage.';

/** A question and the answer that is to be generated. */
export type NewQuestion = NewAnswer & { questionId: string };

export interface SentMessages {
  userMessage: Row<Message>;
  assistantMessage: Row<Message>;
}

export async function sendMessage(ctx: Context, input: SendMessageInput): Promise<SentMessages> {
  const rules = new InputRules();
  const content = rules.requiredText('content', input.content, MAX_CONTENT);
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const parentId = input.parentId == null ? null : requireId('parentId', input.parentId, 'message');
  const known = await requireRow(ctx, Conversation, 'conversationId', input.conversationId, 'conversation');
  return ask(ctx, 'sendMessage', input, async (em) => {
    const conversation = await lockConversation(em, known.id);
    const parent = parentId ? await getParent(em, known.id, parentId) : await findEnd(em, known.id);
    if (parent?.status === MessageStatus.GENERATING)
      refuse('CONFLICT', parentId ? 'parentId' : 'conversationId', STILL_GENERATING);
    await refuseWhenSpent(em, known.id, 'conversationId');
    return addQuestion(em, conversation, content!, parent?.id ?? null);
  });
}

/** Adds a question, once for each key, and begins to generate its answer. */
export async function ask(
  ctx: Context,
  operation: string,
  input: { idempotencyKey?: string | null },
  add: (em: Em) => Promise<NewQuestion>,
): Promise<SentMessages> {
  const made = await once(ctx, operation, { ...input }, add);
  return thenStart(ctx, made, async () => ({
    userMessage: await getById(ctx, Message, made.questionId),
    assistantMessage: await getById(ctx, Message, made.answerId),
  }));
}

/**
 * Begins to generate an answer that was made, once `read` has shown it as it was made. Also where `read` fails: the
 * same call made again would show the answer, but not begin it.
 */
export async function thenStart<Shown>(
  ctx: Context,
  made: { isNew: boolean } & (NewAnswer | { answerId?: undefined }),
  read: () => Promise<Shown>,
): Promise<Shown> {
  try {
    return await read();
  } finally {
    if (made.isNew && made.answerId !== undefined) ctx.answers.start(made);
  }
}

/**
 * Adds a question below `parentId` with its empty answer, and shows their branch. The first question of a
 * conversation gives it its title.
 */
export async function addQuestion(
  em: Em,
  conversation: Conversation,
  content: string,
  parentId: string | null,
): Promise<NewQuestion> {
  await showBranch(em, conversation.id, parentId);
  const sequence = await nextSequence(em, conversation.id);
  const question = { ...newMessage(conversation, sequence), role: MessageRole.USER, content, parentId };
  await em.insert(Message, question);
  if (sequence === 1 && !conversation.titleGiven) conversation.title = deriveTitle(content);
  return { questionId: question.id, ...(await addAnswer(em, conversation, question.id, sequence + 1)) };
}

/** Adds an empty answer to a question on the branch that is shown. */
export async function addAnswer(
  em: Em,
  conversation: Conversation,
  questionId: string,
  sequence: number,
): Promise<NewAnswer> {
  const answer = newAnswer(conversation, sequence, questionId);
  await em.insert(Message, answer);
  conversation.updatedAt = new Date();
  await em.flush();
  return { answerId: answer.id, conversationId: conversation.id, projectId: conversation.projectId };
}

export async function stopMessage(ctx: Context, input: StopMessageInput): Promise<{ message: Row<Message> }> {
  const message = await findAnswer(ctx, input.id);
  // The process that generates it writes down what it has. One that was not reached learns of the end at its next sign
  // of life.
  if (message.status === MessageStatus.GENERATING) await ctx.answers.stopAnswer(message.id);
  const stopped = await ctx.em.transactional((em) => endAnswer(em, message.id, { status: MessageStatus.CANCELLED }));
  ctx.forgetReads();
  const now = await findMessage(ctx, message.id);
  if (!stopped && now.status !== MessageStatus.CANCELLED)
    refuse('CONFLICT', 'id', 'This message is not being generated.');
  if (!stopped && message.status === MessageStatus.CANCELLED)
    refuse('CONFLICT', 'id', 'This message was stopped already.');
  ctx.topics.publish(answerTopic(message.id));
  return { message: now };
}

export async function rateMessage(ctx: Context, input: RateMessageInput): Promise<{ message: Row<Message> }> {
  const rules = new InputRules();
  const comment = rules.optionalText('comment', input.comment, MAX_COMMENT);
  rules.check();
  const message = await findAnswer(ctx, input.id);
  if (message.status === MessageStatus.GENERATING) refuse('CONFLICT', 'id', STILL_GENERATING);
  const rating = input.rating === undefined ? message.rating : input.rating;
  if (comment && input.rating === undefined && !rating)
    refuse('INVALID', 'rating', 'A comment is kept with a rating. Give one, GOOD or BAD.');
  // Who rates anew without a comment has not said this one.
  const kept = input.rating === undefined && comment === undefined ? message.ratingComment : (comment ?? null);
  await ctx.em.nativeUpdate(Message, { id: message.id }, { rating, ratingComment: rating && kept });
  ctx.forgetReads();
  return { message: await findMessage(ctx, message.id) };
}

export function findMessage(ctx: Context, id: string): Promise<Row<Message>> {
  return requireRow(ctx, Message, 'id', id, 'message');
}

export async function findAnswer(ctx: Context, id: string): Promise<Row<Message>> {
  const message = await findMessage(ctx, id);
  refuseQuestion(message, 'id');
  return message;
}

/** @throws Refusal INVALID for a question where the input wants an answer */
export function refuseQuestion({ role }: Pick<Message, 'role'>, path: string): void {
  if (role !== MessageRole.ASSISTANT) refuse('INVALID', path, 'This is a question. Name an answer.');
}

/** The answer of this conversation that a question is to follow. */
async function getParent(em: Em, conversationId: string, id: string): Promise<Message> {
  const parent = await em.findOne(Message, { id, conversationId });
  if (!parent) refuse('NOT_FOUND', 'parentId', 'There is no message with this id in the conversation.');
  refuseQuestion(parent, 'parentId');
  return parent;
}

function newMessage(conversation: Conversation, sequence: number) {
  return {
    id: newId(),
    conversationId: conversation.id,
    sequence,
    active: true,
    selected: true,
    status: MessageStatus.COMPLETE,
    citations: [],
    attempts: [],
    createdAt: new Date(),
    error: null,
    outcome: null,
    truncated: false,
    sources: null,
    usage: null,
    llmProviderId: null,
    rating: null,
    ratingComment: null,
    heartbeatAt: null,
  };
}

function newAnswer(conversation: Conversation, sequence: number, parentId: string) {
  // By the clock that its lease is measured with.
  const heartbeatAt = raw('now()');
  const { llmProviderId } = conversation;
  return {
    ...newMessage(conversation, sequence),
    role: MessageRole.ASSISTANT,
    status: MessageStatus.GENERATING,
    content: '',
    llmProviderId,
    parentId,
    heartbeatAt,
  };
}
