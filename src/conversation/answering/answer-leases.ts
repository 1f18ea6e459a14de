import { sql } from 'kysely';

import type { Context } from '../../context.js';
import { type Em, execute, query } from '../../platform/database/query.js';
import { FailureCode } from '../../platform/errors.js';
import type { Failure } from '../../platform/failure.js';
import { MessageStatus } from '../message.enums.js';
import { answerTopic, endAnswer } from './record-answer.js';

/**
 * A process holds an answer that it generates by a lease. It runs out this many milliseconds after the last sign of
 * life, by the clock of the database, as those of the processes may differ. A sweep finds it within SWEEP_ANSWERS_MS
 * more: 12.5 s in all, and 15 s where the process that sweeps has just been asleep.
 */
const LEASE_MS = 10_000;
export const SWEEP_ANSWERS_MS = 2_500;
/** Who waits for the end of an answer looks this often, in milliseconds: words from other processes may get lost. */
const LOOK_MS = 250;
/** How long the events of an answer are kept after its end, in milliseconds: a day. */
const EVENT_LIFE_MS = 24 * 3600 * 1000;

/**
 * Gives a sign of life for the answers that a process generates.
 *
 * @returns those of them that have been ended elsewhere, or are gone
 */
export async function beat(em: Em, messageIds: readonly string[]): Promise<string[]> {
  const rows = await query(em)<{ id: string }>`
    update message set heartbeat_at = now() where id = any(${messageIds}::uuid[]) and status = 'GENERATING'
    returning id`;
  const alive = new Set(rows.map(({ id }) => id));
  return messageIds.filter((id) => !alive.has(id));
}

const INTERRUPTED: Failure = {
  code: FailureCode.INTERRUPTED,
  message: 'The process that generated this answer ended. Generate it again.',
  retryable: true,
};

/**
 * Ends answers whose lease ran out, or that showed no life since `before`, as INTERRUPTED. Drops the events of answers
 * that ended more than a day ago.
 */
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
