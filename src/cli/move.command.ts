import { existsSync } from 'node:fs';

import { MIGRATIONS } from '../../migrations/index.js';
import type { Config } from '../config.js';
import { ENTITIES } from '../entities.js';
import { copyRows } from '../platform/database/copy-rows.js';
import { type Database, openDatabase } from '../platform/database/database.js';
import { databaseFolder } from '../platform/database/embedded.js';
import { placeOf } from '../platform/database/explain-fault.js';
import type { Logger } from '../platform/logger.js';
import { cannotStart, type Closing, configure, type Environment, runCommand, type Stopping, Told } from './command.js';
import { formatNumber } from './progress.js';

/** The tables whose rows people count, in the order in which they are told. */
const TOLD = { project: 'Projects', document: 'Documents', conversation: 'Conversations', message: 'Messages' };

/** `ibid move`: the embedded database's data into the one in DATABASE_URL. Resolves to the exit code. */
export function runMoveCommand(env: Environment, stopping: Stopping, closing: Closing): Promise<number> {
  return runCommand(env, stopping, async (progress) => {
    const { config, logger } = configure(env, progress);
    const { databaseUrl, dataDir } = config;
    if (databaseUrl === null)
      throw new Told('DATABASE_URL is missing: it says which PostgreSQL database the data goes into.');
    if (!existsSync(databaseFolder(dataDir)))
      throw new Told(`There is no embedded database in ${dataDir}. DATA_DIR says where it is.`);
    progress.begin('Opening the databases');
    const source = await open(config, null, logger, closing);
    const target = await open(config, databaseUrl, logger, closing);
    const { signal } = stopping;
    const counts = await copyRows(source, target, {
      onTable: (name) => progress.begin(`Copying ${name}`),
      signal,
    }).catch((error: unknown) => {
      throw new Told(
        signal.aborted ? 'Stopped: nothing was copied.' : `Nothing was copied: ${(error as Error).message}`,
      );
    });
    return { outcome: 'COPIED', result: describe(counts, config), exitCode: 0 };
  });
}

async function open(config: Config, url: string | null, logger: Logger, closing: Closing): Promise<Database> {
  const { dataDir, databasePoolSize: poolSize } = config;
  try {
    const database = await openDatabase({ url, poolSize, dataDir, entities: ENTITIES, migrations: MIGRATIONS, logger });
    closing.push(database.stop);
    return database;
  } catch (error) {
    throw cannotStart(error);
  }
}

function describe(counts: ReadonlyMap<string, number>, { databaseUrl, dataDir }: Config): string {
  const told = Object.entries(TOLD).map(
    ([table, what]) => `  ${what.padEnd(14)}${formatNumber(counts.get(table) ?? 0)}`,
  );
  return `Copied all data into ${placeOf(databaseUrl!)}.
${told.join('\n')}
Next: start ibid with this DATABASE_URL. The embedded database stays in ${databaseFolder(dataDir)} until you delete it.
`;
}
