import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FailureError } from '../errors.js';
import { openFiles } from './file-source.js';
import type { Git } from './git.js';
import { readObjects } from './object-reader.js';
import type { CheckoutLocation, SourceSnapshot } from './source.js';
import { listTree, readCommit } from './tree-reader.js';

/** See GitSources.openCheckout. */
export async function openCheckout(git: Git, at: CheckoutLocation, signal?: AbortSignal): Promise<SourceSnapshot> {
  const cwd = await realpath(at.path);
  // Without this git would find the repository of a folder above.
  if (!(await stat(join(cwd, '.git')).catch(() => null))) return openFiles({ ...at, path: cwd }, signal);
  // In a container the checkout is often someone else's; nothing of its configuration is run here.
  const options = { cwd, signal, settings: [['safe.directory', cwd]] as const };
  try {
    const commit = await readCommit(git, { ...options, ref: 'HEAD' });
    const entries = await listTree(git, { ...options, commitSha: commit.commitSha, paths: at.include });
    return {
      ...commit,
      entries,
      read: (ids, maxBytes, readSignal) =>
        readObjects(git, { ...options, ids: new Set(ids), maxBytes, signal: readSignal }),
    };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return openFiles({ ...at, path: cwd }, signal);
  }
}
