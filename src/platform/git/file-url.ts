import type { HostEntry } from '../network/host-list.js';
import { type PageForm, pageFormOf } from './page-form.js';

export interface FileLocation {
  /** The repository, as parseGithubUrl gives it. */
  readonly url: string;
  readonly commitSha: string;
  /** From the repository's root, unescaped. */
  readonly path: string;
  /** From 1. */
  readonly startLine?: number;
  /** From 1, inclusive; default: startLine. */
  readonly endLine?: number;
}

type Form = (page: { url: URL; sha: string; path: string; start?: number; end?: number }) => string;

/**
 * What follows the repository's address, with the one line or the first and last of several. GitHub, GitLab and Gitea
 * render Markdown, which then has no lines to lead to, unless they are asked for the source.
 */
const FORMS: Record<PageForm | 'other', Form> = {
  github: ({ url, sha, path, ...lines }) => `${url}/blob/${sha}/${path}${anchor(lines, '?plain=1#L', '-L')}`,
  gitlab: ({ url, sha, path, ...lines }) => `${url}/-/blob/${sha}/${path}${anchor(lines, '?plain=1#L', '-')}`,
  gitea: ({ url, sha, path, ...lines }) =>
    `${url}/src/commit/${sha}/${path}${anchor(lines, '?display=source#L', '-L')}`,
  forgejo: (page) => FORMS.gitea(page),
  bitbucket({ url, sha, path, ...lines }) {
    // A server of one's own clones from /scm/KEY/name and shows it elsewhere.
    const [, before, owner, name] = /^(.*)\/scm\/([^/]+)\/([^/]+)$/.exec(url.pathname) ?? [];
    if (owner === undefined) return `${url}/src/${sha}/${path}${anchor(lines, '#lines-', ':')}`;
    const place = owner.startsWith('~') ? `users/${owner.slice(1)}` : `projects/${owner}`;
    return `${url.origin}${before}/${place}/repos/${name}/browse/${path}?at=${sha}${anchor(lines, '#', '-')}`;
  },
  sourcehut: ({ url, sha, path, ...lines }) => `${url}/tree/${sha}/item/${path}${anchor(lines, '#L', '-')}`,
  other: ({ url, sha, path, ...lines }) => `${url}/blob/${sha}/${path}${anchor(lines, '#L', '-L')}`,
};

/**
 * The address of a file's page, pinned to its commit, in the form of what serves it: `=gitlab` and the like behind the
 * host's entry in `hosts`, else what the host's name lets guess, else what most understand:
 * `https://git.example/o/r/blob/<sha>/<path>#L3-L9`.
 */
export function fileUrl(
  { url: repository, commitSha, path, startLine, endLine = startLine }: FileLocation,
  hosts: readonly HostEntry[] = [],
): string {
  const url = new URL(repository);
  const form = FORMS[pageFormOf(url, hosts) ?? 'other'];
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  return form({ url, sha: commitSha, path: escaped, start: startLine, end: endLine });
}

function anchor({ start, end }: { start?: number; end?: number }, mark: string, to: string): string {
  if (start === undefined) return '';
  return start === end ? `${mark}${start}` : `${mark}${start}${to}${end}`;
}
