import { type MigrationObject, MikroORM, type Options, type SqlEntityManager } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { type CompiledQuery, sql } from 'kysely';
import type { Pool } from 'pg';
import { type Db, fromPglite } from 'pg-boss';
import type { Logger } from 'pino';

import { type Channel, type ChannelEvents, openChannel } from './channel.js';
import { checkServer } from './check-server.js';
import { readConnectionOptions } from './connection-options.js';
import { watchDisk } from './disk-space.js';
import { openEmbedded } from './embedded.js';
import { explained } from './explain-fault.js';
import { freeBroken } from './free-broken.js';
import { createOutageLog, type OutageLog } from './outage-log.js';
import { createPreparedReads, type ReadPrepared } from './prepared.js';
import { bringUpToDate, changeAlone } from './schema-changes.js';
import { watchConnections } from './watch-connections.js';

export interface DatabaseOptions {
  /** null: the embedded database. */
  url: string | null;
  /** Connections at most, besides the one of a channel; the embedded database has one. */
  poolSize: number;
  /** Where the embedded database keeps its files; null: in memory. */
  dataDir: string | null;
  /** A dump to begin with, so that a new embedded database needs no initdb. */
  template?: Blob;
  entities: NonNullable<Options['entities']>;
  migrations: MigrationObject[];
  logger: Logger;
}

export interface Database {
  /** Whether it is the embedded one: a single connection in this process. */
  readonly embedded: boolean;
  /** A unit of work of its own. */
  fork(): SqlEntityManager;
  /** Reads of operations. */
  readonly read: ReadPrepared;
  /** For the job queue, which brings its own SQL. */
  readonly forJobs: Db;
  /** Leads to the other processes on this database; null on the embedded one. To be stopped before the database. */
  openChannel(events: ChannelEvents): Channel | null;
  /** Called with the SQL of each statement: how tests count them. */
  onStatement: ((statement: string) => void) | null;
  readonly orm: MikroORM;
  /** A copy of an embedded database's files. */
  dump(): Promise<Blob>;
  /**
   * Changes of the schema: processes that start together make them one after the other. On a server it is given the
   * transaction that holds the lock, on a connection besides those that `change` uses.
   */
  alone(change: (em?: SqlEntityManager) => Promise<unknown>): Promise<void>;
  /** Takes dead rows away and renews the planner's statistics, which the embedded database does not do by itself. */
  tidy(): Promise<void>;
  /** Fails while the database does not answer, or takes no writes. */
  ping(): Promise<void>;
  readonly outages: OutageLog;
  stop(): Promise<void>;
}

/** A statement that takes longer is cancelled by PostgreSQL; the embedded database knows no limit. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECTION_TIMEOUT_MS = 8_000;
/** A connection that is silent for so long has lost its other end: PostgreSQL would have cancelled the statement. */
const SILENT_MS = STATEMENT_TIMEOUT_MS + 5_000;

/**
 * Opens the database and brings its schema up to date.
 * @throws Error with a message for the operator when it cannot be reached, or is not what the service needs.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const embedded = options.url === null ? await openEmbedded(options.dataDir, options.template) : null;
  const given = options.url === null ? {} : readConnectionOptions(options.url);
  const database: { onStatement: Database['onStatement'] } = { onStatement: null };
  let pool: Pool | undefined;
  let stopWatching: () => void | Promise<void> = () => {};
  // Changes of the schema that go on: a migration of much data takes its time.
  let changing = 0;

  const close = async (): Promise<void> => {
    await stopWatching();
    outages.stop();
    await orm.close(true);
    await embedded?.release();
  };

  const orm = await MikroORM.init({
    ...(embedded ? { dbName: 'postgres' } : { clientUrl: options.url!, pool: { min: 0, max: options.poolSize } }),
    driverOptions: embedded?.dialect ?? {
      ...given,
      connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
      keepAlive: true,
      // Compiling a statement takes longer than any here runs: a search of 50,000 passages took 1.6 s instead of 0.1.
      // And disks that seek are rare: a project's vectors are read by their index, not with those of all others.
      options: `-c statement_timeout=${STATEMENT_TIMEOUT_MS} -c jit=off -c random_page_cost=1.1 ${given.options ?? ''} -c timezone=UTC -c standard_conforming_strings=on`,
      onPoolCreated(created: Pool) {
        pool = created;
        freeBroken(created);
        stopWatching = watchConnections(created, () => (changing > 0 ? Infinity : SILENT_MS));
      },
    },
    entities: options.entities,
    extensions: [Migrator],
    // It would make the database where there is none of that name.
    ensureDatabase: false,
    migrations: { migrationsList: options.migrations, snapshot: false, transactional: true },
    forceUtcTimezone: true,
    ignoreUndefinedInQuery: false,
    logger: (message: string) => options.logger.debug(message),
  } as Options);

  const client = () => orm.em.getConnection().getClient();
  // It changes nothing, and a database that takes no writes refuses it.
  const ping = async () => void (await sql`update mikro_orm_migrations set name = name where false`.execute(client()));
  const outages = createOutageLog(ping, options.logger);

  async function alone(change: (em?: SqlEntityManager) => Promise<unknown>): Promise<void> {
    if (embedded) return void (await change());
    changing += 1;
    try {
      await changeAlone(orm, options.logger, change);
    } finally {
      changing -= 1;
    }
  }

  try {
    await orm.connect();
    countStatements(client(), () => database.onStatement);
    await alone(async (em) => {
      if (em) await checkServer(em.getKysely());
      await bringUpToDate(orm, options.migrations, em);
    });
    if (embedded && options.dataDir !== null)
      stopWatching = watchDisk(embedded.pglite, options.dataDir, options.logger);
  } catch (error) {
    await close().catch(() => {});
    throw explained(error, options.url);
  }

  return Object.assign(database, {
    embedded: embedded !== null,
    orm,
    fork: () => orm.em.fork(),
    read: createPreparedReads(
      client,
      () => pool ?? null,
      (statement) => database.onStatement?.(statement),
    ),
    forJobs: embedded ? fromPglite(embedded.pglite) : poolForJobs(() => pool!),
    openChannel: (events: ChannelEvents) => (pool ? openChannel(pool, events, options.logger) : null),
    dump: () => embedded!.pglite.dumpDataDir('none'),
    alone: (change: (em?: SqlEntityManager) => Promise<unknown>) =>
      alone(change).catch((error: unknown) => {
        throw explained(error, options.url);
      }),
    tidy: async () => void (embedded && (await sql`vacuum (analyze)`.execute(client()))),
    ping,
    outages,
    stop: close,
  });
}

/** The queue shares the pool. Its set-up sends several statements at once, which only the simple protocol takes. */
function poolForJobs(pool: () => Pool): Db {
  return {
    executeSql: (text, values) => (values?.length ? pool().query(text, values as unknown[]) : pool().query(text)),
  };
}

function countStatements(client: object, listener: () => Database['onStatement']): void {
  const executor = (client as { getExecutor(): { executeQuery(query: CompiledQuery): unknown } }).getExecutor();
  const execute = executor.executeQuery.bind(executor);
  executor.executeQuery = (query: CompiledQuery, ...rest: unknown[]) => {
    listener()?.(query.sql);
    return (execute as (...all: unknown[]) => unknown)(query, ...rest);
  };
}
