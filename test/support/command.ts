import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { type Ended, QUICK_START } from './service-process.js';

export interface CommandOptions {
  /** As in .env.example; nothing of this process's own environment is passed on. */
  env: Record<string, string>;
  /** Default: the built command. */
  program?: string;
  /** Options of Node.js. Default: QUICK_START. */
  flags?: readonly string[];
}

/** A command of ibid as a process of its own. */
export interface Command {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Waits until it has said this on standard error. */
  untilSaid(text: string): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<Ended & { stdout: string; stderr: string }>;
}

const DEADLINE_MS = 60_000;

export function startCommand(args: readonly string[], options: CommandOptions): Command {
  const { env, program = 'dist/src/cli.js', flags = QUICK_START } = options;
  const child = spawn(resolve('node_modules/node/bin/node'), [...flags, resolve(program), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (more) => (said[name] += more));
  const closed = once(child, 'close').then(([code, signal]) => ({ code, signal, ...said }));
  return {
    pid: child.pid!,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    async untilSaid(text) {
      for (const deadline = Date.now() + DEADLINE_MS; !said.stderr.includes(text); await pause(10))
        if (Date.now() > deadline || child.exitCode !== null)
          throw new Error(`The command did not say ${text}:\n${said.stderr}`);
    },
    signal: (name) => void child.kill(name),
    exited: closed,
  };
}
