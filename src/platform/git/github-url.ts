import { findHostEntry, type HostEntry } from '../http/host-list.js';
import { isBranchName } from './branch-name.js';

/** Where a project's documents are: a repository, and what the pasted address said about branch and folder. */
export interface GithubUrl {
  /** Canonical: `https://github.com/owner/repo`, without `.git`; the port is kept where the host's entry has one. */
  readonly url: string;
  readonly branch: string | null;
  readonly folder: string | null;
}

const MAX_LENGTH = 2048;
const OWNER = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const SEGMENT = /^[A-Za-z0-9._~][A-Za-z0-9._~+-]{0,99}$/;
const SCP = /^git@(?<host>[A-Za-z0-9.-]+):(?<path>(?!\d+\/)[^/].*)$/;
// oxlint-disable-next-line no-control-regex
const UNWANTED = /[\u0000-\u0020\u007f-\u009f\\]/;

/**
 * Reads the forms that people paste: a web address with or without scheme, `www.` and `.git`, a page below `tree` or
 * `blob` (`/-/tree` on GitLab), `git@host:owner/repo.git`, `ssh://`. A branch with a slash cannot be told from a folder
 * in such a page: the first segment is taken (a `%2F` in it is understood).
 *
 * Returns null for a host that is not in `hosts`, for credentials, and for anything that is not a repository's address.
 */
export function parseGithubUrl(text: string, hosts: readonly HostEntry[]): GithubUrl | null {
  const trimmed = text.trim();
  if (trimmed.length > MAX_LENGTH || UNWANTED.test(trimmed)) return null;
  const origin = parseOrigin(trimmed, hosts);
  if (!origin) return null;
  const segments = origin.path.split('/').filter((segment) => segment !== '');
  const isGithub = origin.host === 'github.com';
  const page = pageIndex(segments, isGithub);
  const repository = segments.slice(0, page ?? segments.length);
  const last = repository.length - 1;
  if (last >= 0) repository[last] = repository[last]!.replace(/\.git$/, '');
  if (isGithub ? !isOwnerAndName(repository) : repository.length === 0) return null;
  if (!repository.every(isSegment)) return null;
  const below = page === null ? NOTHING : parsePage(segments.slice(isGithub ? page : page + 1));
  return below && { url: `${origin.scheme}//${origin.host}/${repository.join('/')}`, ...below };
}

/** Whether an address holds a password or token: the user name of ssh alone is none. */
export function hasCredentials(text: string): boolean {
  const url = parseAddress(text.trim());
  if (!url) return false;
  return url.password !== '' || (url.username !== '' && url.protocol !== 'ssh:');
}

const NOTHING = { branch: null, folder: null };

function parseAddress(text: string): URL | null {
  const scp = SCP.exec(text)?.groups;
  const address = scp ? `ssh://git@${scp.host}/${scp.path}` : text.replace(/^git\+/i, '');
  return URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`);
}

function parseOrigin(text: string, hosts: readonly HostEntry[]) {
  const url = parseAddress(text);
  if (!url || url.password !== '') return null;
  const isSsh = url.protocol === 'ssh:';
  if (url.username !== '' && !(isSsh && url.username === 'git')) return null;
  if (!isSsh && !['https:', 'http:', 'git:'].includes(url.protocol)) return null;
  for (const name of [url.hostname, url.hostname.replace(/^www\./i, '')]) {
    const found = findListed(url, name, hosts);
    if (found) return { ...found, path: url.pathname };
  }
  return null;
}

/** The scheme and host as they are stored. The port of ssh or git says nothing about the one that https is served at. */
function findListed(url: URL, name: string, hosts: readonly HostEntry[]) {
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
  const port = url.port === '' ? '' : `:${url.port}`;
  const secure = isWeb ? [`https://${name}${port}`] : hostsNamed(name, hosts);
  const candidates = url.protocol === 'http:' ? [`http://${name}${port}`, ...secure] : secure;
  for (const candidate of candidates) {
    const parsed = URL.parse(candidate);
    if (parsed && findHostEntry(hosts, parsed)) return { scheme: parsed.protocol, host: parsed.host };
  }
  return null;
}

function hostsNamed(name: string, hosts: readonly HostEntry[]): string[] {
  const ports = hosts.filter((entry) => entry.host === name.toLowerCase()).map((entry) => entry.port);
  return ports
    .toSorted((a, b) => (a ?? 0) - (b ?? 0))
    .map((port) => `https://${name}${port === null ? '' : `:${port}`}`);
}

/** Where the part of a web page begins that follows the repository: `tree` on GitHub, `-` on GitLab. */
function pageIndex(segments: readonly string[], isGithub: boolean): number | null {
  if (isGithub) return segments.length > 2 ? 2 : null;
  const dash = segments.indexOf('-');
  return dash > 0 ? dash : null;
}

function parsePage([kind, ...rest]: readonly string[]) {
  if ((kind !== 'tree' && kind !== 'blob') || rest.length === 0) return null;
  let names: string[];
  try {
    names = rest.map(decodeURIComponent);
  } catch {
    return null;
  }
  const [branch = '', ...path] = names;
  const folder = (kind === 'blob' ? path.slice(0, -1) : path).join('/');
  if (!isBranchName(branch) || !path.every(isFolderName)) return null;
  return { branch, folder: folder === '' ? null : folder };
}

function isOwnerAndName(segments: readonly string[]): boolean {
  return segments.length === 2 && OWNER.test(segments[0]!);
}

function isSegment(segment: string): boolean {
  return SEGMENT.test(segment) && segment !== '.' && segment !== '..';
}

function isFolderName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return name !== '' && name !== '.' && name !== '..' && !/[\u0000-\u001f\u007f/\\]/.test(name);
}
