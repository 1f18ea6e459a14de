import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';

import { type Em, query } from '../platform/database/query.js';
import { refuseUnknown } from '../platform/graphql/user-errors.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';

/*
 * The messages of a conversation are a tree. `active` are those on the branch that it shows. Of siblings, `selected`
 * is the one that is shown, or was when their branch was left. Whoever adds messages or changes what is shown locks
 * the conversation first, in a transaction: so two of them at once come one after the other.
 */

export interface BranchMessage {
  id: string;
  role: 'user' | 'assistant';
  content: string;
}

/** For a recursive query: `branch`, which is a message and what it follows. */
const branchTo = (messageId: string | null) => sql`branch as (
  select id, parent_id, sequence from message where id = ${messageId}::uuid
  union all select m.id, m.parent_id, m.sequence from message m join branch b on m.id = b.parent_id
)`;

/** The ids of a message and what it follows, from the first message down to it. */
export async function listBranchIds(em: Em, messageId: string): Promise<string[]> {
  const rows = await query(em)<{ id: string }>`
    with recursive ${branchTo(messageId)} select id from branch order by sequence`;
  return rows.map(({ id }) => id);
}

/** A message and what it follows, from the first message down to it. */
export function listBranch(em: Em, messageId: string): Promise<BranchMessage[]> {
  return query(em)<BranchMessage>`
    with recursive ${branchTo(messageId)}
    select m.id, m.role, m.content from branch b join message m on m.id = b.id order by b.sequence`;
}

/** @throws Refusal NOT_FOUND where it has been deleted */
export async function lockConversation(em: Em, id: string): Promise<Conversation> {
  return (
    (await em.findOne(Conversation, id, { lockMode: LockMode.PESSIMISTIC_WRITE })) ??
    refuseUnknown('conversationId', 'conversation')
  );
}

/** The last message that the conversation shows; null where it has none. */
export function findEnd(em: Em, conversationId: string): Promise<Message | null> {
  return em.findOne(Message, { conversationId, active: true }, { orderBy: { sequence: 'desc' } });
}

/** Where the branch through a message ended when it was shown last; where it never was, at its newest message. */
export async function findLeaf(em: Em, messageId: string): Promise<string> {
  const rows = await query(em)<{ id: string }>`
    with recursive branch as (
      select id, sequence from message where id = ${messageId}
      union all
      select next.id, next.sequence from branch b cross join lateral (
        select m.id, m.sequence from message m where m.parent_id = b.id order by m.selected desc, m.sequence desc limit 1
      ) next
    ) select id from branch order by sequence desc limit 1`;
  return rows[0]!.id;
}

/**
 * Makes the conversation show the branch that ends here, and nothing where it is null. What follows `lastId` keeps
 * its place under it, but none of it is selected any more: a new message can be.
 */
export async function showBranch(em: Em, conversationId: string, lastId: string | null): Promise<void> {
  await query(em)`
    with recursive ${branchTo(lastId)}, shown as (
      select t.id, b.id is not null as active, b.id is not null or (
        t.selected and t.parent_id is not null and not exists (select from branch where id = t.parent_id)
      ) as selected
      from message t left join branch b on b.id = t.id where t.conversation_id = ${conversationId}
    )
    update message m set active = s.active, selected = s.selected from shown s
    where m.id = s.id and (m.active, m.selected) is distinct from (s.active, s.selected)`;
}

/** The next message's place in the order in which all messages of the conversation were created. */
export async function nextSequence(em: Em, conversationId: string): Promise<number> {
  const rows = await query(em)<{ next: number }>`
    select coalesce(max(sequence), 0) + 1 as next from message where conversation_id = ${conversationId}`;
  return rows[0]!.next;
}
