import { access, constants, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process holds the folder; the message is for the operator. */
export class DataDirInUse extends Error {}

const SQLITE_BUSY = 5;

/**
 * Takes `dataDir` for this process.
 * @throws DataDirInUse when another process holds it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const lock = await tryLockDir(dataDir);
  if (typeof lock === 'function') return lock;
  const name = lock.holder && ` (process ${lock.holder})`;
  throw new DataDirInUse(
    `Another ibid${name} uses ${dataDir}. Stop it first, give this one another DATA_DIR, or use PostgreSQL (DATABASE_URL).`,
  );
}

/**
 * Takes any folder for this process: a function that gives it back, or who holds it, as far as that is known. The lock
 * is one of the operating system's, which ends with the process, however that ends, and which other containers see,
 * though not the process.
 */
export async function tryLockDir(dir: string): Promise<(() => Promise<void>) | { holder: string }> {
  // SQLite would not say what is wrong with a folder.
  await access(dir, constants.W_OK);
  const name = join(dir, 'ibid.pid');
  const lock = lockFile(join(dir, 'ibid.lock'));
  if (!lock) return { holder: (await readFile(name, 'utf8').catch(() => '')).trim() };
  // Only the lock counts: a full disk need not keep the service from its start.
  await writeFile(name, `${process.pid} on ${hostname()}\n`).catch(() => undefined);
  return async () => {
    await rm(name, { force: true });
    lock.close();
  };
}

/**
 * Node.js cannot lock files, but its SQLite can. The file stays empty, and is never removed: whoever had it open would
 * hold a lock that the next process does not see.
 *
 * @returns null where it is locked
 */
function lockFile(file: string): DatabaseSync | null {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec('pragma journal_mode = memory; begin immediate');
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    throw new Error(`${file} cannot be locked: ${(error as Error).message}.`, { cause: error });
  }
}
