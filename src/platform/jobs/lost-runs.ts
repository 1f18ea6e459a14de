import { type FilterQuery, raw } from '@mikro-orm/postgresql';
import { type RawBuilder, sql } from 'kysely';

import type { Database } from '../database/database.js';
import { type Em, execute } from '../database/query.js';
import { LOST_AFTER_MS } from '../heartbeat.js';
import type { Job, Jobs } from './jobs.js';

/** What a job works on, as far as all of them are the same. */
export interface RunRecord {
  id: string;
  status: string;
  heartbeatAt: Date | null;
  createdAt: Date;
}

/**
 * Now, for `heartbeat_at`: by the database's clock, as those of the processes may differ, and by that of the statement,
 * as its transaction may have waited for a lock.
 */
export const SIGN_OF_LIFE = sql<Date>`clock_timestamp()`;

/** Writes down that this process works on a run; false where `stillMine` holds no more. */
export async function beat(em: Em, table: string, stillMine: RawBuilder<unknown>): Promise<boolean> {
  const moved = await execute(em)`
    update ${sql.table(table)} set heartbeat_at = ${SIGN_OF_LIFE} where ${stillMine}`;
  return moved === 1;
}

/**
 * Writes nothing, and waits as a sign of life in these tables would: for an index that is being made, say, or whoever
 * changes a table.
 */
export async function waitToBeat(em: Em, tables: readonly string[]): Promise<void> {
  for (const table of tables) await execute(em)`update ${sql.table(table)} set heartbeat_at = null where false`;
}

/**
 * Runs that have shown no life since `before` (default: for 15 s) are taken up again: RUNNING ones lost their process,
 * QUEUED ones perhaps the job that would start them.
 */
export async function takeUpLost<Run extends RunRecord>(
  { database, jobs }: { database: Database; jobs: Jobs },
  entity: new () => Run,
  { takeUp, jobOf }: { takeUp(run: Run): Promise<void>; jobOf(run: Run): Job },
  before?: Date,
): Promise<void> {
  const isSilent = () => ({ $lt: before ?? raw(`now() - interval '${LOST_AFTER_MS} ms'`) });
  const where = {
    $or: [
      { status: 'RUNNING', heartbeatAt: isSilent() },
      { status: 'QUEUED', createdAt: isSilent() },
    ],
  };
  const silent = await database.fork().find(entity, where as FilterQuery<Run>);
  for (const run of silent) if (run.status === 'RUNNING') await takeUp(run);
  await jobs.sendAll(silent.filter(({ status }) => status === 'QUEUED').map((run) => jobOf(run)));
}
