import type { Git, GitOptions } from './git.js';
import type { SourceEntry } from './source.js';
import { parseTree } from './tree-entries.js';

/** The commit that `ref` names, and when it was committed. */
export async function readCommit(git: Git, { ref, ...options }: GitOptions & { ref: string }) {
  const output = await git.run(
    ['log', '-1', '--no-show-signature', '--format=%H %ct', '--end-of-options', ref, '--'],
    options,
  );
  const [commitSha = '', seconds] = output.toString().trim().split(' ');
  return { commitSha, commitDate: new Date(Number(seconds) * 1000) };
}

/** Everything below `paths` (none: everything) at a commit. */
export async function listTree(
  git: Git,
  { commitSha, paths, ...options }: GitOptions & { commitSha: string; paths: readonly string[] },
): Promise<SourceEntry[]> {
  return parseTree(await git.run(['ls-tree', '-r', '-z', '--full-tree', commitSha, '--', ...paths], options));
}
