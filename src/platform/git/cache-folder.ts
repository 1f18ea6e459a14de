import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLockDir } from '../database/data-dir-lock.js';
import { makePrivateFolder } from '../make-folder.js';

export interface CacheFolder {
  readonly directory: string;
  /** Lets the next process have it. What it holds stays. */
  release(): Promise<void>;
}

/** No machine runs so many processes on one folder. Past it, something else keeps the folders from being taken. */
const MAX_FOLDERS = 100;

/**
 * A folder below `cacheDir` for whoever asks alone: the first of `0`, `1`, ... that no living process has. After a
 * restart that is the same one, with what it held.
 */
export async function claimCacheFolder(cacheDir: string): Promise<CacheFolder> {
  await makeDirectory(cacheDir);
  for (let number = 0; number < MAX_FOLDERS; number += 1) {
    const directory = join(cacheDir, String(number));
    await makeDirectory(directory);
    const lock = await tryLockDir(directory);
    if (typeof lock !== 'function') continue;
    return { directory, release: lock };
  }
  throw new Error(`All of ${MAX_FOLDERS} folders below ${cacheDir} are in use.`);
}

/** A file in its place is no reason to stop: whatever is here may be deleted. */
async function makeDirectory(directory: string): Promise<void> {
  await makePrivateFolder(directory).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    await rm(directory, { force: true });
    await makePrivateFolder(directory);
  });
}
