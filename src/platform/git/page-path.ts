import { isWantedFile } from '../passages/file-types.js';
import { branchOf, isBranchName } from './branch-name.js';
import type { PageForm } from './page-form.js';

export interface PagePath {
  /** The path of the repository's own address, as it was escaped. */
  readonly repository: string;
  readonly branch: string | null;
  readonly folder: string | null;
}

/** GitHub and GitLab show a branch under its full name, too. */
const TREE_OR_BLOB = '/(?<kind>tree|blob)/(?:refs/heads/)?(?<branch>[^/]+)(?:/(?<path>.+))?$';
const GITEA = /^(?<repository>.+?)\/src\/branch\/(?<branch>[^/]+)(?:\/(?<path>.+))?$/;

/** Pages of a folder or a file. Where they do not say of which of the two, they have no `kind`. */
const PAGES: Record<PageForm | 'unknown', readonly RegExp[]> = {
  github: [new RegExp(`^(?<repository>[^/]+/[^/]+)${TREE_OR_BLOB}`)],
  gitlab: [new RegExp(`^(?<repository>.+?)(?:/-)?${TREE_OR_BLOB}`)],
  gitea: [GITEA],
  forgejo: [GITEA],
  bitbucket: [
    /^(?<repository>[^/]+\/[^/]+)\/src(?:\/(?<branch>[^/]+)(?:\/(?<path>.+))?)?$/,
    /^(?<before>(?:.+\/)?)(?<place>projects|users)\/(?<key>[^/]+)\/repos\/(?<name>[^/]+)(?:\/browse(?:\/(?<path>.+))?)?$/,
  ],
  sourcehut: [/^(?<repository>[^/]+\/[^/]+)\/tree\/(?<branch>.+?)(?:\/item(?:\/(?<path>.+))?)?$/],
  // No repository is called "-".
  unknown: [new RegExp(`^(?<repository>.+?)/-${TREE_OR_BLOB}`)],
};

/** What is a page rather than a repository in groups of that name, whoever serves it. */
const LOOKS_LIKE_A_PAGE = /.\/(?:tree|blob|raw|browse|src\/(?:branch|tag|commit))\/./;

/**
 * Reads the path of a repository's own address, or of the page of a folder or file in it; a file stands for its folder.
 * Most pages do not tell where a branch with a slash ends: the first segment is taken (a `%2F` in it is understood),
 * until openSource asks the repository. Returns null for what is no branch or folder, and for pages of an unknown form.
 * @param path without slashes at its ends, escaped as it came
 * @param at the parameter of that name, where Bitbucket has the branch
 */
export function readPagePath(form: PageForm | null, path: string, at: string | null): PagePath | null {
  const patterns = PAGES[form ?? 'unknown'];
  const page = patterns.map((pattern) => pattern.exec(path)?.groups).find((groups) => groups !== undefined);
  if (page) return readPage(page, form === 'bitbucket' ? at : null);
  if (LOOKS_LIKE_A_PAGE.test(path) && !path.endsWith('.git')) return null;
  return { repository: path, branch: null, folder: null };
}

function readPage(page: Record<string, string | undefined>, at: string | null): PagePath | null {
  let names: string[];
  let branch: string | null;
  try {
    const named = at ?? (page.branch === undefined ? null : decodeURIComponent(page.branch));
    branch = named && (branchOf(named) ?? named);
    names = page.path?.split('/').map(decodeURIComponent) ?? [];
  } catch {
    return null;
  }
  if (branch !== null && (!isBranchName(branch) || branch.startsWith('refs/'))) return null;
  if (!names.every(isFolderName)) return null;
  const isFile = page.kind ? page.kind === 'blob' : isWantedFile(names.at(-1) ?? '');
  const folder = (isFile ? names.slice(0, -1) : names).join('/');
  return { repository: page.repository ?? cloneAddress(page), branch, folder: folder === '' ? null : folder };
}

/** A Bitbucket server of one's own shows a repository at another address than it clones it from. */
function cloneAddress({ before, place, key, name }: Record<string, string | undefined>): string {
  return `${before}scm/${place === 'users' ? '~' : ''}${key}/${name}`;
}

/** Whether a folder that is followed may be called so. */
export function isFolderName(name: string): boolean {
  return !['', '.', '..'].includes(name) && !/[\p{Cc}/\\]/u.test(name);
}
