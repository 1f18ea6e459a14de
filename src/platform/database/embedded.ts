import { join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';

import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { type CompiledQuery, type DatabaseConnection, PGliteDialect } from 'kysely';

import { makePrivateFolder } from '../make-folder.js';
import { lockDataDir } from './data-dir-lock.js';
import { explainedByDisk } from './disk-space.js';

/** timestamptz, timestamp, date, interval: as text, which is what the ORM asks of the server's driver too. */
const TIME_TYPES = [1184, 1114, 1082, 1186];
const asText = (text: string): string => text;

const SETTINGS = {
  timezone: 'UTC',
  // A search of 13,500 passages with vectors of 768 numbers reads 70 MB: with 16 MB of buffers nearly all of it is read
  // anew each time, which costs as much again, with 96 MB nothing, for 60 MB more of resident memory. Its default of
  // 128 MB gains little more.
  shared_buffers: '96MB',
  // With the default of 4 MB, what a long query finds goes through files.
  work_mem: '16MB',
};

export interface Embedded {
  readonly pglite: PGlite;
  readonly dialect: PGliteDialect;
  /** Gives the folder back, once the database is closed. */
  release(): Promise<void>;
}

/**
 * PostgreSQL inside this process, with its files in `dataDir`/database, or in memory. It has no lock of its own: two
 * processes on one folder would lose rows, so a second one is refused.
 * @throws Error with a message for the operator when the folder is in use, or cannot be made or written to
 */
export async function openEmbedded(dataDir: string | null, template?: Blob): Promise<Embedded> {
  const release = dataDir === null ? async () => {} : await takeDataDir(dataDir);
  try {
    const pglite = await PGlite.create({
      ...(dataDir === null ? {} : { dataDir: databaseFolder(dataDir) }),
      ...(template ? { loadDataDir: template } : {}),
      extensions: { vector },
      parsers: Object.fromEntries(TIME_TYPES.map((oid) => [oid, asText])),
      startParams: [
        ...PGlite.defaultStartParams,
        ...Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
    });
    return { pglite, dialect: new PGliteDialect({ pglite, onCreateConnection: pauseAfterStatements }), release };
  } catch (error) {
    await release();
    throw dataDir === null ? error : await explainedByDisk(error, dataDir);
  }
}

/** Statements run in this thread and never wait: many in a row would keep all requests and timers out. */
async function pauseAfterStatements(connection: DatabaseConnection): Promise<void> {
  const execute = connection.executeQuery.bind(connection);
  connection.executeQuery = async <Row>(query: CompiledQuery) => {
    const result = await execute<Row>(query);
    await pause();
    return result;
  };
}

async function takeDataDir(dataDir: string): Promise<() => Promise<void>> {
  try {
    // The files that PGlite makes in it may be read and written by all users, whatever the umask.
    await makePrivateFolder(databaseFolder(dataDir));
    return await lockDataDir(dataDir);
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (!syscall) throw error;
    throw new Error(`DATA_DIR has to be a folder that this user may write to: ${message}.`, { cause: error });
  }
}

/** Where an embedded database has its files. */
export function databaseFolder(dataDir: string): string {
  return join(dataDir, 'database');
}
