import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Takes `dataDir` for this process by a file with its pid; a file that a dead process left is taken over.
 * @throws Error for the operator when a live process holds it.
 */
export async function lockDataDir(dataDir: string): Promise<() => Promise<void>> {
  const file = join(dataDir, 'ibid.pid');
  // Written aside and then linked: nobody ever sees the file without its number.
  const own = `${file}.${process.pid}`;
  await writeFile(own, `${process.pid}\n`);
  try {
    if (!(await isFree(file, own))) {
      const holder = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
      if (isOtherLiveProcess(holder)) {
        throw new Error(
          `Another ibid (process ${holder}) uses ${dataDir}. Stop it first, give this one another DATA_DIR, or use PostgreSQL (DATABASE_URL).`,
        );
      }
      await rm(file, { force: true });
      if (!(await isFree(file, own))) throw new Error(`Another ibid is just taking ${dataDir}. Try again.`);
    }
  } finally {
    await rm(own, { force: true });
  }
  return () => rm(file, { force: true });
}

async function isFree(file: string, own: string): Promise<boolean> {
  try {
    await link(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** In a container every start may get the same pid: our own number in the file means that its writer is gone. */
function isOtherLiveProcess(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
