import type { ProjectDoc } from './project-doc.entity.js';

/**
 * Branch and folder as one path: the same wherever the name of the branch ends, which only the first sync of a page
 * tells. It begins with a colon where there is no branch.
 */
export function followedPath({ branch, githubFolderPath }: Pick<ProjectDoc, 'branch' | 'githubFolderPath'>): string {
  return [branch ?? ':', githubFolderPath].filter((part) => part !== null).join('/');
}
