import type { Context } from '../context.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { whyNotAsked } from '../llm-provider/why-not-asked.js';
import type { Em } from '../platform/database/query.js';
import type { InputRules } from '../platform/graphql/input-rules.js';
import { findById } from '../platform/graphql/load-by-id.js';
import { userError } from '../platform/graphql/user-errors.js';
import { ConversationFallback } from './conversation-fallback.entity.js';
import type { Message } from './message.entity.js';

/** Fallback providers of one conversation at most. */
const MAX_FALLBACKS = 5;
const FIELD = 'fallbackProviderIds';

/** The ids as they are stored: each one exists, at most five, none twice. Null clears them; undefined stays it. */
export async function chosenFallbacks(
  ctx: Context,
  rules: InputRules,
  given: readonly string[] | null | undefined,
): Promise<string[] | undefined> {
  if (given === undefined) return undefined;
  const ids = (given ?? []).map((id) => id.toLowerCase());
  if (ids.length > MAX_FALLBACKS) {
    rules.invalid(FIELD, `At most ${MAX_FALLBACKS} fallback providers can be given.`);
    return [];
  }
  const found = await Promise.all(ids.map((id) => findById(ctx, LLMProvider, id)));
  ids.forEach((id, place) => {
    const path = [FIELD, String(place)];
    const provider = found[place];
    const fault = provider && whyNotAsked(ctx, provider);
    if (!provider) rules.unknown(path, 'LLMProvider');
    else if (ids.indexOf(id) < place) rules.invalid(path, 'This one is in the list already.');
    else if (fault) rules.faults.push(userError('CONFLICT', path, fault));
  });
  return ids;
}

/** Whoever answers first is no fallback of itself. */
export function checkFallbacks(rules: InputRules, llmProviderId: string, fallbackIds: readonly string[]): void {
  const place = fallbackIds.indexOf(llmProviderId);
  if (place !== -1)
    rules.invalid([FIELD, String(place)], 'This one answers already, as llmProviderId. Leave it out here.');
}

export async function readFallbackIds(em: Em, conversationId: string): Promise<string[]> {
  const rows = await em.find(ConversationFallback, { conversationId }, { orderBy: { position: 'asc' } });
  return rows.map(({ llmProviderId }) => llmProviderId);
}

/** In place of those that there were; in a transaction. */
export async function writeFallbacks(em: Em, conversationId: string, ids: readonly string[]): Promise<void> {
  await em.nativeDelete(ConversationFallback, { conversationId });
  if (ids.length === 0) return;
  await em.insertMany(
    ConversationFallback,
    ids.map((llmProviderId, position) => ({ conversationId, llmProviderId, position })),
  );
}

/**
 * Whom an answer asks, in that order: its provider, then the fallbacks that its conversation has now. Empty where all
 * of them have been deleted.
 */
export async function listAsked(em: Em, { llmProviderId, conversationId }: Message): Promise<LLMProvider[]> {
  const fallbackIds = await readFallbackIds(em, conversationId);
  const ids = [...new Set([llmProviderId, ...fallbackIds])].filter((id) => id !== null);
  const byId = new Map((await em.find(LLMProvider, { id: { $in: ids } })).map((provider) => [provider.id, provider]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
