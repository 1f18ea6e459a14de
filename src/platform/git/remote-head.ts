import { FailureCode, FailureError } from '../errors.js';
import type { Git } from './git.js';
import { locateRepository, type LocateOptions } from './redirects.js';
import type { RemoteLocation } from './source.js';

export type HeadLocation = Pick<RemoteLocation, 'url' | 'branch'>;

export interface HeadContext extends Omit<LocateOptions, 'signal'> {
  readonly git: Git;
}

/** See GitSources.readHead. By the same checks, addresses and tokens as fetching. */
export async function readHead(
  context: HeadContext,
  { url, branch }: HeadLocation,
  signal?: AbortSignal,
): Promise<string> {
  const remote = await locateRepository(url, { ...context, signal });
  const ref = branch === null ? 'HEAD' : `refs/heads/${branch}`;
  // Of heads alone the host sends less than of all refs, but HEAD is not one of them.
  const kind = branch === null ? [] : ['--heads'];
  // It needs no repository here, and must not find one in the folders above: that one's settings would count.
  const args = ['--git-dir=/nonexistent', 'ls-remote', '--quiet', ...kind, '--', 'origin', ref];
  const output = (await context.git.run(args, { cwd: '/', remote, signal })).toString('utf8');
  // git takes `ref` for the end of a name.
  const line = output.split('\n').find((each) => each.endsWith(`\t${ref}`));
  if (line) return line.slice(0, line.indexOf('\t'));
  throw new FailureError(
    FailureCode.SOURCE_NOT_FOUND,
    branch === null
      ? 'The repository has no commits on its default branch yet.'
      : `There is no branch "${branch}" in the repository.`,
    false,
  );
}
