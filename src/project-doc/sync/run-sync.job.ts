import { LockMode } from '@mikro-orm/core';
import { sql } from 'kysely';

import { dropTextsWithoutPassage } from '../../document/drop-embeddings.js';
import { sendVectorJob } from '../../document/vector-index.js';
import type { Services } from '../../context.js';
import { execute } from '../../platform/database/query.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import { type BackgroundRun, carryOut } from '../../platform/jobs/background-run.js';
import { beat, SIGN_OF_LIFE } from '../../platform/jobs/lost-runs.js';
import type { Logger } from '../../platform/logger.js';
import { adoptSpace } from '../../reembedding/adopt-configured-model.js';
import { ProjectDoc, SyncStatus } from '../project-doc.entity.js';
import { SyncFileOutcome } from '../sync-run-file.entity.js';
import { SyncRun } from '../sync-run.entity.js';
import { failRun, queueRunAfter, SYNC_QUEUE, topicOf } from '../sync-run.service.js';
import { takeUpAgain } from '../take-up-lost-runs.js';
import { removeGone, rename } from './move-documents.js';
import { openSource } from './open-source.js';
import { pinUnchanged } from './pin-unchanged.js';
import { planPart, planSync } from './plan-sync.js';
import { readScope, readStored } from './read-state.js';
import { createRunProgress, type RunProgress } from './run-progress.js';
import { createStages } from './stages.js';
import { syncWithModel } from './sync-with-model.js';

/** Of how many runs of a ProjectDoc the files are kept: each has a row for every file of the repository. */
const RUNS_WITH_FILES = 20;

/**
 * Does one queued run. Every step commits by itself, and only while the run is still RUNNING. A run that was cancelled,
 * or whose ProjectDoc was deleted, ends at its next step; what was finished stays. When the process stops, the run is
 * queued anew.
 */
export async function runSync(
  services: Services,
  logger: Logger,
  syncRunId: string,
  stopping: AbortSignal,
): Promise<void> {
  const started = await startRun(services, syncRunId);
  if (!started) return;
  const run: BackgroundRun = {
    beat: () => beat(services.database.fork(), 'sync_run', sql`id = ${syncRunId} and status = 'RUNNING'`),
    work: (signal) => sync(services, logger, started, syncRunId, signal),
    queueAgain: (isLeft) => takeUpAgain(services, syncRunId, isLeft),
    fail: (failure) => failRun(services, syncRunId, failure),
  };
  const log = logger.child({ syncRunId, projectDocId: started.id });
  await carryOut(run, 'sync', services.database.outages, log, stopping).finally(() =>
    services.topics.publish(topicOf(syncRunId)),
  );
}

async function startRun(services: Services, syncRunId: string): Promise<ProjectDoc | null> {
  return services.database.fork().transactional(async (em) => {
    const run = await em.findOne(SyncRun, syncRunId);
    // Locked before its run is, as deleting it goes.
    const projectDoc =
      run && (await em.findOne(ProjectDoc, run.projectDocId, { lockMode: LockMode.PESSIMISTIC_WRITE }));
    if (!projectDoc) return null;
    const started = await execute(em)`
      update sync_run set status = 'RUNNING', started_at = ${new Date()}, heartbeat_at = ${SIGN_OF_LIFE}
      where id = ${syncRunId} and status = 'QUEUED'`;
    if (started === 0) return null;
    projectDoc.syncStatus = SyncStatus.SYNCING;
    // What was pushed before now, this run fetches.
    if (run.retryOfId === null) projectDoc.syncAgain = false;
    return projectDoc;
  });
}

async function sync(
  services: Services,
  logger: Logger,
  projectDoc: ProjectDoc,
  syncRunId: string,
  signal: AbortSignal,
): Promise<void> {
  const stages = createStages();
  const { snapshot, branch, githubFolderPath } = await stages.during('fetch', () =>
    openSource(services, projectDoc, signal),
  );
  const scope = await readScope(services, syncRunId);
  const stored = await readStored(services, projectDoc, scope);
  const entries = scope
    ? snapshot.entries.filter(({ path }) => path !== null && scope.paths.has(path))
    : snapshot.entries;
  const plan = scope ? planPart(entries, stored, snapshot.entries) : planSync(entries, stored);
  const progress = createRunProgress(services, projectDoc, syncRunId);
  await progress.transact(async (em) => {
    if (branch !== projectDoc.branch)
      await em.nativeUpdate(ProjectDoc, projectDoc.id, { branch, githubFolderPath, updatedAt: new Date() });
    await execute(em)`
      update sync_run set commit_sha = ${snapshot.commitSha}, files_total = ${entries.length} where id = ${syncRunId}`;
    await progress.record(em, [
      ...plan.skipped.map((file) => ({ ...file, outcome: SyncFileOutcome.SKIPPED })),
      ...plan.unchanged.map(({ path, document }) => ({
        path,
        documentId: document.id,
        outcome: SyncFileOutcome.UNCHANGED,
      })),
    ]);
    await pinUnchanged(em, { projectDoc, syncRunId, snapshot }, plan);
  });
  await rename(progress, snapshot, plan);
  const { id: projectDocId, projectId, language } = projectDoc;
  const where = { projectId, projectDocId, language, commitSha: snapshot.commitSha };
  await syncWithModel({ services, logger, snapshot, progress, stages, signal }, where, syncRunId, plan.changed);
  await removeGone(progress, plan);
  // It looks at all vectors of the project. What other runs left is found when the database is tidied.
  const isAnyGone = plan.deleted.length > 0 || plan.changed.some(({ document }) => document !== null);
  if (isAnyGone) await dropTextsWithoutPassage(services.database, projectId, syncRunId);
  // Before the end, so that whoever waits for that sees what is to come.
  if (plan.changed.length > 0) await adoptSpace(services, projectId);
  await finish(services, progress, projectDoc.id, syncRunId, scope ? headAfterRetry(projectDoc, snapshot) : snapshot);
  if (plan.changed.length > 0) await sendVectorJob(services.jobs, services.database.fork(), projectId);
  logger.info({ syncRunId, projectDocId: projectDoc.id, files: entries.length, ms: stages.milliseconds() }, 'synced');
}

/**
 * A run that took up some of the files has synced a whole commit only where all the others were synced at it before.
 */
function headAfterRetry(
  { lastGithubCommitSha, lastGithubCommitDate }: ProjectDoc,
  { commitSha, commitDate }: SourceSnapshot,
) {
  return lastGithubCommitSha === null || lastGithubCommitDate === null
    ? { commitSha, commitDate }
    : { commitSha: lastGithubCommitSha, commitDate: lastGithubCommitDate };
}

async function finish(
  services: Services,
  progress: RunProgress,
  projectDocId: string,
  syncRunId: string,
  snapshot: Pick<SourceSnapshot, 'commitSha' | 'commitDate'>,
): Promise<void> {
  await progress.transact(async (em) => {
    const now = new Date();
    await progress.record(em, []);
    await execute(em)`
      update sync_run set status = case when files_failed > 0 then 'PARTIAL' else 'SUCCEEDED' end, finished_at = ${now}
      where id = ${syncRunId}`;
    await execute(em)`
      update project_doc set sync_status = 'SYNCED', last_synced_at = ${now}, last_github_commit_sha = ${snapshot.commitSha},
        last_github_commit_date = ${snapshot.commitDate} where id = ${projectDocId}`;
    await execute(em)`
      delete from sync_run_file where sync_run_id in (
        select id from sync_run where project_doc_id = ${projectDocId}
        order by created_at desc, id desc offset ${RUNS_WITH_FILES})`;
    await queueRunAfter(services, em, projectDocId);
  });
  services.jobs.wake(SYNC_QUEUE);
}
