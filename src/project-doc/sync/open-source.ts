import type { Services } from '../../context.js';
import { FailureCode, FailureError } from '../../platform/errors.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import { type ProjectDoc, SourceKind } from '../project-doc.entity.js';

type Source = Pick<ProjectDoc, 'sourceKind' | 'githubUrl' | 'branch' | 'githubFolderPath' | 'lastGithubCommitSha'>;

/** Where files were found: not always where the ProjectDoc says. */
export interface OpenedSource extends Pick<ProjectDoc, 'branch' | 'githubFolderPath'> {
  readonly snapshot: SourceSnapshot;
}

/**
 * The page of a folder does not tell where the name of its branch ends: where a ProjectDoc that was never synced leads nowhere, the
 * repository tells it.
 * @throws FailureError when the repository, its branch or its folder cannot be had
 */
export async function openSource(
  { git, checkout }: Pick<Services, 'git' | 'checkout'>,
  projectDoc: Source,
  signal: AbortSignal,
): Promise<OpenedSource> {
  const { sourceKind, githubUrl: url, branch, githubFolderPath: folder, lastGithubCommitSha } = projectDoc;
  const open = async (at: { branch: string | null; folder: string | null }): Promise<OpenedSource> => ({
    snapshot:
      sourceKind === SourceKind.CHECKOUT
        ? await git.openCheckout(checkout, signal)
        : await git.openRemote({ url, ...at }, signal),
    branch: at.branch,
    githubFolderPath: at.folder,
  });
  try {
    return await open({ branch, folder });
  } catch (error) {
    const isMissing = error instanceof FailureError && error.code === FailureCode.SOURCE_NOT_FOUND;
    if (!isMissing || branch === null || folder === null || lastGithubCommitSha !== null) throw error;
    const path = `${branch}/${folder}`;
    const found = await git.findBranch({ url, path }, signal);
    if (found === null || found === branch) throw error;
    return open({ branch: found, folder: path.slice(found.length + 1) || null });
  }
}
