import type { Git, GitOptions } from './git.js';
import type { SourceEntry } from './source.js';
import { parseTree } from './tree-entries.js';

/** Of the year 9999: later ones no DateTime can tell. */
const LAST_SECOND = 253_402_300_799;

/** The commit that `ref` names, its parents, and when it was committed; at the earliest at the beginning of 1970. */
export async function readCommit(git: Git, { ref, ...options }: GitOptions & { ref: string }) {
  const output = await git.run(
    ['log', '-1', '--no-show-signature', '--format=raw', '--end-of-options', ref, '--'],
    options,
  );
  // The lines of the message are indented.
  const head = output.toString('latin1');
  const [, commitSha = ''] = /^commit (\w+)/.exec(head) ?? [];
  const [, seconds = 0] = /^committer .*> (-?\d+) /m.exec(head) ?? [];
  const parentShas = Array.from(head.matchAll(/^parent (\w+)/gm), ([, sha = '']) => sha);
  const commitDate = new Date(Math.min(Math.max(Number(seconds), 0), LAST_SECOND) * 1000);
  return { commitSha, parentShas, commitDate };
}

/** Everything below `paths` (none: everything) at a commit. */
export async function listTree(
  git: Git,
  { commitSha, paths, ...options }: GitOptions & { commitSha: string; paths: readonly string[] },
): Promise<SourceEntry[]> {
  return parseTree(await git.run(['ls-tree', '-r', '-z', '--full-tree', commitSha, '--', ...paths], options));
}
