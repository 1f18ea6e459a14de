import { isBranchName, refOf } from './branch-name.js';
import type { Git } from './git.js';
import { noBranch } from './host-failure.js';
import { locateRepository, type LocateOptions } from './redirects.js';
import type { RemoteLocation } from './source.js';

export type HeadLocation = Pick<RemoteLocation, 'url' | 'branch'>;

/** A branch and a folder of it, of which it is not known where the one ends: `release/2.0/docs`. */
export interface PathLocation {
  readonly url: string;
  readonly path: string;
}

export interface HeadContext extends Omit<LocateOptions, 'signal'> {
  readonly git: Git;
}

/** See GitSources.readHead. By the same checks, addresses and tokens as fetching. */
export async function readHead(
  context: HeadContext,
  { url, branch }: HeadLocation,
  signal?: AbortSignal,
): Promise<string> {
  const ref = refOf(branch);
  const commitSha = (await listRefs(context, url, [ref], signal)).get(ref);
  if (commitSha) return commitSha;
  throw noBranch(branch);
}

/** See GitSources.findBranch. */
export async function findBranch(
  context: HeadContext,
  { url, path }: PathLocation,
  signal?: AbortSignal,
): Promise<string | null> {
  const parts = path.split('/');
  const names = parts.map((_, index) => parts.slice(0, index + 1).join('/')).filter(isBranchName);
  const refs = await listRefs(context, url, names.map(refOf), signal);
  return names.findLast((name) => refs.has(refOf(name))) ?? null;
}

/** Those of `refs`, HEAD or branches, that the repository has, with their commits. */
async function listRefs(context: HeadContext, url: string, refs: readonly string[], signal?: AbortSignal) {
  const remote = await locateRepository(url, { ...context, signal });
  // Of heads alone the host sends less than of all refs, but HEAD is not one of them.
  const kind = refs.includes('HEAD') ? [] : ['--heads'];
  // It needs no repository here, and must not find one in the folders above: that one's settings would count.
  const args = ['--git-dir=/nonexistent', 'ls-remote', '--quiet', ...kind, '--', 'origin', ...refs];
  const output = (await context.git.run(args, { cwd: '/', remote, signal })).toString('utf8');
  const lines = output.split('\n').map((line) => line.split('\t') as [sha: string, ref: string]);
  // git takes each for a pattern, and for the end of a name.
  return new Map(lines.filter(([, ref]) => refs.includes(ref)).map(([sha, ref]) => [ref, sha]));
}
