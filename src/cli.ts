import { constants } from 'node:os';

import { parseArguments, type SyncArguments } from './cli/arguments.js';
import type { Closing, Stopping } from './cli/sync.command.js';

/** One Ctrl-C may come three times: from the terminal, and passed on by npm and by scripts/ibid.mjs. */
const SAME_SIGNAL_MS = 1_000;
/** Whatever hangs, the process is gone within the time that supervisors give it. */
const HARD_STOP_MS = 14_000;

async function main(): Promise<void> {
  const command = parseArguments(process.argv.slice(2));
  if (command.kind === 'sync') return sync(command.sync);
  const isHelp = command.kind === 'help';
  (isHelp ? process.stdout : process.stderr).write(command.text);
  process.exitCode = isHelp ? 0 : 2;
}

async function sync(args: SyncArguments): Promise<void> {
  const stopping = stopOnSignals();
  const closing: Closing = [];
  // Not before it is needed: who asks for help need not wait for the whole service to be loaded.
  const { runSyncCommand } = await import('./cli/sync.command.js');
  try {
    process.exitCode = await runSyncCommand(args, process.env, stopping, closing);
  } finally {
    setTimeout(() => process.exit(), HARD_STOP_MS).unref();
    for (const close of closing.reverse()) await close();
  }
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
