import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Two that take a dead process's folder at the same moment: whoever wrote last has it, and both look after this time. */
const SETTLE_MS = 100;
const ATTEMPTS = 3;

/** A live process holds the folder; the message is for the operator. */
export class DataDirInUse extends Error {}

/**
 * Takes `dataDir` for this process by a file that names it; a file that a dead process left is taken over.
 * @throws DataDirInUse when a live process holds it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const lock = await tryLockDir(dataDir);
  if (typeof lock === 'function') return lock;
  if (lock.holder !== null) {
    throw new DataDirInUse(
      `Another ibid (process ${lock.holder}) uses ${dataDir}. Stop it first, give this one another DATA_DIR, or use PostgreSQL (DATABASE_URL).`,
    );
  }
  throw new Error(`${fileOf(dataDir)} is being taken by another process. Try again.`);
}

/** The same for any folder: a function that gives it back, or who holds it; null: somebody who is just taking it. */
export async function tryLockDir(dir: string): Promise<(() => Promise<void>) | { holder: number | null }> {
  const file = fileOf(dir);
  const own = await nameOf(process.pid);
  const release = () => rm(file, { force: true });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await create(file, own)) return release;
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (await isAnotherLiveProcess(holder)) return { holder: Number.parseInt(holder, 10) };
    // Empty: its writer may be about to write.
    if (holder !== '' || attempt > 0) await replace(file, own);
    await delay(SETTLE_MS);
    if ((await readFile(file, 'utf8').catch(() => '')) === own) return release;
  }
  return { holder: null };
}

function fileOf(dir: string): string {
  return join(dir, 'ibid.pid');
}

async function create(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function replace(file: string, content: string): Promise<void> {
  const own = `${file}.${process.pid}`;
  await writeFile(own, content);
  await rename(own, file);
}

/** In a container every start may get the same pid: our own number in the file means that its writer is gone. */
async function isAnotherLiveProcess(holder: string): Promise<boolean> {
  const pid = Number.parseInt(holder, 10);
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return false;
  const [, startedAt] = holder.trim().split(' ');
  // The number may belong to somebody else by now, above all after a restart of the machine.
  return !startedAt || holder === (await nameOf(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process's number, and on Linux when it started: the 22nd field of its stat, which counts from behind its name. */
async function nameOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return startedAt ? `${pid} ${startedAt}\n` : `${pid}\n`;
}
