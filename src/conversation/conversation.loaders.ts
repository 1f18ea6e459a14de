import { sql } from 'kysely';

import type { Context } from '../context.js';
import { Allowance } from '../platform/graphql/allowance.js';
import { byId, key, type List, listPage } from '../platform/graphql/connection.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { query } from '../platform/database/query.js';
import { mappingOf, type Row } from '../platform/database/rows.js';
import type { PageArgs } from '../platform/graphql/pages.js';
import type { PageSelection } from '../platform/graphql/selection.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';

const LAST_ACTIVE_FIRST = {
  entity: Conversation,
  descending: true,
  order: [key('updatedAt', 'timestamptz'), byId],
  reads: {
    project: ['projectId'],
    llmProvider: ['llmProviderId'],
    fallbackProviders: ['id'],
    messages: ['id'],
    tokenUsage: ['inputTokens', 'outputTokens'],
  },
} satisfies Partial<List<Conversation>>;
const OF_PROJECT: List<Conversation> = { name: 'conversations of project', parent: 'projectId', ...LAST_ACTIVE_FIRST };
const OF_PROVIDER: List<Conversation> = {
  name: 'conversations of provider',
  parent: 'llmProviderId',
  ...LAST_ACTIVE_FIRST,
};

const MESSAGES: List<Message> = {
  name: 'messages',
  entity: Message,
  parent: 'conversationId',
  order: [key('sequence', 'int'), byId],
  where: sql`t.active`,
  reads: {
    conversation: ['conversationId'],
    sources: ['role', 'sources'],
    citations: ['citations', 'sources'],
    uncited: ['content', 'status', 'outcome', 'truncated', 'sources', 'citations'],
    llmProvider: ['llmProviderId'],
    parent: ['parentId'],
    siblings: ['parentId', 'conversationId'],
    retrieval: ['id'],
  },
};

export const listConversations = (ctx: Context, projectId: string, page: PageArgs, selected?: PageSelection) =>
  listPage(ctx, OF_PROJECT, projectId, page, { selected });

export const listConversationsOfProvider = (
  ctx: Context,
  llmProviderId: string,
  page: PageArgs,
  selected?: PageSelection,
) => listPage(ctx, OF_PROVIDER, llmProviderId, page, { selected });

export const listMessages = (ctx: Context, conversationId: string, page: PageArgs, selected?: PageSelection) =>
  listPage(ctx, MESSAGES, conversationId, page, { selected });

/** In their order. */
export function listFallbackProviders(ctx: Context, conversationId: string): Promise<Row<LLMProvider>[]> {
  const { columns } = mappingOf(ctx.database, LLMProvider);
  return ctx
    .loader('fallback providers', async (conversationIds: readonly string[]) => {
      const rows = await query(ctx.em)<Row<LLMProvider> & { conversationId: string }>`
        select f.conversation_id as "conversationId", ${columns('p')}
        from conversation_fallback f join llm_provider p on p.id = f.llm_provider_id
        where f.conversation_id = any(${[...conversationIds]}::uuid[]) order by f.position`;
      const byConversation = Map.groupBy(rows, ({ conversationId }) => conversationId);
      return conversationIds.map((id) => byConversation.get(id) ?? []);
    })
    .load(conversationId);
}

/**
 * How many messages `siblings` give to one operation at most. They may be nested, and have no page size: nothing
 * tells what they cost before they are read.
 */
const MAX_SIBLINGS = 10_000;
const ALLOWANCE = new Allowance(MAX_SIBLINGS, 'These are too many siblings. Ask for those of fewer messages.');

/**
 * The messages under the same parent, oldest first; of a first message, all first messages of its conversation.
 * @throws ApiError QUERY_TOO_COMPLEX above 10,000 in one operation
 */
export async function listSiblings(ctx: Context, message: Row<Message>): Promise<Row<Message>[]> {
  const { columns } = mappingOf(ctx.database, Message);
  const above = ({ parentId, conversationId }: Row<Message>): string => parentId ?? conversationId;
  const siblings = await ctx
    .loader('siblings', async (ids: readonly string[]) => {
      const all = sql`${[...ids]}::uuid[]`;
      const rows = await query(ctx.em)<Row<Message>>`
        select ${columns('t')} from message t
        where t.parent_id = any(${all}) or (t.parent_id is null and t.conversation_id = any(${all})) order by t.sequence
        limit ${MAX_SIBLINGS + 1}`;
      ALLOWANCE.refuseAbove(rows.length);
      const found = Map.groupBy(rows, above);
      return ids.map((id) => found.get(id) ?? []);
    })
    .load(above(message));
  ALLOWANCE.give(ctx, siblings.length);
  return siblings;
}
