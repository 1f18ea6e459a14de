import type { Context } from '../context.js';
import { query } from '../platform/database/query.js';
import type { MessageRetrieval } from './message-retrieval.js';

/** What a message was searched for with; read only where it is selected. */
export function readRetrieval(ctx: Context, messageId: string): Promise<MessageRetrieval | null> {
  return ctx
    .loader('message retrieval', async (ids: readonly string[]) => {
      const rows = await query(ctx.em)<{ id: string; retrieval: MessageRetrieval | null }>`
        select id, retrieval from message where id = any(${[...ids]}::uuid[])`;
      const found = new Map(rows.map(({ id, retrieval }) => [id, retrieval]));
      return ids.map((id) => found.get(id) ?? null);
    })
    .load(messageId);
}
