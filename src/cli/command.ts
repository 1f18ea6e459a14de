import { type Config, loadConfig } from '../config.js';
import { describeMistypedSettings } from '../mistyped-settings.js';
import { createLogger, type Logger } from '../platform/logger.js';
import { createProgress, type Progress } from './progress.js';

const TICK_MS = 1_000;

export type Environment = Record<string, string | undefined>;

/** What signals ask for. */
export interface Stopping {
  readonly signal: AbortSignal;
  /** Of a process that was asked to stop; null: it was not. */
  exitCode(): number | null;
}

/** What is to be closed at the end, the last first. */
export type Closing = (() => Promise<void>)[];

/** What the user is told instead of a stack. */
export class Told extends Error {}

/** Runs a command with its progress on standard error. Resolves to the exit code. */
export async function runCommand(
  env: Environment,
  stopping: Stopping,
  command: (progress: Progress) => Promise<{ outcome: string; result: string; exitCode: number }>,
): Promise<number> {
  const mistyped = describeMistypedSettings(process.execArgv);
  if (mistyped) process.stderr.write(`${mistyped}\n`);
  const isDumb = env.TERM === 'dumb';
  const progress = createProgress(isDumb ? { write: (text) => process.stderr.write(text) } : process.stderr);
  const ticking = setInterval(progress.tick, TICK_MS);
  try {
    const { outcome, result, exitCode } = await command(progress);
    progress.end(outcome);
    process.stdout.write(result);
    return stopping.exitCode() ?? exitCode;
  } catch (error) {
    if (!(error instanceof Told)) throw error;
    progress.end(stopping.exitCode() === null ? 'FAILED' : 'STOPPED');
    process.stderr.write(`${error.message}\n`);
    return stopping.exitCode() ?? 1;
  } finally {
    clearInterval(ticking);
  }
}

/** The settings, and a log that does not disturb the progress. */
export function configure(env: Environment, progress: Progress): { config: Config; logger: Logger } {
  try {
    // What it warns of, the result tells.
    const level = env.LOG_LEVEL?.trim() || 'error';
    const config: Config = { ...loadConfig({ ...env, LOG_LEVEL: level }), sampleProject: false };
    return { config, logger: createLogger(config.logLevel, { write: progress.print }) };
  } catch (error) {
    throw cannotStart(error);
  }
}

export function cannotStart(error: unknown, hint = ''): Told {
  return new Told(`ibid cannot start.\n${error instanceof Error ? error.message : String(error)}${hint}`);
}
