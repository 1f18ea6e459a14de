import { sql } from 'kysely';

import type { Context } from '../context.js';
import { byId, key, type List, listPage } from '../platform/connection.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { mappingOf, type Row } from '../platform/database/rows.js';
import type { PageArgs } from '../platform/pages.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';

const LAST_ACTIVE_FIRST = { entity: Conversation, descending: true, order: [key('updated_at', 'timestamptz'), byId] };
const OF_PROJECT: List<Conversation> = { name: 'conversations of project', parent: 'project_id', ...LAST_ACTIVE_FIRST };
const OF_PROVIDER: List<Conversation> = {
  name: 'conversations of provider',
  parent: 'llm_provider_id',
  ...LAST_ACTIVE_FIRST,
};

const MESSAGES: List<Message> = {
  name: 'messages',
  entity: Message,
  parent: 'conversation_id',
  order: [key('sequence', 'int'), byId],
  where: sql`t.active`,
};

export const listConversations = (ctx: Context, projectId: string, page: PageArgs) =>
  listPage(ctx, OF_PROJECT, projectId, page);

export const listConversationsOfProvider = (ctx: Context, llmProviderId: string, page: PageArgs) =>
  listPage(ctx, OF_PROVIDER, llmProviderId, page);

export const listMessages = (ctx: Context, conversationId: string, page: PageArgs) =>
  listPage(ctx, MESSAGES, conversationId, page);

/** In their order. */
export function listFallbackProviders(ctx: Context, conversationId: string): Promise<Row<LLMProvider>[]> {
  const { columns } = mappingOf(ctx.database, LLMProvider);
  return ctx
    .loader('fallback providers', async (conversationIds: readonly string[]) => {
      const statement = sql<Row<LLMProvider> & { conversationId: string }>`
        select f.conversation_id as "conversationId", ${columns('p')}
        from conversation_fallback f join llm_provider p on p.id = f.llm_provider_id
        where f.conversation_id = any(${[...conversationIds]}::uuid[]) order by f.position`;
      const { rows } = await statement.execute(ctx.em.getKysely());
      const byConversation = Map.groupBy(rows, ({ conversationId }) => conversationId);
      return conversationIds.map((id) => byConversation.get(id) ?? []);
    })
    .load(conversationId);
}

/** The messages under the same parent, oldest first; a first message has none but itself. */
export async function listSiblings(ctx: Context, message: Row<Message>): Promise<Row<Message>[]> {
  if (message.parentId === null) return [message];
  const { columns } = mappingOf(ctx.database, Message);
  return ctx
    .loader('siblings', async (parentIds: readonly string[]) => {
      const statement = sql<
        Row<Message>
      >`select ${columns('t')} from message t where t.parent_id = any(${[...parentIds]}::uuid[]) order by t.sequence`;
      const byParent = Map.groupBy((await statement.execute(ctx.em.getKysely())).rows, ({ parentId }) => parentId);
      return parentIds.map((id) => byParent.get(id) ?? []);
    })
    .load(message.parentId);
}
