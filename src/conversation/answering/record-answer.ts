import { sql } from 'kysely';

import { type Em, execute } from '../../platform/database/query.js';
import type { Failure } from '../../platform/failure.js';
import type { AnswerOutcome, MessageStatus } from '../message.enums.js';
import type { TokenUsage } from '../token-usage.js';
import type { StoredCitation } from '../citation.js';
import type { MessageAttempt } from '../message-attempt.js';

/** Published when an answer has more to read. */
export const answerTopic = (messageId: string): string => `answer:${messageId}`;

export interface AnswerEnd {
  status: MessageStatus;
  outcome?: AnswerOutcome | null;
  truncated?: boolean;
  error?: Failure | null;
  usage?: TokenUsage | null;
}

/*
 * An answer changes only while it is GENERATING. Each change takes its row first: so whoever ends it ends it for all,
 * and events get their numbers one after the other. These three return false where it has ended, or is gone.
 */

/** Writes the citations anew, with what the judge says. No event tells of it: events read theirs from the message. */
export function recordVerdicts(em: Em, messageId: string, citations: readonly StoredCitation[]): Promise<boolean> {
  return change(em, messageId, sql`citations = ${JSON.stringify(citations)}::jsonb`);
}

/** The attempts of an answer as they are now, and who is asked last as its provider. */
export function recordAttempts(em: Em, messageId: string, attempts: readonly MessageAttempt[]): Promise<boolean> {
  const asked = attempts.at(-1)?.llmProviderId ?? null;
  // Whoever deletes a provider locks it, then its messages. Here the message is locked first: so its own provider must
  // not be locked, only another one.
  const set = sql`attempts = ${JSON.stringify(attempts)}::jsonb, llm_provider_id = case
    when llm_provider_id is distinct from ${asked}::uuid
      then (select p.id from llm_provider p where p.id = ${asked}::uuid for key share)
    else llm_provider_id end`;
  return change(em, messageId, set);
}

/**
 * An attempt that is still going ends as the answer does, whoever ends it. To be called in a transaction: once the
 * row is taken, nobody else can add an event, and the number of the last one is known.
 */
export async function endAnswer(
  em: Em,
  messageId: string,
  { status, outcome = null, truncated = false, error = null, usage = null }: AnswerEnd,
): Promise<boolean> {
  const attemptEnd = { finishedAt: new Date().toISOString(), outcome: status, error };
  const set = sql`status = ${status}, outcome = ${outcome}, truncated = ${truncated},
    error = ${asJson(error)}::jsonb, usage = ${asJson(usage)}::jsonb, heartbeat_at = null, attempts = case
      when attempts <> '[]' and attempts -> (-1) ->> 'outcome' is null
        then jsonb_set(attempts, '{-1}', (attempts -> (-1)) || ${JSON.stringify(attemptEnd)}::jsonb)
      else attempts end`;
  if (!(await change(em, messageId, set))) return false;
  await execute(em)`
    insert into answer_event (message_id, seq, kind, created_at)
    select ${messageId}, coalesce(max(seq), 0) + 1, 'ended', now() from answer_event where message_id = ${messageId}`;
  return true;
}

async function change(em: Em, messageId: string, set: ReturnType<typeof sql>): Promise<boolean> {
  const changed = await execute(em)`update message set ${set} where id = ${messageId} and status = 'GENERATING'`;
  return changed === 1;
}

function asJson(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}
