import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

import { type RunningServices, startServices } from './app.js';
import { parseArguments, type SyncArguments } from './cli/arguments.js';
import { createProgress, type Progress } from './cli/progress.js';
import { describeResult, NAMED_FAILURES, type SyncResult, toJson } from './cli/summary.js';
import { findOrCreateProjectDoc, syncToTheEnd } from './cli/sync-repository.js';
import { type Config, loadConfig } from './config.js';
import { createContext } from './context.js';
import { ApiError } from './errors.js';
import { newId } from './platform/database/columns.js';
import { DataDirInUse } from './platform/database/data-dir-lock.js';
import { assertGitVersion } from './platform/git/git-version.js';
import { findDatabaseFault } from './platform/http/database-fault.js';
import { createLogger, type Logger, type LogLevel } from './platform/logger.js';
import { Refusal, type UserError } from './platform/user-errors.js';
import { SyncFileOutcome, SyncRunFile } from './project-doc/sync-run-file.entity.js';
import { SyncRunStatus } from './project-doc/sync-run.entity.js';

/** One Ctrl-C may come three times: from the terminal, and passed on by npm and by scripts/ibid.mjs. */
const SAME_SIGNAL_MS = 1_000;
/** Whatever hangs after a signal, or when all is done: the process is gone then. */
const HARD_STOP_MS = 14_000;
const TICK_MS = 1_000;

/** What the first signal asks for; a second one ends the process at once. */
interface Stopping {
  readonly signal: AbortSignal;
  /** Of the process that was asked to stop; null: it was not. */
  exitCode(): number | null;
}

/** What the user is told instead of a stack. */
class Told extends Error {}

async function main(): Promise<number> {
  const command = parseArguments(process.argv.slice(2));
  if (command.kind === 'sync') return sync(command.sync, stopOnSignals());
  const isHelp = command.kind === 'help';
  (isHelp ? process.stdout : process.stderr).write(command.text);
  return isHelp ? 0 : 2;
}

async function sync(args: SyncArguments, stopping: Stopping): Promise<number> {
  const startedAt = Date.now();
  const isDumb = process.env.TERM === 'dumb';
  const progress = createProgress(isDumb ? { write: (text) => process.stderr.write(text) } : process.stderr);
  const ticking = setInterval(progress.tick, TICK_MS);
  const closing: (() => Promise<void>)[] = [];
  try {
    const { config, logger, running } = await start(progress, closing);
    if (stopping.signal.aborted) throw new Told('Stopped before the sync began.');
    const result = await run(args, config, logger, running, progress, stopping.signal);
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
    setTimeout(() => process.exit(), HARD_STOP_MS).unref();
    for (const step of closing.reverse()) await step();
  }
}

async function start(progress: Progress, closing: (() => Promise<void>)[]) {
  try {
    const level = process.env.LOG_LEVEL?.trim() || 'warn';
    const config: Config = { ...loadConfig({ ...process.env, LOG_LEVEL: level }), sampleProject: false };
    const logger = createLogger(config.logLevel as LogLevel, { write: progress.print });
    await assertGitVersion(config);
    progress.begin('Opening the database');
    // A service on the same PostgreSQL may have the same DATA_DIR, and its caches belong to it alone.
    const gitCacheDir = config.databaseUrl ? await mkdtemp(join(tmpdir(), 'ibid-sync-')) : undefined;
    if (gitCacheDir) closing.push(() => rm(gitCacheDir, { recursive: true, force: true }));
    // It does its own run only: others that wait would be broken off at its end.
    const running = await startServices(config, { logger, gitCacheDir, takesJobs: false });
    closing.push(running.stop);
    return { config, logger, running };
  } catch (error) {
    const hint =
      error instanceof DataDirInUse
        ? '\nOr sync through the API of the one that is running: see "Sync a repository" in README.md.'
        : '';
    throw new Told(`ibid cannot start.\n${error instanceof Error ? error.message : String(error)}${hint}`);
  }
}

async function run(
  args: SyncArguments,
  config: Config,
  logger: Logger,
  { services, sync }: RunningServices,
  progress: Progress,
  stopping: AbortSignal,
): Promise<SyncResult> {
  const operation = () => createContext(services, { requestId: newId(), logger });
  try {
    const { project, projectDoc } = await findOrCreateProjectDoc(operation(), args);
    progress.begin(`Syncing ${projectDoc.githubUrl} into project ${project.name}`);
    const following = { services, sync, operation, stopping, onMove: progress.show };
    const run = await syncToTheEnd(following, projectDoc.id);
    const failedFiles = await operation().em.find(
      SyncRunFile,
      { syncRunId: run.id, outcome: SyncFileOutcome.FAILED },
      { orderBy: { position: 'asc' }, limit: NAMED_FAILURES },
    );
    return { project, projectDoc, run, failedFiles };
  } catch (error) {
    throw new Told(wordsFor(error, config, logger));
  }
}

function wordsFor(error: unknown, config: Config, logger: Logger): string {
  if (error instanceof Refusal) return error.userErrors.map((one) => refusalOf(one, config)).join('\n');
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
};

function refusalOf({ field, message }: UserError, { gitHosts }: Config): string {
  const last = field?.at(-1) ?? '';
  const hosts = gitHosts.map(({ host, port }) => (port === null ? host : `${host}:${port}`)).join(', ');
  const hint = last === 'githubUrl' ? `\nIts host has to be one that GIT_HOSTS lists: ${hosts}.` : '';
  return `${ARGUMENTS[last] ?? ''}${message}${hint}`;
}

function stopOnSignals(): Stopping {
  const controller = new AbortController();
  let exitCode: number | null = null;
  let firstAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (exitCode === null) {
      exitCode = 128 + constants.signals[name];
      firstAt = Date.now();
      setTimeout(() => process.exit(), HARD_STOP_MS).unref();
      process.exitCode = exitCode;
      controller.abort();
    } else if (Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(exitCode);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return { signal: controller.signal, exitCode: () => exitCode };
}

// Whoever reads may go away before the end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

main().then(
  (code) => void (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
