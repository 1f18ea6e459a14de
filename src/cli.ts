import { constants } from 'node:os';

import { parseArguments, type Text, type Work } from './cli/arguments.js';
import type { Closing, Stopping } from './cli/command.js';

/** One Ctrl-C may come three times: from the terminal, and passed on by npm and by scripts/ibid.mjs. */
const SAME_SIGNAL_MS = 1_000;
/** Whatever hangs, the process is gone within the time that supervisors give it. */
const HARD_STOP_MS = 14_000;

async function main(): Promise<void> {
  const command = parseArguments(process.argv.slice(2));
  if ('text' in command) return tell(command);
  const stopping = stopOnSignals();
  const closing: Closing = [];
  try {
    process.exitCode = await run(command, stopping, closing);
  } finally {
    setTimeout(() => process.exit(), HARD_STOP_MS).unref();
    for (const close of closing.reverse()) await close();
  }
}

function tell({ kind, text }: Text): void {
  const isHelp = kind === 'help';
  (isHelp ? process.stdout : process.stderr).write(text);
  process.exitCode = isHelp ? 0 : 2;
}

// Not before it is needed: who asks for help need not wait for the whole service to be loaded.
async function run(command: Work, stopping: Stopping, closing: Closing): Promise<number> {
  if (command.kind === 'move') {
    const { runMoveCommand } = await import('./cli/move.command.js');
    return runMoveCommand(process.env, stopping, closing);
  }
  const { runSyncCommand } = await import('./cli/sync.command.js');
  return runSyncCommand(command.sync, process.env, stopping, closing);
}

/** The first signal asks to stop; a second one ends the process at once. */
function stopOnSignals(): Stopping {
  const controller = new AbortController();
  let exitCode: number | null = null;
  let firstAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (exitCode === null) {
      exitCode = 128 + constants.signals[name];
      firstAt = Date.now();
      setTimeout(() => process.exit(exitCode), HARD_STOP_MS).unref();
      controller.abort();
    } else if (Date.now() - firstAt > SAME_SIGNAL_MS) process.exit(exitCode);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return { signal: controller.signal, exitCode: () => exitCode };
}

// Whoever reads may go away before the end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
