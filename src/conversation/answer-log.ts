import { sql } from 'kysely';

import type { Context } from '../context.js';
import { FailureCode } from '../errors.js';
import type { Failure } from '../platform/failure.js';
import { LOST_AFTER_MS } from '../platform/heartbeat.js';
import type { MessageRetrieval } from './message-retrieval.js';
import type { StoredAnswerEvent } from './message.entity.js';
import { type AnswerOutcome, MessageStatus } from './message.enums.js';
import type { StoredCitation, StoredSource, TokenUsage } from './message-source.js';

/** Published when an answer has more to read. */
export const answerTopic = (messageId: string): string => `answer:${messageId}`;

/** The process that generates an answer says so this often, in milliseconds; one that was silent for LOST_AFTER is dead. */
export const HEARTBEAT_MS = 5_000;
/** How long the events of an answer are kept after its end, in milliseconds: a day. */
const EVENT_LIFE_MS = 24 * 3600 * 1000;

type Em = Context['em'];

export interface AnswerEnd {
  status: MessageStatus;
  outcome?: AnswerOutcome | null;
  error?: Failure | null;
  usage?: TokenUsage | null;
}

/*
 * An answer changes only while it is GENERATING, and each change takes its row first: whoever ends it ends it for all, and
 * events get their numbers one after the other. All of these return false where it has ended, or is gone; in a transaction.
 */

/** What was found, and how. */
export interface Retrieved {
  sources: readonly StoredSource[];
  retrieval: MessageRetrieval;
}

export async function recordSources(em: Em, messageId: string, { sources, retrieval }: Retrieved): Promise<boolean> {
  const set = sql`sources = ${JSON.stringify(sources)}::jsonb, retrieval = ${JSON.stringify(retrieval)}::jsonb,
    heartbeat_at = ${new Date()}`;
  return (await change(em, messageId, set)) && appendEvents(em, messageId, [{ kind: 'sources', data: null }]);
}

/** More of an answer: its text and its citations so far, and what of them is new. */
export interface Progress {
  content: string;
  /** Where what is new begins in `content`, in UTF-16 code units. */
  offset: number;
  citations: readonly StoredCitation[];
  /** How many of the citations were recorded before. */
  recorded: number;
}

/** What is new of the text is one event, and each new citation one after it. */
export async function recordProgress(
  em: Em,
  messageId: string,
  { content, offset, citations, recorded }: Progress,
): Promise<boolean> {
  const hasCitations = citations.length > recorded;
  const cited = hasCitations ? sql`citations = ${JSON.stringify(citations)}::jsonb,` : sql``;
  if (!(await change(em, messageId, sql`content = ${content}, ${cited} heartbeat_at = ${new Date()}`))) return false;
  const text = content.slice(offset);
  const positions = Array.from({ length: citations.length - recorded }, (_, index) => recorded + index);
  return appendEvents(em, messageId, [
    ...(text === '' ? [] : [{ kind: 'delta' as const, data: { offset, text } }]),
    ...positions.map((position) => ({ kind: 'citation' as const, data: { position } })),
  ]);
}

/** The citations anew, with what the judge says: no event tells of it, since those read their citation from the message. */
export function recordVerdicts(em: Em, messageId: string, citations: readonly StoredCitation[]): Promise<boolean> {
  return change(em, messageId, sql`citations = ${JSON.stringify(citations)}::jsonb`);
}

export async function endAnswer(
  em: Em,
  messageId: string,
  { status, outcome = null, error = null, usage = null }: AnswerEnd,
): Promise<boolean> {
  const set = sql`status = ${status}, outcome = ${outcome}, error = ${error && JSON.stringify(error)}::jsonb,
    usage = ${usage && JSON.stringify(usage)}::jsonb, heartbeat_at = null`;
  return (await change(em, messageId, set)) && appendEvents(em, messageId, [{ kind: 'ended', data: null }]);
}

export const beat = (em: Em, messageId: string): Promise<boolean> =>
  change(em, messageId, sql`heartbeat_at = ${new Date()}`);

const INTERRUPTED: Failure = {
  code: FailureCode.INTERRUPTED,
  message: 'The process that generated this answer ended. Generate it again.',
  retryable: true,
};

/** Answers whose process died become INTERRUPTED, and their events go a day later. Dead: without life since `before` (default: for 15 s). */
export async function sweepAnswers(
  services: Pick<Context, 'database' | 'topics'>,
  before = new Date(Date.now() - LOST_AFTER_MS),
): Promise<void> {
  const em = services.database.fork();
  const { rows } = await sql<{
    id: string;
  }>`select id from message where status = 'GENERATING' and heartbeat_at < ${before}`.execute(em.getKysely());
  for (const { id } of rows) {
    await em.transactional(async (tx) => {
      // Looked at again under a lock: its process may have shown life since.
      const still = sql`select from message where id = ${id} and heartbeat_at < ${before} for update`;
      if ((await still.execute(tx.getKysely())).rows.length > 0)
        await endAnswer(tx, id, { status: MessageStatus.INTERRUPTED, error: INTERRUPTED });
    });
    services.topics.publish(answerTopic(id));
  }
  const old = new Date(Date.now() - EVENT_LIFE_MS);
  await sql`
    delete from answer_event e using answer_event ended
    where ended.message_id = e.message_id and ended.kind = 'ended' and ended.created_at < ${old}`.execute(
    em.getKysely(),
  );
}

/** A message and what it follows, from the first message down to it. */
export async function listBranch(
  em: Em,
  messageId: string,
): Promise<{ id: string; role: 'user' | 'assistant'; content: string }[]> {
  const { rows } = await sql<{ id: string; role: 'user' | 'assistant'; content: string }>`
    with recursive branch as (
      select id, parent_id, role, content, sequence from message where id = ${messageId}
      union all select m.id, m.parent_id, m.role, m.content, m.sequence from message m join branch b on m.id = b.parent_id
    ) select id, role, content from branch order by sequence`.execute(em.getKysely());
  return rows;
}

async function change(em: Em, messageId: string, set: ReturnType<typeof sql>): Promise<boolean> {
  const changed = await sql`update message set ${set} where id = ${messageId} and status = 'GENERATING'`.execute(
    em.getKysely(),
  );
  return changed.numAffectedRows === 1n;
}

async function appendEvents(
  em: Em,
  messageId: string,
  events: readonly Pick<StoredAnswerEvent, 'kind' | 'data'>[],
): Promise<true> {
  await sql`
    insert into answer_event (message_id, seq, kind, data, created_at)
    select ${messageId}, last.seq + event.position, event.kind, event.data, ${new Date()}
    from (select coalesce(max(seq), 0) as seq from answer_event where message_id = ${messageId}) as last,
      rows from (jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as (kind text, data jsonb))
        with ordinality as event (kind, data, position)`.execute(em.getKysely());
  return true;
}
