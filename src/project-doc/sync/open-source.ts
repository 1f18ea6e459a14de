import type { Services } from '../../context.js';
import { FailureCode, FailureError } from '../../platform/errors.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import { followedPath } from '../followed-path.js';
import { type ProjectDoc, SourceKind } from '../project-doc.entity.js';

type Source = Pick<ProjectDoc, 'sourceKind' | 'githubUrl' | 'branch' | 'githubFolderPath' | 'lastGithubCommitSha'>;

/** Where files are: not always where a ProjectDoc says before its first sync. */
type Place = Pick<ProjectDoc, 'branch' | 'githubFolderPath'>;

/**
 * The page of a folder does not tell where the name of its branch ends. Where a ProjectDoc that was never synced leads
 * nowhere, the repository is asked.
 * @throws FailureError when the repository, its branch or its folder cannot be had
 */
export async function openSource(
  { git, checkout }: Pick<Services, 'git' | 'checkout'>,
  { sourceKind, githubUrl: url, branch, githubFolderPath, lastGithubCommitSha }: Source,
  signal: AbortSignal,
): Promise<Place & { snapshot: SourceSnapshot }> {
  const stored: Place = { branch, githubFolderPath };
  if (sourceKind === SourceKind.CHECKOUT) return { ...stored, snapshot: await git.openCheckout(checkout, signal) };
  const open = async (at: Place) => {
    const snapshot = await git.openRemote({ url, branch: at.branch, folder: at.githubFolderPath }, signal);
    return { ...at, snapshot };
  };
  try {
    return await open(stored);
  } catch (error) {
    const isMissing = error instanceof FailureError && error.code === FailureCode.SOURCE_NOT_FOUND;
    if (!isMissing || branch === null || githubFolderPath === null || lastGithubCommitSha !== null) throw error;
    const path = followedPath(stored);
    const found = await git.findBranch({ url, path }, signal);
    // A page gives the first part of a name, so a shorter one is another branch.
    if (found === null || found.length <= branch.length) throw error;
    return open({ branch: found, githubFolderPath: path.slice(found.length + 1) || null });
  }
}
