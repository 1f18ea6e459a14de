import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { claimCacheFolder, type CacheFolder } from './cache-folder.js';
import { createCacheLimit } from './cache-limit.js';
import type { Git } from './git.js';
import { isUnexplained } from './git-failure.js';

/** A bare repository on disk that holds what was fetched of a remote one. It may be gone at the next use. */
export interface RepositoryCache {
  readonly directory: string;
  /** How often it was begun anew. */
  readonly generation: number;
  /**
   * Runs `work` on the prepared folder, alone. When that fails in a way that a damaged folder would explain, the folder
   * is deleted and `work` runs once more on an empty one.
   */
  use<T>(work: () => Promise<T>): Promise<T>;
  /** Empties it, unless that was done since `generation` was `seen`. */
  clear(seen: number): Promise<void>;
  /** Keeps the folder from being emptied or removed for size until the returned function is called. */
  hold(): () => Promise<void>;
}

export interface RepositoryCaches {
  of(url: string): Promise<RepositoryCache>;
  /** Lets the next process have the folder, with what it holds. Nothing may be in use. */
  stop(): Promise<void>;
}

interface OwnedCache extends RepositoryCache {
  /** false, and nothing done, when it is in use. */
  remove(): Promise<boolean>;
}

/** Each sync that finds something new adds two packs. Starting anew is cheaper than tidying: no blob is needed twice. */
const MAX_PACKS = 50;

/** One cache for each repository, named by a hash of its address, in a folder below `cacheDir` that only this process uses. */
export function createRepositoryCaches({
  cacheDir,
  git,
  maxBytes,
}: {
  cacheDir: string;
  git: Git;
  /** For all caches of this process together. */
  maxBytes: number;
}): RepositoryCaches {
  const caches = new Map<string, OwnedCache>();
  const makeRoom = createCacheLimit({ maxBytes, remove: (directory) => cacheAt(directory).remove() });
  let claim: Promise<CacheFolder> | null = null;

  function cacheAt(directory: string): OwnedCache {
    const cache = caches.get(directory) ?? createCache(directory, git, () => makeRoom(directory));
    caches.set(directory, cache);
    return cache;
  }

  function claimed(): Promise<CacheFolder> {
    claim ??= claimCacheFolder(cacheDir).catch((error: unknown) => {
      claim = null;
      throw error;
    });
    return claim;
  }

  return {
    async of(url) {
      const { directory } = await claimed();
      return cacheAt(join(directory, createHash('sha256').update(url).digest('hex')));
    },
    async stop() {
      const held = await claim?.catch(() => null);
      claim = null;
      await held?.release();
    },
  };
}

function createCache(directory: string, git: Git, onGrown: () => Promise<void>): OwnedCache {
  let last: Promise<unknown> = Promise.resolve();
  /** Whoever works in it, waits for it or holds it. */
  let users = 0;
  let holders = 0;
  let hasGrown = false;
  /** It was to be removed while it was in use. */
  let isUnwanted = false;
  let generation = 0;

  async function begin(): Promise<void> {
    generation += 1;
    await initialize(directory, git);
  }

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    if (holders === 0 && (await listPacks(directory)).length > MAX_PACKS)
      await rm(directory, { recursive: true, force: true });
    const isOld = await exists(join(directory, 'HEAD'));
    try {
      if (isOld) await prepare(directory);
      else await begin();
      return await work();
    } catch (error) {
      if (!isOld || !mayBeDamage(error)) throw error;
      await begin();
      return await work();
    }
  }

  async function watchGrowth<T>(work: () => Promise<T>): Promise<T> {
    const before = await listPacks(directory);
    try {
      return await work();
    } finally {
      hasGrown ||= (await listPacks(directory)).join() !== before.join();
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  async function leave(): Promise<void> {
    users -= 1;
    if (!hasGrown && (users > 0 || !isUnwanted)) return;
    hasGrown = false;
    isUnwanted = false;
    await onGrown();
  }

  return {
    directory,
    get generation() {
      return generation;
    },
    async use(work) {
      users += 1;
      try {
        return await inTurn(() => watchGrowth(() => attempt(work)));
      } finally {
        await leave();
      }
    },
    clear: (seen) => inTurn(async () => (generation === seen ? begin() : undefined)),
    hold() {
      users += 1;
      holders += 1;
      return async () => {
        holders -= 1;
        await leave();
      };
    },
    async remove() {
      if (users > 0) isUnwanted = true;
      if (users > 0) return false;
      // Whoever comes meanwhile waits, and begins anew.
      await inTurn(() => rm(directory, { recursive: true, force: true }));
      return true;
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
async function prepare(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.lock$|^tmp_/.test(entry.name)) continue;
    await rm(join(entry.parentPath, entry.name), { force: true });
  }
  // What was used last is kept longest, also by the process after this one.
  const now = new Date();
  await utimes(directory, now, now);
}

/** What git cannot explain, and what the file system says of a folder that is not as it was made. */
function mayBeDamage(error: unknown): boolean {
  return isUnexplained(error) || (error instanceof Error && 'syscall' in error);
}

async function listPacks(directory: string): Promise<string[]> {
  const names = await readdir(join(directory, 'objects', 'pack')).catch(() => []);
  return names.filter((name) => name.endsWith('.pack')).toSorted();
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
