import { createHash } from 'node:crypto';
import { refOf } from './branch-name.js';
import type { RemoteAccess } from './git-environment.js';
import { isHeldBack, isMissingRef, isUnexplained } from './git-failure.js';
import { noBranch, sourceNotFound } from './host-failure.js';
import type { Git } from './git.js';
import { readObjects } from './object-reader.js';
import { locateRepository, type LocateOptions } from './redirects.js';
import type { RepositoryCache } from './repository-cache.js';
import type { RemoteLocation, SourceBlob, SourceSnapshot } from './source.js';
import { listTree, readCommit } from './tree-reader.js';

interface RemoteContext extends Omit<LocateOptions, 'signal'> {
  readonly git: Git;
  readonly cache: RepositoryCache;
  readonly fetchTimeoutMs?: number;
}

const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--no-recurse-submodules',
];
const WITHOUT_CONTENTS = ['--filter=blob:none'];
/** Also of the commit that is here. */
const WITH_CONTENTS = ['--no-filter', '--refetch'];

/** A damaged cache is read a second time; a third when another reader began it anew in the middle of that. */
const MAX_READS = 3;

/** See GitSources.openRemote. Commits and trees come at once, contents only when they are read. */
export async function openRemote(
  context: RemoteContext,
  at: RemoteLocation,
  signal?: AbortSignal,
): Promise<SourceSnapshot> {
  const remote = await locateRepository(at.url, { ...context, signal });
  const { git, cache } = context;
  const cwd = cache.directory;
  const tree = await cache.use(async (useSignal) => {
    const ref = await fetchBranch(context, remote, at, WITHOUT_CONTENTS, useSignal);
    const commit = await readCommit(git, { cwd, ref, signal: useSignal });
    const entries = await listTree(git, {
      cwd,
      commitSha: commit.commitSha,
      paths: at.folder === null ? [] : [`${at.folder}/`],
      signal: useSignal,
    });
    return { ...commit, entries };
  }, signal);
  if (at.folder !== null && tree.entries.length === 0)
    throw sourceNotFound(`There is no folder "${at.folder}" in the repository.`);
  return {
    ...tree,
    read: (blobShas, maxBytes, readSignal) => readRemote(context, remote, at, blobShas, maxBytes, readSignal),
  };
}

/** Keeps what was fetched under a ref, so that the next fetch needs only the difference. */
async function fetchBranch(
  { git, cache, fetchTimeoutMs }: RemoteContext,
  remote: RemoteAccess,
  { branch }: RemoteLocation,
  how: readonly string[],
  signal?: AbortSignal,
) {
  const source = refOf(branch);
  // A hash: the branches `a` and, later, `a/b` could not both be refs here.
  const ref = `refs/ibid/${createHash('sha256').update(source).digest('hex')}`;
  try {
    const args = [...FETCH, ...how, '--depth=1', '--end-of-options', 'origin', `+${source}:${ref}`];
    await git.run(args, { cwd: cache.directory, remote, signal, timeoutMs: fetchTimeoutMs });
    return ref;
  } catch (error) {
    throw isMissingRef(error) ? noBranch(branch, { cause: error }) : error;
  }
}

async function* readRemote(
  context: RemoteContext,
  remote: RemoteAccess,
  at: RemoteLocation,
  blobShas: readonly string[],
  maxBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<SourceBlob> {
  const { git, cache } = context;
  const wanted = new Set(blobShas);
  const release = cache.hold();
  try {
    for (let attempt = 1; wanted.size > 0; attempt += 1) {
      const generation = await cache.use(async (useSignal) => {
        await fetchMissing(context, remote, at, wanted, useSignal);
        return cache.generation;
      }, signal);
      try {
        for await (const blob of readObjects(git, { cwd: cache.directory, ids: wanted, maxBytes, signal })) {
          wanted.delete(blob.blobSha);
          yield blob;
        }
      } catch (error) {
        if (attempt === MAX_READS || !isUnexplained(error)) throw error;
        await cache.clear(generation);
      }
    }
  } finally {
    await release();
  }
}

async function fetchMissing(
  context: RemoteContext,
  remote: RemoteAccess,
  at: RemoteLocation,
  wanted: ReadonlySet<string>,
  signal?: AbortSignal,
) {
  const { git, cache, fetchTimeoutMs } = context;
  const absent = await findAbsent(context, wanted, signal);
  if (absent.size === 0) return;
  const options = { cwd: cache.directory, remote, signal, timeoutMs: fetchTimeoutMs };
  const input = Array.from(absent, (id) => `${id}\n`);
  // Negotiation tells the host what is here: for single blobs that is of no use to it.
  const settings = [['fetch.negotiationAlgorithm', 'noop']] as const;
  try {
    await git.run([...FETCH, ...WITHOUT_CONTENTS, '--stdin', 'origin'], { ...options, input, settings });
  } catch (error) {
    if (!isHeldBack(error)) throw error;
    await fetchBranch(context, remote, at, WITH_CONTENTS, signal);
    if ((await findAbsent(context, wanted, signal)).size > 0) throw error;
  }
}

async function findAbsent(
  { git, cache }: RemoteContext,
  wanted: ReadonlySet<string>,
  signal?: AbortSignal,
): Promise<Set<string>> {
  const args = ['cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objectname)'];
  const present = await git.run(args, { cwd: cache.directory, signal });
  const absent = new Set(wanted);
  for (const id of present.toString('latin1').split('\n')) absent.delete(id);
  return absent;
}
