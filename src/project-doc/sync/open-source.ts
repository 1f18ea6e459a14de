import type { Services } from '../../context.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import { type ProjectDoc, SourceKind } from '../project-doc.entity.js';

/** @throws FailureError when the repository, its branch or its folder cannot be had */
export function openSource(
  { git, checkout }: Pick<Services, 'git' | 'checkout'>,
  projectDoc: Pick<ProjectDoc, 'sourceKind' | 'githubUrl' | 'branch' | 'githubFolderPath'>,
  signal: AbortSignal,
): Promise<SourceSnapshot> {
  const { githubUrl: url, branch, githubFolderPath: folder } = projectDoc;
  return projectDoc.sourceKind === SourceKind.CHECKOUT
    ? git.openCheckout(checkout, signal)
    : git.openRemote({ url, branch, folder }, signal);
}
