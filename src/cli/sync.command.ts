import { type RunningServices, startServices } from '../start-services.js';
import type { Config } from '../config.js';
import { createContext } from '../context.js';
import { ApiError } from '../platform/errors.js';
import { newId } from '../platform/database/columns.js';
import { DataDirInUse } from '../platform/database/data-dir-lock.js';
import { assertGitVersion } from '../platform/git/git-version.js';
import { findDatabaseFault } from '../platform/database/database-fault.js';
import type { Logger } from '../platform/logger.js';
import { getById } from '../platform/graphql/load-by-id.js';
import { Refusal } from '../platform/graphql/user-errors.js';
import { ProjectDoc } from '../project-doc/project-doc.entity.js';
import { runSync } from '../project-doc/sync/run-sync.job.js';
import { SyncFileOutcome, SyncRunFile } from '../project-doc/sync-run-file.entity.js';
import { SyncRunStatus } from '../project-doc/sync-run.entity.js';
import type { SyncArguments } from './arguments.js';
import { cannotStart, type Closing, configure, type Environment, runCommand, type Stopping, Told } from './command.js';
import type { Progress } from './progress.js';
import { describeResult, NAMED_FAILURES, type SyncResult, toJson } from './summary.js';
import { findOrCreateProjectDoc, readSyncArguments, syncToTheEnd, takeBack, type Wanted } from './sync-repository.js';

/** `ibid sync`: progress on standard error, the result on standard output. Resolves to the exit code. */
export function runSyncCommand(
  args: SyncArguments,
  env: Environment,
  stopping: Stopping,
  closing: Closing,
): Promise<number> {
  const startedAt = Date.now();
  return runCommand(env, stopping, async (progress) => {
    const { config, logger } = configure(env, progress);
    const wanted = check(args, config);
    const running = await start(config, logger, progress, closing);
    if (stopping.signal.aborted) throw new Told('Stopped before the sync began.');
    const result = await run(wanted, logger, running, progress, stopping.signal);
    return {
      outcome: result.run.status,
      result: args.json ? toJson(result) : describeResult(result, Date.now() - startedAt),
      exitCode: result.run.status === SyncRunStatus.SUCCEEDED ? 0 : 1,
    };
  });
}

/** Before anything is opened: what is refused costs no time. */
function check(args: SyncArguments, config: Config): Wanted {
  try {
    return readSyncArguments(config, args);
  } catch (error) {
    throw error instanceof Refusal ? new Told(wordsOf(error)) : error;
  }
}

async function start(config: Config, logger: Logger, progress: Progress, closing: Closing): Promise<RunningServices> {
  try {
    await assertGitVersion(config);
    progress.begin('Opening the database');
    // It does its own run only: others that wait would be broken off at its end.
    const running = await startServices(config, { logger, takesJobs: false });
    closing.push(running.stop);
    return running;
  } catch (error) {
    throw cannotStart(
      error,
      error instanceof DataDirInUse
        ? '\nOr sync through the API of the one that is running: see "Sync a repository" in README.md.'
        : '',
    );
  }
}

async function run(
  wanted: Wanted,
  logger: Logger,
  { services }: RunningServices,
  progress: Progress,
  stopping: AbortSignal,
): Promise<SyncResult> {
  const operation = () => createContext(services, { requestId: newId(), logger });
  try {
    const found = await findOrCreateProjectDoc(operation(), wanted);
    const { project, projectDoc } = found;
    progress.begin(`Syncing ${projectDoc.githubUrl} into project ${project.name}`);
    const sync = (id: string, signal: AbortSignal) => runSync(services, logger, id, signal);
    const following = { services, sync, operation, stopping, onMove: progress.show };
    const run = await syncToTheEnd(following, projectDoc.id);
    const failedFiles = await operation().em.find(
      SyncRunFile,
      { syncRunId: run.id, outcome: SyncFileOutcome.FAILED },
      { orderBy: { position: 'asc' }, limit: NAMED_FAILURES },
    );
    const followed = { ...found, projectDoc: await getById(operation(), ProjectDoc, projectDoc.id) };
    const wasOpened = run.status !== SyncRunStatus.FAILED || run.commitSha !== null;
    return { ...(wasOpened ? followed : await takeBack(operation(), followed)), run, failedFiles };
  } catch (error) {
    throw new Told(wordsFor(error, logger));
  }
}

function wordsFor(error: unknown, logger: Logger): string {
  if (error instanceof Refusal) return wordsOf(error);
  if (error instanceof ApiError) return error.message;
  logger.error({ err: error }, 'the command failed');
  return findDatabaseFault(error)
    ? 'The database does not answer any more. What was finished stays: run the same command again when it does.'
    : 'Something went wrong on our side: the log has the details.';
}

const ARGUMENTS: Record<string, string> = {
  githubUrl: 'The URL was refused: ',
  githubFolderPath: '--folder was refused: ',
  branch: '--branch was refused: ',
  name: '--name was refused: ',
  project: '--project was refused: ',
};

function wordsOf({ userErrors }: Refusal): string {
  return userErrors.map(({ field, message }) => `${ARGUMENTS[field?.at(-1) ?? ''] ?? ''}${message}`).join('\n');
}
