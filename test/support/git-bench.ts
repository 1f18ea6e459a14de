import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createGitSources,
  type GitSources,
  type GitSourcesOptions,
  type RemoteLocation,
  type SourceBlob,
  type SourceSnapshot,
} from '../../src/platform/git/source.js';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import { startGitHost, type GitHost } from './git-host.js';

export const MIB = 1024 * 1024;

export interface GitBench {
  readonly host: GitHost;
  /** Temporary; holds cacheDir and whatever else a test needs. */
  readonly directory: string;
  readonly cacheDir: string;
  /** Sources that may reach the host and nothing else, with a folder of caches of their own. */
  sources(options?: Partial<GitSourcesOptions>): GitSources;
  at(name: string, where?: Partial<Omit<RemoteLocation, 'url'>>): RemoteLocation;
  /** The folder in which the process with this number (default: the first) keeps a repository. */
  cacheOf(name: string, number?: number): string;
  /** How many times git asked the host for anything but its capabilities. */
  transfers(): number;
  remove(): Promise<void>;
}

/** A git host and a folder for caches. */
export async function createGitBench(): Promise<GitBench> {
  const host = await startGitHost();
  const directory = await mkdtemp(join(tmpdir(), 'ibid-git-'));
  const cacheDir = join(directory, 'cache');
  const made: GitSources[] = [];
  return {
    host,
    directory,
    cacheDir,
    sources(options) {
      const sources = createGitSources({ cacheDir, hosts: [parseHostEntry(host.hostEntry)!], ...options });
      made.push(sources);
      return sources;
    },
    at: (name, { branch = null, folder = null } = {}) => ({ url: host.url(name), branch, folder }),
    cacheOf: (name, number = 0) => cacheOf(cacheDir, host.url(name), number),
    transfers: () => host.requests.filter(({ method }) => method === 'POST').length,
    async remove() {
      await Promise.all(made.map((sources) => sources.stop()));
      await host.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Where the repository with this address is kept below the folder of all caches. */
export function cacheOf(cacheDir: string, url: string, number = 0): string {
  return join(cacheDir, String(number), createHash('sha256').update(url).digest('hex'));
}

/** Every content of a snapshot, by its id. */
export async function readAll(snapshot: SourceSnapshot, maxBytes = MIB): Promise<Map<string, SourceBlob>> {
  const ids = snapshot.entries.filter(({ kind }) => kind !== 'submodule').map(({ blobSha }) => blobSha);
  const blobs = new Map<string, SourceBlob>();
  for await (const blob of snapshot.read(ids, maxBytes)) blobs.set(blob.blobSha, blob);
  return blobs;
}

export async function readText(snapshot: SourceSnapshot, path: string): Promise<string | undefined> {
  const blobs = await readAll(snapshot);
  const entry = snapshot.entries.find((one) => one.path === path);
  return entry && blobs.get(entry.blobSha)?.content?.toString();
}

export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
