import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTurns } from '../turns.js';
import { initialize, isRepository, listPacks, prepare } from './bare-repository.js';
import { boundSize, RepositoryTooLarge } from './bound-size.js';
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
   * Runs `work` on the prepared folder, alone. Where it fails in a way that a damaged folder would explain, or the
   * folder gets too large, the folder is deleted and `work` runs once more on an empty one. The signal for `work`
   * aborts with `signal`, and when the folder gets too large.
   * @throws RepositoryTooLarge when it gets too large again; nothing is left then
   */
  use<T>(work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Empties it, unless that was done since `generation` was `seen`. */
  clear(seen: number): Promise<void>;
  /**
   * Until the returned function is called, the folder is neither emptied for the number of its packs nor removed to
   * make room for others. A `use` that finds it damaged or too large still begins it anew.
   */
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

/**
 * Each sync that finds something new adds two packs. Starting anew is cheaper than tidying: no blob is needed twice.
 */
const MAX_PACKS = 50;

/**
 * One cache for each repository, named by a hash of its address, in a folder below `cacheDir` that only this process
 * uses.
 */
export function createRepositoryCaches({
  cacheDir,
  git,
  maxBytes,
  maxRepositoryBytes,
}: {
  cacheDir: string;
  git: Git;
  /** For all caches of this process together. */
  maxBytes: number;
  /** For each of them while it is in use. */
  maxRepositoryBytes: number;
}): RepositoryCaches {
  const caches = new Map<string, OwnedCache>();
  const makeRoom = createCacheLimit({ maxBytes, remove: (directory) => cacheAt(directory).remove() });
  let claim: Promise<CacheFolder> | null = null;

  function cacheAt(directory: string): OwnedCache {
    const cache = caches.get(directory) ?? createCache(directory, git, maxRepositoryBytes, () => makeRoom(directory));
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

function createCache(directory: string, git: Git, maxBytes: number, onGrown: () => Promise<void>): OwnedCache {
  const turns = createTurns(1);
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
    const isOld = await isRepository(directory);
    try {
      if (isOld) await prepare(directory);
      else await begin();
      return await work();
    } catch (error) {
      if (!isOld || !mayBeOfThePast(error)) throw error;
      await begin();
      return await work();
    }
  }

  /** What a fetch that failed has brought is of no use to the next one, and the disk may be full of it. */
  async function tidily<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const tidied = error instanceof RepositoryTooLarge ? rm(directory, { recursive: true }) : prepare(directory);
      await tidied.catch(() => {});
      throw error;
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

  async function inTurn<T>(work: () => Promise<T>, signal = new AbortController().signal): Promise<T> {
    const turn = turns.enter();
    try {
      await turn.wait(signal);
      return await work();
    } finally {
      turn.leave();
    }
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
    async use(work, signal) {
      users += 1;
      const bounded = () => boundSize(directory, maxBytes, work, signal);
      try {
        return await inTurn(() => watchGrowth(() => tidily(() => attempt(bounded))), signal);
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

/**
 * Whether a damaged folder would explain it, or one that is full of what was fetched before: what git cannot explain,
 * and what the file system says of a folder that is not as it was made.
 */
function mayBeOfThePast(error: unknown): boolean {
  return error instanceof RepositoryTooLarge || isUnexplained(error) || (error instanceof Error && 'syscall' in error);
}
