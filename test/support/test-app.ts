import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync, openAsBlob } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type App, createApp } from '../../src/app.js';
import { type Config, loadConfig } from '../../src/config.js';
import { isRepeated } from '../../src/platform/every.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/platform/limits.js';
import { createLogger } from '../../src/platform/logger.js';
import { type Client, clientOf } from './graphql-clients.js';
import { createTestDatabase, dropTestDatabase } from './postgres.js';

export type { Values } from './graphql-clients.js';

export interface TestApp extends Client {
  readonly app: App;
  readonly config: Config;
  /** SQL statements that `work` costs: those that the service does every few seconds by itself are left out. */
  statements(work: () => Promise<unknown>): Promise<string[]>;
  stop(): Promise<void>;
}

export interface TestAppOptions {
  /** As in .env.example. */
  env?: Record<string, string>;
  limits?: Limits;
  /** Where an app before this one left off; default: a home of its own, in memory, that goes with it. */
  home?: TestHome;
  /** Takes every line that is logged, of every level. Default: nothing is logged. */
  log?: (line: string) => void;
}

/** What outlives a process: its data directory and its database. For tests that stop the service and start it again. */
export interface TestHome {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** Of an embedded database that does not exist yet. */
  readonly template: string | undefined;
  remove(): Promise<void>;
}

/** `empty`: without what a first start leaves; `embedded`: whatever TEST_DATABASE_URL says. */
export async function createTestHome({ empty = false, embedded = false } = {}): Promise<TestHome> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ibid-test-'));
  const serverUrl = embedded ? undefined : process.env.TEST_DATABASE_URL;
  const databaseUrl = serverUrl ? await createTestDatabase(serverUrl, { empty }) : undefined;
  return {
    dataDir,
    databaseUrl,
    // Set by prepare-database.mjs.
    template: empty ? undefined : process.env.IBID_TEST_TEMPLATE,
    async remove() {
      await rm(dataDir, { recursive: true, force: true });
      if (databaseUrl) await dropTestDatabase(serverUrl!, databaseUrl);
    },
  };
}

/** An embedded database at work keeps both ends of a connection from the clock: none is closed while the next request is on its way. */
const PATIENT: Limits = { ...DEFAULT_LIMITS, keepAliveTimeoutMs: 600_000 };

/** The real service on a free port, on a database of its own: PostgreSQL where TEST_DATABASE_URL is set, else the embedded one. */
export async function startTestApp({ env = {}, limits = PATIENT, home, log }: TestAppOptions = {}): Promise<TestApp> {
  const { dataDir, databaseUrl, template, remove } = home ?? (await createTestHome());
  const isNew = !existsSync(join(dataDir, 'database'));
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    SAMPLE_PROJECT: 'false',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '5',
    SHUTDOWN_GRACE: '3s',
    ...env,
  });
  const app = await createApp(config, {
    logger: log ? createLogger('trace', { write: log }) : createLogger(config.logLevel),
    limits,
    inMemory: !home,
    template: template && isNew ? await openAsBlob(template) : undefined,
  }).catch(async (error: unknown) => {
    if (!home) await remove();
    throw error;
  });

  return {
    ...clientOf(app.url),
    app,
    config,
    async statements(work) {
      const seen: string[] = [];
      app.services.database.onStatement = (statement) => void (isRepeated() || seen.push(statement));
      await work().finally(() => (app.services.database.onStatement = null));
      return seen;
    },
    async stop() {
      await app.stop();
      if (!home) await remove();
    },
  };
}
