import { sql } from 'kysely';

import type { Context } from '../../context.js';
import { type Em, execute, query } from '../../platform/database/query.js';
import { FailureCode } from '../../platform/errors.js';
import type { Failure } from '../../platform/graphql/failure.js';
import { type AnswerOutcome, MessageStatus } from '../message.enums.js';
import type { TokenUsage } from '../token-usage.js';
import type { StoredCitation } from '../citation.js';
import { endedAttempts } from './record-attempts.js';

/** Published when an answer has more to read. */
export const answerTopic = (messageId: string): string => `answer:${messageId}`;

/**
 * A process holds an answer that it generates by a lease, which runs out this many milliseconds after its last sign of life; by the
 * database's clock, as those of the processes may differ. A sweep finds it within SWEEP_ANSWERS_MS more: 12.5 s in all, and 15 s where
 * the one that sweeps has just been asleep.
 */
const LEASE_MS = 10_000;
export const SWEEP_ANSWERS_MS = 2_500;
/** Who waits for the end of an answer looks this often: words from other processes may get lost. */
const LOOK_MS = 250;
/** How long the events of an answer are kept after its end, in milliseconds: a day. */
const EVENT_LIFE_MS = 24 * 3600 * 1000;

export interface AnswerEnd {
  status: MessageStatus;
  outcome?: AnswerOutcome | null;
  truncated?: boolean;
  error?: Failure | null;
  usage?: TokenUsage | null;
}

const NOW = sql`now()`;

/*
 * An answer changes only while it is GENERATING, and each change takes its row first: whoever ends it ends it for all, and
 * events get their numbers one after the other. All of these return false where it has ended, or is gone.
 */

/** The citations anew, with what the judge says: no event tells of it, since those read their citation from the message. */
export function recordVerdicts(em: Em, messageId: string, citations: readonly StoredCitation[]): Promise<boolean> {
  return change(em, messageId, sql`citations = ${JSON.stringify(citations)}::jsonb`);
}

/** In a transaction: the number of the last event is known once nobody else can add one. */
export async function endAnswer(
  em: Em,
  messageId: string,
  { status, outcome = null, truncated = false, error = null, usage = null }: AnswerEnd,
): Promise<boolean> {
  const set = sql`status = ${status}, outcome = ${outcome}, truncated = ${truncated},
    error = ${asJson(error)}::jsonb, usage = ${asJson(usage)}::jsonb, attempts = ${endedAttempts(status, error)}, heartbeat_at = null`;
  if (!(await change(em, messageId, set))) return false;
  await execute(em)`
    insert into answer_event (message_id, seq, kind, created_at)
    select ${messageId}, coalesce(max(seq), 0) + 1, 'ended', ${NOW} from answer_event where message_id = ${messageId}`;
  return true;
}

/** A sign of life of the answers that a process generates. Those of them that have been ended elsewhere, or are gone. */
export async function beat(em: Em, messageIds: readonly string[]): Promise<string[]> {
  const rows = await query(em)<{ id: string }>`
    update message set heartbeat_at = ${NOW} where id = any(${messageIds}::uuid[]) and status = 'GENERATING'
    returning id`;
  const alive = new Set(rows.map(({ id }) => id));
  return messageIds.filter((id) => !alive.has(id));
}

const INTERRUPTED: Failure = {
  code: FailureCode.INTERRUPTED,
  message: 'The process that generated this answer ended. Generate it again.',
  retryable: true,
};

/** Answers whose lease ran out, or that showed no life since `before`, become INTERRUPTED, and their events go a day later. */
export async function sweepAnswers(services: Pick<Context, 'database' | 'topics'>, before?: Date): Promise<void> {
  const em = services.database.fork();
  const dead = sql`status = 'GENERATING' and heartbeat_at < ${before ?? sql`now() - ${LEASE_MS} * interval '1 millisecond'`}`;
  const rows = await query(em)<{ id: string }>`select id from message where ${dead}`;
  for (const { id } of rows) {
    await em.transactional(async (tx) => {
      // Looked at again under a lock: its process may have shown life since.
      const still = await query(tx)`select from message where id = ${id} and ${dead} for update`;
      if (still.length > 0) await endAnswer(tx, id, { status: MessageStatus.INTERRUPTED, error: INTERRUPTED });
    });
    services.topics.publish(answerTopic(id));
  }
  const old = new Date(Date.now() - EVENT_LIFE_MS);
  await execute(em)`
    delete from answer_event e using answer_event ended
    where ended.message_id = e.message_id and ended.kind = 'ended' and ended.created_at < ${old}`;
}

/** Waits until it is not generated any more, wherever that is, but no longer than `withinMs`. */
export async function untilEnded(
  { database, topics }: Pick<Context, 'database' | 'topics'>,
  messageId: string,
  withinMs: number,
): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline;) {
    const moved = topics.next(answerTopic(messageId), LOOK_MS);
    const generating = query(database.fork())`select from message where id = ${messageId} and status = 'GENERATING'`;
    if ((await generating).length === 0) return;
    await moved;
  }
}

/** A message and what it follows, as rows of `branch`. */
const withBranch = (messageId: string) => sql`
  with recursive branch as (
    select id, parent_id, sequence from message where id = ${messageId}
    union all select m.id, m.parent_id, m.sequence from message m join branch b on m.id = b.parent_id
  )`;

/** The ids of a message and what it follows, from the first message down to it. */
export async function listBranchIds(em: Em, messageId: string): Promise<string[]> {
  const rows = await query(em)<{ id: string }>`
    ${withBranch(messageId)} select id from branch order by sequence`;
  return rows.map(({ id }) => id);
}

/** A message and what it follows, from the first message down to it. */
export async function listBranch(
  em: Em,
  messageId: string,
): Promise<{ id: string; role: 'user' | 'assistant'; content: string }[]> {
  return query(em)<{ id: string; role: 'user' | 'assistant'; content: string }>`
    ${withBranch(messageId)} select m.id, m.role, m.content from branch b join message m on m.id = b.id order by b.sequence`;
}

async function change(em: Em, messageId: string, set: ReturnType<typeof sql>): Promise<boolean> {
  const changed = await execute(em)`update message set ${set} where id = ${messageId} and status = 'GENERATING'`;
  return changed === 1;
}

function asJson(value: unknown): string | null {
  return value == null ? null : JSON.stringify(value);
}
