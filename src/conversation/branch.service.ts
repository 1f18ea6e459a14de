import type { Context } from '../context.js';
import type { Row } from '../platform/database/rows.js';
import { once } from '../platform/graphql/idempotency.js';
import { InputRules, requireId } from '../platform/graphql/input-rules.js';
import { getById, getMade } from '../platform/graphql/load-by-id.js';
import { noSuch, refuse, unlessGone } from '../platform/graphql/user-errors.js';
import { findLeaf, lockConversation, nextSequence, showBranch } from './branches.js';
import { Conversation } from './conversation.entity.js';
import type { ForkConversationInput } from './conversation.inputs.js';
import type { EditMessageInput, RegenerateMessageInput, SelectMessageInput } from './message.inputs.js';
import { MAX_TITLE } from './conversation.service.js';
import { copyBranch } from './copy-branch.js';
import { Message } from './message.entity.js';
import { MessageRole } from './message.enums.js';
import {
  addAnswer,
  addQuestion,
  ask,
  findAnswer,
  findMessage,
  MAX_CONTENT,
  type SentMessages,
  thenStart,
} from './message.service.js';
import { refuseWhenSpent } from './answering/token-budget.js';

export async function editMessage(ctx: Context, input: EditMessageInput): Promise<SentMessages> {
  const rules = new InputRules();
  const content = rules.requiredText('content', input.content, MAX_CONTENT);
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const old = await findMessage(ctx, input.id);
  if (old.role !== MessageRole.USER) refuse('INVALID', 'id', 'This is an answer. Name a question.');
  return ask(ctx, 'editMessage', input, async (em) => {
    const conversation = await lockConversation(em, old.conversationId);
    await refuseWhenSpent(em, conversation.id, 'id');
    return addQuestion(em, conversation, content!, old.parentId);
  });
}

export async function regenerateMessage(
  ctx: Context,
  input: RegenerateMessageInput,
): Promise<{ assistantMessage: Row<Message> }> {
  const rules = new InputRules();
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const old = await findAnswer(ctx, input.id);
  const made = await once(ctx, 'regenerateMessage', { ...input }, async (em) => {
    const conversation = await lockConversation(em, old.conversationId);
    await refuseWhenSpent(em, conversation.id, 'id');
    await showBranch(em, conversation.id, old.parentId);
    return addAnswer(em, conversation, old.parentId!, await nextSequence(em, conversation.id));
  });
  ctx.forgetReads();
  return thenStart(ctx, made, async () => ({ assistantMessage: await getById(ctx, Message, made.answerId) }));
}

export async function selectMessage(
  ctx: Context,
  input: SelectMessageInput,
): Promise<{ conversation: Row<Conversation> }> {
  const { id, conversationId } = await findMessage(ctx, input.id);
  await ctx.em.transactional(async (em) => {
    await lockConversation(em, conversationId);
    await showBranch(em, conversationId, await findLeaf(em, id));
  });
  ctx.forgetReads();
  return { conversation: await getById(ctx, Conversation, conversationId) };
}

/** The branch that ends at an answer, copied into a conversation of its own: it has the same provider, and new ids. */
export async function forkConversation(
  ctx: Context,
  input: ForkConversationInput,
): Promise<{ conversation: Row<Conversation> }> {
  const rules = new InputRules();
  const title = input.title == null ? null : rules.requiredText('title', input.title, MAX_TITLE);
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const messageId = requireId('messageId', input.messageId, 'message');
  const fork = (): Promise<{ id: string }> =>
    once(ctx, 'forkConversation', { ...input }, async (em) => ({ id: await copyBranch(em, messageId, title ?? null) }));
  const { id } = await unlessGone(fork, 'messageId', noSuch('message'));
  ctx.forgetReads();
  return { conversation: await getMade(ctx, Conversation, id) };
}
