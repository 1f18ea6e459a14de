import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.js';
import { isUnexplained } from './git-failure.js';

/** A bare repository on disk that holds what was fetched of a remote one. It may be deleted at any time. */
export interface RepositoryCache {
  readonly directory: string;
  /**
   * Runs `work` on the prepared folder, alone in this process. When that fails in a way that a damaged folder would
   * explain, the folder is deleted and `work` runs once more on an empty one.
   */
  use<T>(work: () => Promise<T>): Promise<T>;
  /** Empties it. */
  clear(): Promise<void>;
  /** Keeps the folder from being emptied for size until the returned function is called. */
  hold(): () => void;
}

/** Each sync that finds something new adds two packs. Starting anew is cheaper than tidying: no blob is needed twice. */
const MAX_PACKS = 50;

/** One cache for each repository, named by a hash of its address. A cacheDir belongs to one process. */
export function createRepositoryCaches({
  cacheDir,
  git,
}: {
  cacheDir: string;
  git: Git;
}): (url: string) => RepositoryCache {
  const caches = new Map<string, RepositoryCache>();
  return (url) => {
    const directory = join(cacheDir, createHash('sha256').update(url).digest('hex'));
    const cache = caches.get(directory) ?? createCache(directory, git);
    caches.set(directory, cache);
    return cache;
  };
}

function createCache(directory: string, git: Git): RepositoryCache {
  let last: Promise<unknown> = Promise.resolve();
  let holders = 0;

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    if (holders === 0 && (await countPacks(directory)) > MAX_PACKS)
      await rm(directory, { recursive: true, force: true });
    const isOld = await exists(join(directory, 'HEAD'));
    try {
      if (isOld) await removeLeftovers(directory);
      else await initialize(directory, git);
      return await work();
    } catch (error) {
      if (!isOld || !isUnexplained(error)) throw error;
      await initialize(directory, git);
      return await work();
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  return {
    directory,
    use: (work) => inTurn(() => attempt(work)),
    clear: () => inTurn(() => initialize(directory, git)),
    hold() {
      holders++;
      return () => void holders--;
    },
  };
}

async function initialize(directory: string, git: Git): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await git.run(['init', '--quiet', '--bare', '--template=', '--object-format=sha1'], { cwd: directory });
  await git.run(['config', 'remote.origin.promisor', 'true'], { cwd: directory });
  await git.run(['config', 'remote.origin.partialclonefilter', 'blob:none'], { cwd: directory });
}

/** A killed git leaves locks, which would stop every later one, and half a pack. Nobody else works here now. */
async function removeLeftovers(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.lock$|^tmp_/.test(entry.name)) continue;
    await rm(join(entry.parentPath, entry.name), { force: true });
  }
}

async function countPacks(directory: string): Promise<number> {
  const names = await readdir(join(directory, 'objects', 'pack')).catch(() => []);
  return names.filter((name) => name.endsWith('.pack')).length;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
