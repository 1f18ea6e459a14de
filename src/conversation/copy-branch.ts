import { newId } from '../platform/database/columns.js';
import type { Em } from '../platform/database/query.js';
import { refuse, refuseUnknown } from '../platform/graphql/user-errors.js';
import { listBranchIds } from './branches.js';
import { Conversation } from './conversation.entity.js';
import { readFallbackIds, writeFallbacks } from './fallback-providers.js';
import { Message } from './message.entity.js';
import { MessageStatus } from './message.enums.js';
import { refuseQuestion, STILL_GENERATING } from './message.service.js';

/** What one statement inserts: each row has some twenty parameters, and a statement 65,535 at most. */
const ROWS_AT_ONCE = 500;

/**
 * Makes a new conversation with copies of an answer and of all that it follows. To be called in a transaction. The
 * entities tell what is copied: all but identity, place, ratings, and what only answers have that are being generated.
 *
 * @returns its id
 * @throws Refusal NOT_FOUND, INVALID for a question, CONFLICT for an answer that is being generated
 */
export async function copyBranch(em: Em, messageId: string, title: string | null): Promise<string> {
  const last = await em.findOne(Message, messageId);
  const source = last && (await em.findOne(Conversation, last.conversationId));
  const branch = await listBranchIds(em, messageId);
  if (!source || branch.length === 0) refuseUnknown('messageId', 'message');
  refuseQuestion(last, 'messageId');
  if (last.status === MessageStatus.GENERATING) refuse('CONFLICT', 'messageId', STILL_GENERATING);
  const id = newId();
  const now = new Date();
  const named = title === null ? {} : { title, titleGiven: true };
  const nothingSpent = { inputTokens: 0, outputTokens: 0 };
  await em.insert(Conversation, { ...source, ...named, ...nothingSpent, id, createdAt: now, updatedAt: now });
  await writeFallbacks(em, id, await readFallbackIds(em, source.id));
  const ids = branch.map((old) => ({ old, copy: newId() }));
  for (let start = 0; start < ids.length; start += ROWS_AT_ONCE) {
    const some = ids.slice(start, start + ROWS_AT_ONCE);
    const found = await em.find(
      Message,
      { id: some.map(({ old }) => old) },
      { disableIdentityMap: true, populate: ['retrieval'] },
    );
    const messages = new Map(found.map((message) => [message.id, message]));
    await em.insertMany(
      Message,
      some.map(({ old, copy }, index) => ({
        // Gone where somebody deletes the conversation meanwhile.
        ...(messages.get(old) ?? refuseUnknown('messageId', 'message')),
        id: copy,
        conversationId: id,
        parentId: ids[start + index - 1]?.copy ?? null,
        sequence: start + index + 1,
        active: true,
        selected: true,
        rating: null,
        ratingComment: null,
        heartbeatAt: null,
      })),
    );
  }
  return id;
}
