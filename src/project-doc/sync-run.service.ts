import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';

import { ApiError } from '../platform/errors.js';
import type { Context } from '../context.js';
import { newId } from '../platform/database/columns.js';
import { type Em, execute, query } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import type { Failure } from '../platform/failure.js';
import { requireId } from '../platform/graphql/input-rules.js';
import type { Job } from '../platform/jobs/jobs.js';
import { findById, getById, requireRow } from '../platform/graphql/load-by-id.js';
import { noSuch, refuse, refuseUnknown } from '../platform/graphql/user-errors.js';
import { lockProjectDocs } from '../project/lock-project-docs.js';
import { ProjectDoc } from './project-doc.entity.js';
import type { CancelSyncRunInput, SyncProjectDocInput } from './sync-run.inputs.js';
import { ACTIVE_RUN_STATUSES, SyncRun, SyncRunStatus } from './sync-run.entity.js';

export const SYNC_QUEUE = 'sync';
export const topicOf = (syncRunId: string): string => `sync-run:${syncRunId}`;

/**
 * Subscribers hear of a run at most four times a second, and look again each second: another process may work on it.
 */
const MIN_UPDATE_MS = 250;
const POLL_MS = 1_000;

export async function syncProjectDoc(ctx: Context, input: SyncProjectDocInput): Promise<{ syncRun: Row<SyncRun> }> {
  const id = requireId('id', input.id, 'ProjectDoc');
  const runId = await ctx.em.transactional((em) => queueRun(ctx, em, id));
  if (!runId) refuseUnknown('id', 'ProjectDoc');
  ctx.jobs.wake(SYNC_QUEUE);
  return { syncRun: await getById(ctx, SyncRun, runId) };
}

/** The run that is going for this ProjectDoc, or a new one with its job; null where there is no such ProjectDoc. */
export async function queueRun(
  ctx: Pick<Context, 'jobs'>,
  em: Em,
  projectDocId: string,
  retryOfId: string | null = null,
): Promise<string | null> {
  const projectDoc = await em.findOne(ProjectDoc, projectDocId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!projectDoc) return null;
  const active = await em.findOne(SyncRun, { projectDocId, status: { $in: [...ACTIVE_RUN_STATUSES] } });
  // A run that only retries failed files does not satisfy a request for all: a full run follows it.
  if (active?.retryOfId && retryOfId === null) projectDoc.syncAgain = true;
  return active?.id ?? insertRun(ctx, em, projectDocId, retryOfId);
}

/** The ProjectDoc is locked, and no run of it is going. */
export async function insertRun(
  ctx: Pick<Context, 'jobs'>,
  em: Em,
  projectDocId: string,
  retryOfId: string | null = null,
): Promise<string> {
  const id = newId();
  await em.insert(SyncRun, { id, projectDocId, retryOfId, status: SyncRunStatus.QUEUED, createdAt: new Date() });
  await execute(em)`update project_doc set sync_status = 'QUEUED' where id = ${projectDocId}`;
  await ctx.jobs.send(em, jobOf({ id }));
  return id;
}

/** To be called in the transaction that ends a run: the one run that pushes during it asked for. */
export async function queueRunAfter(ctx: Pick<Context, 'jobs'>, em: Em, projectDocId: string): Promise<void> {
  const asked = await execute(em)`update project_doc set sync_again = false where id = ${projectDocId} and sync_again`;
  if (asked === 1) await insertRun(ctx, em, projectDocId);
}

export const jobOf = ({ id }: Pick<SyncRun, 'id'>): Job => ({ queue: SYNC_QUEUE, key: id, data: { syncRunId: id } });

export async function cancelSyncRun(ctx: Context, input: CancelSyncRunInput): Promise<{ syncRun: Row<SyncRun> }> {
  const { id } = await requireRow(ctx, SyncRun, 'id', input.id, 'run');
  const ended = await ctx.em.transactional((em) => endRun(ctx, em, id, SyncRunStatus.CANCELLED, null));
  if (!ended) refuse('CONFLICT', 'id', 'This run has ended already.');
  ctx.jobs.wake(SYNC_QUEUE);
  ctx.topics.publish(topicOf(id));
  ctx.forgetReads();
  return { syncRun: await getById(ctx, SyncRun, id) };
}

/**
 * Ends a run that is going, and says so on its ProjectDoc; false where it has ended already. What was finished stays. A
 * push during the run is answered by another one.
 */
export async function endRun(
  ctx: Pick<Context, 'jobs'>,
  em: Em,
  id: string,
  status: SyncRunStatus,
  error: Failure | null,
): Promise<boolean> {
  const run = await query(em)<{ id: string }>`select project_doc_id as id from sync_run where id = ${id}`;
  // Before its run, as deleting it goes: the other way round the two could wait for each other.
  const [projectDocId] = await lockProjectDocs(
    em,
    run.map((row) => row.id),
  );
  if (!projectDocId) return false;
  const ended = await execute(em)`
    update sync_run set status = ${status}, finished_at = ${new Date()}, error = ${error && JSON.stringify(error)}::jsonb
    where id = ${id} and status in ('QUEUED', 'RUNNING')`;
  if (ended === 0) return false;
  const now =
    status === SyncRunStatus.FAILED
      ? sql`'FAILED'`
      : sql`case when last_github_commit_sha is null then 'NOT_SYNCED' else 'SYNCED' end`;
  await execute(em)`update project_doc set sync_status = ${now} where id = ${projectDocId}`;
  await queueRunAfter(ctx, em, projectDocId);
  return true;
}

/** Ends a run that is going as FAILED, in a transaction of its own. */
export async function failRun(services: Pick<Context, 'jobs' | 'database'>, id: string, error: Failure): Promise<void> {
  await services.database.fork().transactional((em) => endRun(services, em, id, SyncRunStatus.FAILED, error));
}

/**
 * The run as it is now, then each time that it moves, until it has finished.
 * @throws ApiError NOT_FOUND
 */
export async function followSyncRun(ctx: Context, id: string): Promise<AsyncGenerator<Row<SyncRun>>> {
  const first = await findById(ctx, SyncRun, id);
  if (!first) throw new ApiError('NOT_FOUND', noSuch('run'));
  return updatesOf(ctx, first);
}

async function* updatesOf(ctx: Context, first: Row<SyncRun>): AsyncGenerator<Row<SyncRun>> {
  let shown = '';
  for (let run: Row<SyncRun> | null = first; run;) {
    const moved = ctx.topics.next(topicOf(run.id), POLL_MS);
    const { heartbeatAt: _, ...visible } = run;
    if (JSON.stringify(visible) !== shown) {
      shown = JSON.stringify(visible);
      yield run;
      await new Promise((resolve) => setTimeout(resolve, MIN_UPDATE_MS));
    } else await moved;
    if (run.finishedAt) return;
    ctx.forgetReads();
    run = await findById(ctx, SyncRun, run.id);
  }
}
