import { LockMode, raw } from '@mikro-orm/core';
import { sql } from 'kysely';

import type { Context } from '../context.js';
import { newId } from '../platform/database/columns.js';
import type { Row } from '../platform/database/rows.js';
import { once } from '../platform/idempotency.js';
import { InputRules, requireId } from '../platform/input-rules.js';
import { findById, getById } from '../platform/load-by-id.js';
import { refuse } from '../platform/user-errors.js';
import { answerTopic, endAnswer, listBranch } from './answer-log.js';
import { Conversation } from './conversation.entity.js';
import type {
  RateMessageInput,
  RegenerateMessageInput,
  SendMessageInput,
  StopMessageInput,
} from './conversation.inputs.js';
import { Message } from './message.entity.js';
import { MessageRole, MessageStatus } from './message.enums.js';
import { deriveTitle } from './title.js';
import { refuseWhenSpent } from './token-budget.js';

/** Characters of a question at most, after trimming. */
export const MAX_CONTENT = 100_000;
const MAX_COMMENT = 2_000;
const UNKNOWN = 'There is no message with this id.';
const STILL_GENERATING = 'An answer is still being generated. Wait for its end, or stop it with stopMessage.';

export interface SentMessages {
  userMessage: Row<Message>;
  assistantMessage: Row<Message>;
}

export async function sendMessage(ctx: Context, input: SendMessageInput): Promise<SentMessages> {
  const rules = new InputRules();
  const content = rules.requiredText('content', input.content, MAX_CONTENT);
  if (input.parentId != null) rules.invalid('parentId', 'Branches are not available yet. Leave parentId out.');
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const conversationId = requireId('conversationId', input.conversationId, 'conversation');
  if (!(await findById(ctx, Conversation, conversationId)))
    refuse('NOT_FOUND', 'conversationId', 'There is no conversation with this id.');
  let created = false;
  const { questionId, answerId } = await once(ctx, 'sendMessage', { ...input }, async (em) => {
    created = true;
    await refuseWhenSpent(em, conversationId, 'conversationId');
    return addQuestion(em, conversationId, content!);
  });
  const sent = {
    userMessage: await getById(ctx, Message, questionId),
    assistantMessage: await getById(ctx, Message, answerId),
  };
  if (created) ctx.answers.start(answerId);
  return sent;
}

/** Appends a question and its empty answer; titles the conversation after its first one. */
export async function addQuestion(
  em: Context['em'],
  conversationId: string,
  content: string,
): Promise<{ questionId: string; answerId: string }> {
  const conversation = await lockConversation(em, conversationId);
  const last = await em.findOne(Message, { conversationId, active: true }, { orderBy: { sequence: 'desc' } });
  if (last?.status === MessageStatus.GENERATING) refuse('CONFLICT', 'conversationId', STILL_GENERATING);
  const question = {
    ...newMessage(conversation, await nextSequence(em, conversationId)),
    role: MessageRole.USER,
    content,
    parentId: last?.id ?? null,
  };
  await em.insert(Message, question);
  const answer = newAnswer(conversation, question.sequence + 1, question.id);
  await em.insert(Message, answer);
  if (!last && !conversation.titleGiven) conversation.title = deriveTitle(content);
  conversation.updatedAt = new Date();
  await em.flush();
  return { questionId: question.id, answerId: answer.id };
}

export async function regenerateMessage(
  ctx: Context,
  input: RegenerateMessageInput,
): Promise<{ assistantMessage: Row<Message> }> {
  const old = await findAnswer(ctx, input.id);
  const answerId = await ctx.em.transactional(async (em) => {
    const conversation = await lockConversation(em, old.conversationId);
    if ((await em.count(Message, { conversationId: old.conversationId, status: MessageStatus.GENERATING })) > 0)
      refuse('CONFLICT', 'id', STILL_GENERATING);
    await refuseWhenSpent(em, old.conversationId, 'id');
    await showBranch(em, old.conversationId, old.parentId!);
    const answer = newAnswer(conversation, await nextSequence(em, old.conversationId), old.parentId!);
    await em.insert(Message, answer);
    conversation.updatedAt = new Date();
    await em.flush();
    return answer.id;
  });
  ctx.forgetReads();
  const assistantMessage = await getById(ctx, Message, answerId);
  ctx.answers.start(answerId);
  return { assistantMessage };
}

export async function stopMessage(ctx: Context, input: StopMessageInput): Promise<{ message: Row<Message> }> {
  const message = await findAnswer(ctx, input.id);
  // The process that generates it writes down what it has. One that was not reached finds the end at its next sign of life.
  if (message.status === MessageStatus.GENERATING) await ctx.answers.stopAnswer(message.id);
  const stopped = await ctx.em.transactional((em) => endAnswer(em, message.id, { status: MessageStatus.CANCELLED }));
  ctx.forgetReads();
  const now = await getById(ctx, Message, message.id);
  if (!stopped && now.status !== MessageStatus.CANCELLED)
    refuse('CONFLICT', 'id', 'This message is not being generated.');
  if (!stopped && message.status === MessageStatus.CANCELLED)
    refuse('CONFLICT', 'id', 'This message was stopped already.');
  ctx.topics.publish(answerTopic(message.id));
  return { message: now };
}

export async function rateMessage(ctx: Context, input: RateMessageInput): Promise<{ message: Row<Message> }> {
  const rules = new InputRules();
  const comment = rules.optionalText('comment', input.comment, MAX_COMMENT) ?? null;
  rules.check();
  const message = await findAnswer(ctx, input.id);
  if (message.status === MessageStatus.GENERATING) refuse('CONFLICT', 'id', STILL_GENERATING);
  const rating = input.rating ?? null;
  await ctx.em.nativeUpdate(Message, { id: message.id }, { rating, ratingComment: rating && comment });
  ctx.forgetReads();
  return { message: await getById(ctx, Message, message.id) };
}

/** The conversation shows the branch that ends here; what is on others stays under its parents. */
async function showBranch(em: Context['em'], conversationId: string, lastId: string): Promise<void> {
  const branch = await listBranch(em, lastId);
  await sql`update message set active = id = any(${branch.map(({ id }) => id)}::uuid[]) where conversation_id = ${conversationId}`.execute(
    em.getKysely(),
  );
}

async function findAnswer(ctx: Context, id: string): Promise<Row<Message>> {
  const message = await findById(ctx, Message, id);
  if (!message) refuse('NOT_FOUND', 'id', UNKNOWN);
  if (message.role !== MessageRole.ASSISTANT) refuse('INVALID', 'id', 'This is a question. Name an answer.');
  return message;
}

async function lockConversation(em: Context['em'], id: string): Promise<Conversation> {
  return (
    (await em.findOne(Conversation, id, { lockMode: LockMode.PESSIMISTIC_WRITE })) ??
    refuse('NOT_FOUND', 'conversationId', 'There is no conversation with this id.')
  );
}

async function nextSequence(em: Context['em'], conversationId: string): Promise<number> {
  const { rows } = await sql<{ next: number }>`
    select coalesce(max(sequence), 0) + 1 as next from message where conversation_id = ${conversationId}`.execute(
    em.getKysely(),
  );
  return rows[0]!.next;
}

function newMessage(conversation: Conversation, sequence: number) {
  return {
    id: newId(),
    conversationId: conversation.id,
    sequence,
    active: true,
    status: MessageStatus.COMPLETE,
    citations: [],
    attempts: [],
    createdAt: new Date(),
    error: null,
    outcome: null,
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
