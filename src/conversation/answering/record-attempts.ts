import { type RawBuilder, sql } from 'kysely';

import { type Em, execute } from '../../platform/database/query.js';
import type { Failure } from '../../platform/graphql/failure.js';
import type { MessageAttempt } from '../message-attempt.js';
import type { MessageStatus } from '../message.enums.js';

/**
 * The attempts of an answer as they are now, and who is asked last as its provider.
 * @returns false where the answer has ended, or is gone
 */
export async function recordAttempts(em: Em, messageId: string, attempts: readonly MessageAttempt[]): Promise<boolean> {
  const asked = attempts.at(-1)?.llmProviderId ?? null;
  // Whoever deletes a provider locks it before its messages: so it is locked here only where no message of it is changed.
  const changed = await execute(em)`
    update message set attempts = ${JSON.stringify(attempts)}::jsonb, llm_provider_id = case
      when llm_provider_id is distinct from ${asked}::uuid
        then (select p.id from llm_provider p where p.id = ${asked}::uuid for key share)
      else llm_provider_id end
    where id = ${messageId} and status = 'GENERATING'`;
  return changed === 1;
}

/** The column `attempts` where the answer ends now: an attempt that is still going ends as the answer does, whoever ends it. */
export function endedAttempts(status: MessageStatus, error: Failure | null): RawBuilder<unknown> {
  const end = { finishedAt: new Date().toISOString(), outcome: status, error };
  return sql`case
    when attempts <> '[]' and attempts -> (-1) ->> 'outcome' is null
      then jsonb_set(attempts, '{-1}', (attempts -> (-1)) || ${JSON.stringify(end)}::jsonb)
    else attempts end`;
}
