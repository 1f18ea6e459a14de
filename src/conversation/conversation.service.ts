import { LockMode } from '@mikro-orm/core';

import type { Context } from '../context.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { whyNotAsked } from '../llm-provider/why-not-asked.js';
import { newId } from '../platform/database/columns.js';
import type { Em } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { deleteRow } from '../platform/graphql/delete-row.js';
import { once } from '../platform/graphql/idempotency.js';
import { InputRules } from '../platform/graphql/input-rules.js';
import { getById, getMade, requireRow } from '../platform/graphql/load-by-id.js';
import { refuse, refuseUnknown, unlessGone } from '../platform/graphql/user-errors.js';
import { type DeletedFromProject, deletedFromProject } from '../project/deleted-from-project.js';
import { Project } from '../project/project.entity.js';
import { lockConversation } from './branches.js';
import { Conversation } from './conversation.entity.js';
import type {
  CreateConversationInput,
  DeleteConversationInput,
  UpdateConversationInput,
} from './conversation.inputs.js';
import { checkFallbacks, chosenFallbacks, readFallbackIds, writeFallbacks } from './fallback-providers.js';
import { Message } from './message.entity.js';
import { MessageRole } from './message.enums.js';
import { addQuestion, MAX_CONTENT, type NewQuestion, thenStart } from './message.service.js';
import { deriveTitle, UNTITLED } from './title.js';
import { refuseWhenSpent } from './answering/token-budget.js';

/** Characters of a title at most, after trimming. */
export const MAX_TITLE = 255;

export interface CreatedConversation {
  conversation: Row<Conversation>;
  userMessage: Row<Message> | null;
  assistantMessage: Row<Message> | null;
}

interface ChosenProviders {
  llmProviderId: string;
  fallbackIds: string[];
}

export async function createConversation(ctx: Context, input: CreateConversationInput): Promise<CreatedConversation> {
  const rules = new InputRules();
  const title = input.title == null ? null : rules.requiredText('title', input.title, MAX_TITLE);
  const content = input.message == null ? null : rules.requiredText('message', input.message, MAX_CONTENT);
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const { id: projectId } = await requireRow(ctx, Project, 'projectId', input.projectId, 'project');
  const choose = async (): Promise<ChosenProviders> => {
    const llmProviderId = await chosenProvider(ctx, input.llmProviderId);
    const fallbackIds = (await chosenFallbacks(ctx, rules, input.fallbackProviderIds)) ?? [];
    checkFallbacks(rules, llmProviderId, fallbackIds);
    rules.check();
    return { llmProviderId, fallbackIds };
  };
  const insert = async (
    em: Em,
    { llmProviderId, fallbackIds }: ChosenProviders,
  ): Promise<{ id: string } & (NewQuestion | { questionId?: undefined; answerId?: undefined })> => {
    const id = newId();
    const now = new Date();
    await em.insert(Conversation, {
      id,
      projectId,
      llmProviderId,
      title: title ?? UNTITLED,
      titleGiven: title != null,
      createdAt: now,
      updatedAt: now,
    });
    await writeFallbacks(em, id, fallbackIds);
    if (content == null) return { id };
    await refuseWhenSpent(em, id, 'projectId');
    return { id, ...(await addQuestion(em, await lockConversation(em, id), content, null)) };
  };
  const gone = 'The project or a language model has just been deleted.';
  const write = () => once(ctx, 'createConversation', { ...input }, insert, choose);
  const made = await unlessGone(write, 'projectId', gone);
  const { id, questionId, answerId } = made;
  return thenStart(ctx, made, async () => ({
    conversation: await getMade(ctx, Conversation, id),
    userMessage: questionId ? await getMade(ctx, Message, questionId) : null,
    assistantMessage: answerId ? await getMade(ctx, Message, answerId) : null,
  }));
}

export async function updateConversation(
  ctx: Context,
  input: UpdateConversationInput,
): Promise<{ conversation: Row<Conversation> }> {
  const { id } = await requireRow(ctx, Conversation, 'id', input.id, 'conversation');
  const rules = new InputRules();
  const title = input.title == null ? input.title : rules.requiredText('title', input.title, MAX_TITLE);
  rules.notNull('llmProviderId', input.llmProviderId);
  const fallbackIds = await chosenFallbacks(ctx, rules, input.fallbackProviderIds);
  rules.check();
  const llmProviderId = input.llmProviderId == null ? undefined : await chosenProvider(ctx, input.llmProviderId);
  const write = (em: Em): Promise<void> => change(em, id, { title, llmProviderId, fallbackIds });
  await unlessGone(() => ctx.em.transactional(write), 'llmProviderId', 'A language model has just been deleted.');
  ctx.forgetReads();
  return { conversation: await getById(ctx, Conversation, id) };
}

async function change(
  em: Em,
  id: string,
  {
    title,
    llmProviderId,
    fallbackIds,
  }: { title: string | null | undefined; llmProviderId: string | undefined; fallbackIds: string[] | undefined },
): Promise<void> {
  const conversation = await em.findOne(Conversation, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!conversation) refuseUnknown('id', 'conversation');
  const rules = new InputRules();
  if (fallbackIds) checkFallbacks(rules, llmProviderId ?? conversation.llmProviderId, fallbackIds);
  else if (llmProviderId && (await readFallbackIds(em, id)).includes(llmProviderId))
    rules.invalid('llmProviderId', 'This one is a fallback provider. Give the fallbackProviderIds without it as well.');
  rules.check();
  if (title !== undefined) {
    conversation.titleGiven = title !== null;
    conversation.title = title ?? (await titleFromFirstMessage(em, id));
  }
  if (llmProviderId !== undefined) conversation.llmProviderId = llmProviderId;
  await em.flush();
  if (fallbackIds) await writeFallbacks(em, id, fallbackIds);
}

export async function deleteConversation(ctx: Context, input: DeleteConversationInput): Promise<DeletedFromProject> {
  const { id, projectId } = await deleteRow(ctx, Conversation, input.id, 'conversation');
  ctx.answers.giveUp(id);
  return deletedFromProject(ctx, id, projectId);
}

async function titleFromFirstMessage(em: Em, conversationId: string): Promise<string> {
  const first = await em.findOne(
    Message,
    { conversationId, role: MessageRole.USER, active: true },
    { orderBy: { sequence: 'asc' } },
  );
  return first ? deriveTitle(first.content) : UNTITLED;
}

async function chosenProvider(ctx: Context, id: string | null | undefined): Promise<string> {
  const provider =
    id == null
      ? await ctx.em.findOneOrFail(LLMProvider, { isDefault: true })
      : await requireRow(ctx, LLMProvider, 'llmProviderId', id, 'LLMProvider');
  const fault = whyNotAsked(ctx, provider);
  if (fault) refuse('CONFLICT', 'llmProviderId', fault);
  return provider.id;
}
