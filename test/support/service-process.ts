import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { type Client, clientOf } from './graphql-clients.js';
import { createTestHome, type TestHome } from './test-app.js';

/** A process that is to live for seconds gains nothing by code that is compiled a second time, and better: that takes half a second and 600 MB. */
export const QUICK_START = ['--liftoff-only'];
/** What `npm start` gives it, for where speed is measured. */
export const AS_NPM_START = ['--enable-source-maps', '--max-semi-space-size=16'];

export interface ServiceOptions {
  /** As in .env.example; nothing of this process's own environment is passed on. */
  env?: Record<string, string>;
  dataDir: string;
  /** A built checkout. Default: this one. */
  root?: string;
  /** Arguments of the service itself. Default: none. */
  args?: readonly string[];
  /** Options of Node.js. Default: QUICK_START. */
  flags?: readonly string[];
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built service as a process of its own, as operators run it. */
export interface Service extends Client {
  readonly pid: number;
  /** Everything that it has printed so far. */
  output(): string;
  signal(name: NodeJS.Signals): void;
  readonly exited: Promise<Ended>;
  /** Asks it to end, and fails the test unless it does in good order. */
  stop(): Promise<void>;
}

/** Starts the service on a free port and waits until it says that it is ready. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { child, output, exited } = spawnService(options);
  const url = await new Promise<string>((ready, fail) => {
    child.stdout!.on('data', () => {
      const match = /ibid is ready\.\n\s+Explore\s+(\S+)\/graphiql\n/.exec(output());
      if (match) ready(match[1]!);
    });
    void exited.then(() => fail(new Error(`The service did not start:\n${output()}`)));
  });
  return {
    ...clientOf(url),
    pid: child.pid!,
    output,
    exited,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGTERM');
      const { code, signal } = await exited;
      if (code !== 0) throw new Error(`The service ended with ${code ?? signal}:\n${output()}`);
    },
  };
}

/** Runs a service that cannot start, to its end. */
export async function startInVain(options: ServiceOptions): Promise<Ended & { output: string }> {
  const { child, output, exited } = spawnService(options);
  const timer = setTimeout(() => child.kill('SIGKILL'), 90_000);
  const ended = await exited;
  clearTimeout(timer);
  return { ...ended, output: output() };
}

export interface ServiceHome extends TestHome {
  /** What a service needs to be told of it. */
  readonly env: Record<string, string>;
  start(env?: Record<string, string>, flags?: readonly string[]): Promise<Service>;
}

/** A data directory and database of its own, on PostgreSQL where TEST_DATABASE_URL is set. */
export async function createServiceHome(options: { empty?: boolean } = {}): Promise<ServiceHome> {
  const home = await createTestHome(options);
  if (home.template && !home.databaseUrl) await unpack(home.template, join(home.dataDir, 'database'));
  const own: Record<string, string> = home.databaseUrl ? { DATABASE_URL: home.databaseUrl } : {};
  return {
    ...home,
    env: own,
    start: (env, flags) => startService({ env: { ...own, ...env }, dataDir: home.dataDir, flags }),
  };
}

/** A copied database spares a start the time of making one. */
async function unpack(template: string, directory: string): Promise<void> {
  await mkdir(directory);
  await promisify(execFile)('tar', ['-xf', template, '-C', directory]);
}

interface Spawned {
  child: ChildProcess;
  output(): string;
  exited: Promise<Ended>;
}

/** Starts it and waits for nothing. */
export function spawnService(options: ServiceOptions): Spawned {
  const { env = {}, dataDir, root = resolve('.'), args = [], flags = QUICK_START } = options;
  const child = spawn(resolve('node_modules/node/bin/node'), [...flags, join(root, 'dist/src/index.js'), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: dataDir, SAMPLE_PROJECT: 'false', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (text += more));
  const exited = once(child, 'close').then(([code, signal]) => ({ code, signal }) as Ended);
  return { child, output: () => text, exited };
}
