import { statfs } from 'node:fs/promises';

import type { PGlite } from '@electric-sql/pglite';
import type { Logger } from 'pino';

import { every } from '../every.js';

const MIB = 1024 * 1024;
/** The embedded database's log grows by 16 MiB. Where it cannot, it hangs for good, so writes are refused before. */
const LEAST_FREE_MIB = 128;
const LOOK_EVERY_MS = 1_000;

/** In bytes; where the file system does not say, there is enough. */
const readFree = (folder: string): Promise<number> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Infinity,
  );

/** What keeps an embedded database from opening, in words that say what to do where the disk is full. */
export async function explainedByDisk(error: unknown, dataDir: string, freeBytes = readFree): Promise<unknown> {
  const free = Math.floor((await freeBytes(dataDir)) / MIB);
  if (free >= LEAST_FREE_MIB) return error;
  const message = `The disk of ${dataDir} is full: ${free} MiB are free, and the embedded database needs ${LEAST_FREE_MIB}. Make room.`;
  return new Error(message, { cause: error });
}

/**
 * Lets an embedded database take no writes while its disk is nearly full, and tells the log.
 * @returns ends it
 */
export function watchDisk(
  pglite: PGlite,
  dataDir: string,
  logger: Logger,
  { freeBytes = readFree, lookMs = LOOK_EVERY_MS } = {},
): () => Promise<void> {
  let isFull = false;
  const look = async (): Promise<void> => {
    const freeMib = Math.floor((await freeBytes(dataDir)) / MIB);
    if (freeMib < LEAST_FREE_MIB === isFull) return;
    await pglite.query(`set default_transaction_read_only = ${!isFull}`);
    isFull = !isFull;
    const told = { dataDir, freeMib, neededMib: LEAST_FREE_MIB };
    if (isFull) logger.error(told, 'the disk is full: the database takes no writes until there is room again');
    else logger.warn(told, 'the disk has room again: the database takes writes');
  };
  return every(lookMs, look, (err) => logger.error({ err }, 'the disk is looked at again'));
}
