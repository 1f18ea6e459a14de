import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { AS_NPM_START, startService } from '../../test/support/service-process.js';
import type { Kind } from './shapes/shape.js';

/** A server as a process of its own. */
export interface ReadServer {
  readonly kind: Kind;
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export const TITLES: Record<Kind, string> = {
  ibid: 'ibid',
  postgraphile: 'PostGraphile',
  single: 'bare, one statement',
  levels: 'bare, one for each level',
};

/** All have as many: the default of ibid and of pg. */
const CONNECTIONS = 10;
const NODE = resolve('node_modules/node/bin/node');

export function startServer(kind: Kind, databaseUrl: string): Promise<ReadServer> {
  if (kind === 'ibid') return startIbid(databaseUrl);
  if (kind === 'postgraphile') return startPostgraphile(databaseUrl);
  const args = [join(import.meta.dirname, 'bare-server.js'), kind, databaseUrl, String(CONNECTIONS)];
  return startProcess(kind, args, /ready (\S+)\n/);
}

async function startIbid(databaseUrl: string): Promise<ReadServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ibid-bench-'));
  const env = { DATABASE_URL: databaseUrl, NODE_ENV: 'production', DATABASE_POOL_SIZE: String(CONNECTIONS) };
  const service = await startService({ dataDir, env, flags: AS_NPM_START });
  return {
    kind: 'ibid',
    url: `${service.url}/graphql`,
    pid: service.pid,
    async stop() {
      await service.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** By its own command, as its documentation says. */
async function startPostgraphile(databaseUrl: string): Promise<ReadServer> {
  const port = await freePort();
  const program = resolve('bench/node_modules/postgraphile/dist/cli-run.js');
  const config = resolve('bench/reads/postgraphile.config.mjs');
  const options = { '-C': config, '-c': databaseUrl, '-s': 'public', '-n': '127.0.0.1', '-p': String(port) };
  const args = [program, ...Object.entries(options).flat()];
  return startProcess('postgraphile', args, /listening on port \d+ at (\S+?\/graphql)/);
}

async function startProcess(kind: Kind, args: readonly string[], ready: RegExp): Promise<ReadServer> {
  const child = spawn(NODE, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  let output = '';
  const url = await new Promise<string>((found, fail) => {
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (more: string) => {
        output += more;
        const match = ready.exec(output);
        if (match) found(match[1]!);
      });
    void exited.then(() => fail(new Error(`${TITLES[kind]} did not start:\n${output}`)));
  });
  return { kind, url, pid: child.pid!, stop: async () => void (child.kill('SIGTERM'), await exited) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
