import type { HostEntry } from '../network/host-list.js';
import { openCheckout } from './checkout-source.js';
import { createGit } from './git.js';
import type { ResolveHost } from './host-address.js';
import { findBranch, readHead, type HeadLocation, type PathLocation } from './remote-head.js';
import { openRemote } from './remote-source.js';
import { createRepositoryCaches } from './repository-cache.js';

export interface SourceEntry {
  /** From the repository's root; null where it is not UTF-8. */
  readonly path: string | null;
  /** Always printable: escaped where the path is not UTF-8 or holds controls. */
  readonly displayPath: string;
  readonly kind: 'file' | 'symlink' | 'submodule';
  /** For a submodule its commit. */
  readonly blobSha: string;
}

export interface SourceBlob {
  readonly blobSha: string;
  /** In bytes. */
  readonly size: number;
  /** null: larger than was asked for. */
  readonly content: Buffer | null;
}

/** A repository, or a folder of it, at one commit. */
export interface SourceSnapshot {
  /** 40 zeros where the files are not in git. */
  readonly commitSha: string;
  /** The commits that it was made from. */
  readonly parentShas: readonly string[];
  readonly commitDate: Date;
  readonly entries: readonly SourceEntry[];
  /**
   * The contents of files and symlinks, each once, in the order asked for. All that are missing are fetched in one
   * request; then one is in memory at a time.
   * @throws FailureError when the host fails or no longer has them; the signal's reason when aborted.
   */
  read(blobShas: readonly string[], maxBytes: number, signal?: AbortSignal): AsyncIterable<SourceBlob>;
}

export interface RemoteLocation {
  /** As parseGithubUrl gives it. */
  readonly url: string;
  /** null: the one that the repository's HEAD names. */
  readonly branch: string | null;
  /** null: the whole repository. */
  readonly folder: string | null;
}

export interface CheckoutLocation {
  readonly path: string;
  /** Files and folders below it, e.g. `['README.md', 'docs']`. Those that do not exist are left out. */
  readonly include: readonly string[];
}

export interface GitSources {
  /**
   * The present state of a repository on a git host.
   * @throws FailureError SOURCE_NOT_FOUND when the repository, the branch or the folder is missing, LIMIT_EXCEEDED when
   * it is too large, and others as the host's answer suggests; the signal's reason when aborted.
   */
  openRemote(at: RemoteLocation, signal?: AbortSignal): Promise<SourceSnapshot>;
  /**
   * The commit of a branch, or of HEAD, without fetching anything.
   * @throws FailureError as openRemote does; the signal's reason when aborted.
   */
  readHead(at: HeadLocation, signal?: AbortSignal): Promise<string>;
  /**
   * The longest branch that a path begins with, without fetching anything; null: there is none.
   * @throws FailureError as openRemote does; the signal's reason when aborted.
   */
  findBranch(at: PathLocation, signal?: AbortSignal): Promise<string | null>;
  /** A local checkout at its HEAD, or, where it is not one or has no commit, the files themselves. */
  openCheckout(at: CheckoutLocation, signal?: AbortSignal): Promise<SourceSnapshot>;
  /** Gives the folder of the caches back. Nothing may be open. */
  stop(): Promise<void>;
}

export interface GitSourcesOptions {
  /** Each process takes a folder of its own below it. Its contents can be deleted while none runs. */
  readonly cacheDir: string;
  /** What the caches of this process may take on disk; the least recently used go first. Default: no limit. */
  readonly maxCacheBytes?: number;
  /** What one of them may take while it is in use: a fetch that would bring more is stopped. Default: no limit. */
  readonly maxRepositoryBytes?: number;
  readonly hosts: readonly HostEntry[];
  /** The token, or `user:token`, for `host` or `host:port`, or null. */
  readonly token?: (host: string) => string | null;
  /** Where the git program is looked for, as PATH is written. Default: the usual places. */
  readonly searchPath?: string;
  /** For tests. Default: the system's resolver. */
  readonly resolve?: ResolveHost;
  /** For each request before git's own; set by tests. Default: 10 seconds. */
  readonly hopTimeoutMs?: number;
  /** For each fetch; set by tests. Default: 10 minutes. */
  readonly fetchTimeoutMs?: number;
}

export function createGitSources(options: GitSourcesOptions): GitSources {
  const git = createGit({ searchPath: options.searchPath });
  const { cacheDir, maxCacheBytes = Infinity, maxRepositoryBytes = Infinity } = options;
  const caches = createRepositoryCaches({ cacheDir, git, maxBytes: maxCacheBytes, maxRepositoryBytes });
  return {
    openRemote: async (at, signal) => openRemote({ ...options, git, cache: await caches.of(at.url) }, at, signal),
    readHead: (at, signal) => readHead({ ...options, git }, at, signal),
    findBranch: (at, signal) => findBranch({ ...options, git }, at, signal),
    openCheckout: (at, signal) => openCheckout(git, at, signal),
    stop: () => caches.stop(),
  };
}
