import { posix } from 'node:path';

import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';

import { FailureError } from '../../errors.js';
import type { Services } from '../../context.js';
import { toFailure } from '../../platform/failure.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import { startHeartbeat } from '../../platform/heartbeat.js';
import { fileTypeOf } from '../../platform/passages/file-types.js';
import type { Logger } from '../../platform/logger.js';
import { truncate } from '../../platform/text/truncate.js';
import { ProjectDoc, SourceKind, SyncStatus } from '../project-doc.entity.js';
import { SyncFileOutcome } from '../sync-run-file.entity.js';
import { SyncRun, SyncRunStatus } from '../sync-run.entity.js';
import { endRun, HEARTBEAT_MS, queueRunAfter, SYNC_QUEUE, takeUpAgain, topicOf } from '../sync-run.service.js';
import { embedChanged } from './embed-changed.js';
import { planSync, type StoredFile, type SyncPlan } from './plan-sync.js';
import { createRunProgress, RunEnded, type RunProgress } from './run-progress.js';

/** Where the sample project comes from: the checkout that this service runs in. */
export interface Checkout {
  path: string;
  include: readonly string[];
}

/** Of how many runs of a ProjectDoc the files are kept: each has a row for every file of the repository. */
const RUNS_WITH_FILES = 20;
/** Documents that go in one statement; with all of their passages it has to fit into the time that a statement has. */
const DELETED_AT_ONCE = 100;

/**
 * Does one queued run. Every step commits by itself, and only while the run is still RUNNING: a run that was cancelled, or whose ProjectDoc
 * was deleted, ends at its next step; what was finished stays. When the process stops, the run is queued anew.
 */
export async function runSync(
  services: Services,
  checkout: Checkout,
  logger: Logger,
  syncRunId: string,
  stopping: AbortSignal,
): Promise<void> {
  const started = await startRun(services, syncRunId);
  if (!started) return;
  const ended = new AbortController();
  const lose = (): void => ended.abort(new RunEnded());
  const stopHeartbeat = startHeartbeat(() => beat(services, syncRunId), HEARTBEAT_MS, lose);
  const signal = AbortSignal.any([stopping, ended.signal]);
  try {
    await sync(services, checkout, logger, started, syncRunId, signal);
  } catch (error) {
    if (stopping.aborted) await takeUpAgain(services, syncRunId);
    else if (!ended.signal.aborted && !(error instanceof RunEnded)) {
      if (!(error instanceof FailureError)) logger.error({ err: error, syncRunId }, 'sync failed');
      await services.database
        .fork()
        .transactional((em) => endRun(services, em, syncRunId, SyncRunStatus.FAILED, toFailure(error)));
    }
  } finally {
    stopHeartbeat();
    services.topics.publish(topicOf(syncRunId));
  }
}

async function startRun(services: Services, syncRunId: string): Promise<ProjectDoc | null> {
  return services.database.fork().transactional(async (em) => {
    const run = await em.findOne(SyncRun, syncRunId);
    // Locked before its run is, as deleting it goes.
    const projectDoc =
      run && (await em.findOne(ProjectDoc, run.projectDocId, { lockMode: LockMode.PESSIMISTIC_WRITE }));
    if (!projectDoc) return null;
    const now = new Date();
    const started = await em.nativeUpdate(
      SyncRun,
      { id: syncRunId, status: SyncRunStatus.QUEUED },
      { status: SyncRunStatus.RUNNING, startedAt: now, heartbeatAt: now },
    );
    if (started === 0) return null;
    projectDoc.syncStatus = SyncStatus.SYNCING;
    // What was pushed before now, this run fetches.
    projectDoc.syncAgain = false;
    return projectDoc;
  });
}

async function beat(services: Services, syncRunId: string): Promise<boolean> {
  return (
    (await services.database
      .fork()
      .nativeUpdate(SyncRun, { id: syncRunId, status: SyncRunStatus.RUNNING }, { heartbeatAt: new Date() })) === 1
  );
}

async function sync(
  services: Services,
  checkout: Checkout,
  logger: Logger,
  projectDoc: ProjectDoc,
  syncRunId: string,
  signal: AbortSignal,
): Promise<void> {
  const { githubUrl: url, branch, githubFolderPath: folder } = projectDoc;
  const snapshot =
    projectDoc.sourceKind === SourceKind.CHECKOUT
      ? await services.git.openCheckout(checkout, signal)
      : await services.git.openRemote({ url, branch, folder }, signal);
  const stored = await readStored(services, projectDoc.id);
  const plan = planSync(snapshot.entries, stored);
  const progress = createRunProgress(services, projectDoc, syncRunId);
  await progress.transact(async (em) => {
    await sql`update sync_run set commit_sha = ${snapshot.commitSha}, files_total = ${snapshot.entries.length} where id = ${syncRunId}`.execute(
      em.getKysely(),
    );
    await progress.record(em, [
      ...plan.skipped.map((file) => ({ ...file, outcome: SyncFileOutcome.SKIPPED })),
      ...plan.unchanged.map(({ path, document }) => ({
        path,
        documentId: document.id,
        outcome: SyncFileOutcome.UNCHANGED,
      })),
    ]);
  });
  await rename(progress, snapshot, plan);
  const place = {
    projectId: projectDoc.projectId,
    projectDocId: projectDoc.id,
    commitSha: snapshot.commitSha,
    embeddingModel: services.embedder.model,
  };
  await embedChanged(services, logger, progress, snapshot, place, plan.changed, signal);
  await removeGone(progress, plan);
  await finish(services, progress, projectDoc.id, syncRunId, snapshot);
}

async function readStored(services: Services, projectDocId: string): Promise<StoredFile[]> {
  const { rows } = await sql<StoredFile>`
    select d.id, d.file_path as "filePath", d.blob_sha as "blobSha",
      not exists (select from chunk c where c.document_id = d.id and c.embedding_model <> ${services.embedder.model}) as current
    from document d where d.project_doc_id = ${projectDocId} order by d.file_path collate "C"`.execute(
    services.database.fork().getKysely(),
  );
  return rows;
}

/** The passages stay as they are; only the place of the document changes. */
async function rename(progress: RunProgress, snapshot: SourceSnapshot, plan: SyncPlan): Promise<void> {
  for (const { path, document } of plan.renamed) {
    await progress.transact(async (em) => {
      const name = posix.basename(path);
      await sql`
        update document set title = case when title = file_name then ${truncate(name, 255)} else title end, file_path = ${path}, file_name = ${name},
          file_type = ${fileTypeOf(path)}, commit_sha = ${snapshot.commitSha}, updated_at = ${new Date()} where id = ${document.id}`.execute(
        em.getKysely(),
      );
      await progress.record(em, [
        { path, previousPath: document.filePath, documentId: document.id, outcome: SyncFileOutcome.RENAMED },
      ]);
    });
  }
}

async function removeGone(progress: RunProgress, { deleted, skipped }: SyncPlan): Promise<void> {
  // What became a symbolic link, say, has its outcome already.
  const skippedPaths = new Set(skipped.map(({ path }) => path));
  for (let start = 0; start < deleted.length; start += DELETED_AT_ONCE) {
    const files = deleted.slice(start, start + DELETED_AT_ONCE);
    await progress.transact(async (em) => {
      await sql`delete from document where id = any(${files.map(({ id }) => id)}::uuid[])`.execute(em.getKysely());
      await progress.record(
        em,
        files
          .filter(({ filePath }) => !skippedPaths.has(filePath))
          .map(({ filePath }) => ({ path: filePath, outcome: SyncFileOutcome.DELETED })),
      );
    });
  }
}

async function finish(
  services: Services,
  progress: RunProgress,
  projectDocId: string,
  syncRunId: string,
  snapshot: SourceSnapshot,
): Promise<void> {
  await progress.transact(async (em) => {
    const now = new Date();
    await progress.record(em, []);
    await sql`
      update sync_run set status = case when files_failed > 0 then 'PARTIAL' else 'SUCCEEDED' end, finished_at = ${now}
      where id = ${syncRunId}`.execute(em.getKysely());
    await sql`
      update project_doc set sync_status = 'SYNCED', last_synced_at = ${now}, last_github_commit_sha = ${snapshot.commitSha},
        last_github_commit_date = ${snapshot.commitDate} where id = ${projectDocId}`.execute(em.getKysely());
    await sql`
      delete from sync_run_file where sync_run_id in (
        select id from sync_run where project_doc_id = ${projectDocId} order by created_at desc, id desc offset ${RUNS_WITH_FILES})`.execute(
      em.getKysely(),
    );
    await queueRunAfter(services, em, projectDocId);
  });
  services.jobs.wake(SYNC_QUEUE);
}
