import { type RunningServices, startServices } from '../start-services.js';
import { type Config, loadConfig } from '../config.js';
import { createContext } from '../context.js';
import { ApiError } from '../errors.js';
import { newId } from '../platform/database/columns.js';
import { DataDirInUse } from '../platform/database/data-dir-lock.js';
import { assertGitVersion } from '../platform/git/git-version.js';
import { findDatabaseFault } from '../platform/http/database-fault.js';
import { createLogger, type Logger } from '../platform/logger.js';
import { Refusal } from '../platform/user-errors.js';
import { SyncFileOutcome, SyncRunFile } from '../project-doc/sync-run-file.entity.js';
import { SyncRunStatus } from '../project-doc/sync-run.entity.js';
import type { SyncArguments } from './arguments.js';
import { createProgress, type Progress } from './progress.js';
import { describeResult, NAMED_FAILURES, type SyncResult, toJson } from './summary.js';
import { findOrCreateProjectDoc, readSyncArguments, syncToTheEnd, takeBack, type Wanted } from './sync-repository.js';

const TICK_MS = 1_000;

/** What signals ask for. */
export interface Stopping {
  readonly signal: AbortSignal;
  /** Of a process that was asked to stop; null: it was not. */
  exitCode(): number | null;
}

/** What is to be closed at the end, the last first. */
export type Closing = (() => Promise<void>)[];

/** What the user is told instead of a stack. */
class Told extends Error {}

type Environment = Record<string, string | undefined>;

/** `ibid sync`: progress on standard error, the result on standard output. Resolves to the exit code. */
export async function runSyncCommand(
  args: SyncArguments,
  env: Environment,
  stopping: Stopping,
  closing: Closing,
): Promise<number> {
  const startedAt = Date.now();
  const isDumb = env.TERM === 'dumb';
  const progress = createProgress(isDumb ? { write: (text) => process.stderr.write(text) } : process.stderr);
  const ticking = setInterval(progress.tick, TICK_MS);
  try {
    const { config, logger } = configure(env, progress);
    const wanted = check(args, config);
    const running = await start(config, logger, progress, closing);
    if (stopping.signal.aborted) throw new Told('Stopped before the sync began.');
    const result = await run(wanted, logger, running, progress, stopping.signal);
    progress.end(result.run.status);
    process.stdout.write(args.json ? toJson(result) : describeResult(result, Date.now() - startedAt));
    return stopping.exitCode() ?? (result.run.status === SyncRunStatus.SUCCEEDED ? 0 : 1);
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    progress.end(stopping.exitCode() === null ? 'FAILED' : 'STOPPED');
    process.stderr.write(`${error.message}\n`);
    return stopping.exitCode() ?? 1;
  } finally {
    clearInterval(ticking);
  }
}

function configure(env: Environment, progress: Progress) {
  try {
    // What it warns of, the result tells.
    const level = env.LOG_LEVEL?.trim() || 'error';
    const config: Config = { ...loadConfig({ ...env, LOG_LEVEL: level }), sampleProject: false };
    return { config, logger: createLogger(config.logLevel, { write: progress.print }) };
  } catch (error) {
    throw cannotStart(error);
  }
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
    throw cannotStart(error);
  }
}

function cannotStart(error: unknown): Told {
  const hint =
    error instanceof DataDirInUse
      ? '\nOr sync through the API of the one that is running: see "Sync a repository" in README.md.'
      : '';
  return new Told(`ibid cannot start.\n${error instanceof Error ? error.message : String(error)}${hint}`);
}

async function run(
  wanted: Wanted,
  logger: Logger,
  { services, sync }: RunningServices,
  progress: Progress,
  stopping: AbortSignal,
): Promise<SyncResult> {
  const operation = () => createContext(services, { requestId: newId(), logger });
  try {
    const followed = await findOrCreateProjectDoc(operation(), wanted);
    const { project, projectDoc } = followed;
    progress.begin(`Syncing ${projectDoc.githubUrl} into project ${project.name}`);
    const following = { services, sync, operation, stopping, onMove: progress.show };
    const run = await syncToTheEnd(following, projectDoc.id);
    const failedFiles = await operation().em.find(
      SyncRunFile,
      { syncRunId: run.id, outcome: SyncFileOutcome.FAILED },
      { orderBy: { position: 'asc' }, limit: NAMED_FAILURES },
    );
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
