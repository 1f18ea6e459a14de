import DataLoader from 'dataloader';
import { sql } from 'kysely';

import type { Database } from '../../platform/database/database.js';
import { type Em, query } from '../../platform/database/query.js';
import type { MessageAttempt } from '../message-attempt.js';
import type { StoredAnswerEvent } from '../message.entity.js';
import type { MessageRetrieval } from '../message-retrieval.js';
import type { StoredCitation } from '../citation.js';
import type { StoredSource } from '../message-source.js';

/** What was found, and how. */
export interface Retrieved {
  sources: readonly StoredSource[];
  retrieval: MessageRetrieval;
}

/** What the process that generates an answer adds to it at once. */
export interface Addition extends Partial<Retrieved> {
  /** The number of the first of these events; the process has given all numbers before it. */
  seq: number;
  events: readonly Pick<StoredAnswerEvent, 'kind' | 'data'>[];
  /** Of a text and its citations always the whole. */
  content?: string;
  citations?: readonly StoredCitation[];
  attempts?: readonly MessageAttempt[];
}

export type RecordedEvent = Pick<StoredAnswerEvent, 'seq' | 'kind' | 'data'>;

/**
 * Answers as they are generated and followed. What all answers of the process have to add at one moment is one
 * statement. So is what all subscribers have to read: fifty answers cost the database little more than one.
 */
export interface AnswerRecords {
  /** In one transaction. false where the answer has ended, or is gone. The same once more changes nothing more. */
  add(messageId: string, addition: Addition): Promise<boolean>;
  /** The events after that one, in order. */
  read(messageId: string, afterSeq: number): Promise<RecordedEvent[]>;
}

type Write = Addition & { id: string };
interface Read {
  id: string;
  afterSeq: number;
}

export function createAnswerRecords(database: Database): AnswerRecords {
  const writes = new DataLoader<Write, () => Promise<boolean>, Write>((all) => addTogether(database, all), {
    cache: false,
    // After the timers that are due: those of all answers are, at each tick of their writers.
    batchScheduleFn: (dispatch) => void setImmediate(dispatch),
  });
  const reads = new DataLoader<Read, RecordedEvent[], Read>((all) => readAll(database.fork(), all), { cache: false });
  return {
    add: async (id, addition) => (await writes.load({ ...addition, id }))(),
    read: (id, afterSeq) => reads.load({ id, afterSeq }),
  };
}

/**
 * Writes all in one statement. What that did not write, the functions that it returns write one by one: answers that
 * are locked or have ended, or all of them after a fault of one. No answer waits for another one, or fails with it.
 */
async function addTogether(database: Database, writes: readonly Write[]): Promise<(() => Promise<boolean>)[]> {
  const added =
    writes.length > 1
      ? await addAll(database.fork(), writes, sql`skip locked`).catch(() => new Set<string>())
      : new Set<string>();
  return writes.map(
    (write) => async () => added.has(write.id) || (await addAll(database.fork(), [write])).has(write.id),
  );
}

/**
 * Adds to those answers that are still GENERATING. Each row is taken first: whoever ends an answer ends it for all.
 *
 * @returns the ids of these answers
 */
async function addAll(em: Em, writes: readonly Write[], unlessLocked = sql``): Promise<Set<string>> {
  const rows = await query(em)<{ id: string }>`
    with addition as (
      select * from jsonb_to_recordset(${JSON.stringify(writes)}::jsonb) as addition (
        id uuid, seq int, events jsonb, content text, citations jsonb, sources jsonb, retrieval jsonb, attempts jsonb)
    ), generating as (
      select id from message where id = any(${writes.map(({ id }) => id)}::uuid[]) and status = 'GENERATING'
      for no key update ${unlessLocked}
    ), changed as (
      update message m set heartbeat_at = now(), content = coalesce(a.content, m.content),
        citations = coalesce(a.citations, m.citations), sources = coalesce(a.sources, m.sources),
        retrieval = coalesce(a.retrieval, m.retrieval), attempts = coalesce(a.attempts, m.attempts)
      from addition a join generating using (id) where m.id = a.id and m.status = 'GENERATING'
      returning m.id
    ), added as (
      insert into answer_event (message_id, seq, kind, data, created_at)
      select id, a.seq + event.position - 1, event.kind, event.data, now()
      from changed join addition a using (id),
        rows from (jsonb_to_recordset(a.events) as (kind text, data jsonb)) with ordinality as event (kind, data, position)
      on conflict do nothing
    ) select id from changed`;
  return new Set(rows.map(({ id }) => id));
}

async function readAll(em: Em, reads: readonly Read[]): Promise<RecordedEvent[][]> {
  const rows = await query(em)<RecordedEvent & { position: number }>`
    select asked.position::int, event.seq, event.kind, event.data
    from unnest(${reads.map(({ id }) => id)}::uuid[], ${reads.map(({ afterSeq }) => afterSeq)}::int[])
      with ordinality as asked (id, after_seq, position)
    cross join lateral (
      select seq, kind, data from answer_event where message_id = asked.id and seq > asked.after_seq
    ) event order by asked.position, event.seq`;
  const events: RecordedEvent[][] = reads.map(() => []);
  for (const { position, ...event } of rows) events[position - 1]!.push(event);
  return events;
}
