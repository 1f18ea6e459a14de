import { findHostEntry, type HostEntry } from '../network/host-list.js';
import { type PageForm, pageFormOf } from './page-form.js';
import { readPagePath } from './page-path.js';

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
/** Digits and a slash after the colon would be a port, which this form of git's has not. */
const SCP = /^git@(?<host>[A-Za-z0-9.-]+):(?:\/|(?!\d+\/))(?<path>[^/].*)$/;
// oxlint-disable-next-line no-control-regex
const UNWANTED = /[\u0000-\u0020\u007f-\u009f\\]/;

/** What is said of all that is no address of a listed host. */
export const NO_REPOSITORY_URL =
  'This is not the address of a repository. Give one such as https://github.com/owner/repository.';
const HAS_CREDENTIALS =
  'The URL must not hold a user name, password or token: it is stored and shown. ' +
  'Leave them out, and set GITHUB_TOKEN (for github.com) or GIT_TOKENS (for other hosts) where the service runs.';

/**
 * Reads the forms that people paste: a web address with or without scheme, `www.` and `.git`, the page of a folder or
 * file in the form of what serves the host, `git@host:owner/repo.git`, `ssh://`.
 *
 * Returns what is wrong, in words for its user, with a host that is not in `hosts`, with credentials, and with anything
 * that is not a repository's address.
 */
export function readGithubUrl(text: string, hosts: readonly HostEntry[]): GithubUrl | { readonly fault: string } {
  const trimmed = text.trim();
  const url = parseAddress(trimmed);
  if (url && hasCredentials(url)) return { fault: HAS_CREDENTIALS };
  if (!url || trimmed.length > MAX_LENGTH || UNWANTED.test(trimmed) || !isOfGit(url))
    return { fault: NO_REPOSITORY_URL };
  const origin = findOrigin(url, hosts);
  if (!origin) {
    // A single word is more likely the owner, or nonsense; dots alone are a path of this machine.
    const namesHost = /[a-z0-9]/i.test(url.host) && (trimmed.includes('://') || /[.:]/.test(url.host));
    return { fault: namesHost ? notListed(url) : NO_REPOSITORY_URL };
  }
  const form = pageFormOf(origin, hosts);
  const segments = url.pathname.split('/').filter((segment) => segment !== '');
  const page = readPagePath(form, segments.join('/'), url.searchParams.get('at'));
  const path = page?.repository.replace(/\.git$/, '') ?? '';
  if (!page || !isRepositoryPath(path.split('/'), form)) return { fault: notRepository(origin.host) };
  return { url: `${origin.origin}/${path}`, branch: page.branch, folder: page.folder };
}

/** As `readGithubUrl`, for callers to whom it does not matter what is wrong. */
export function parseGithubUrl(text: string, hosts: readonly HostEntry[]): GithubUrl | null {
  const read = readGithubUrl(text, hosts);
  return 'fault' in read ? null : read;
}

function parseAddress(text: string): URL | null {
  const scp = SCP.exec(text)?.groups;
  const address = scp ? `ssh://git@${scp.host}/${scp.path}` : text.replace(/^git\+/i, '');
  return URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`);
}

/** The user name of ssh alone is no credential. */
function hasCredentials({ username, password, protocol }: URL): boolean {
  return password !== '' || (username !== '' && protocol !== 'ssh:');
}

function isOfGit({ protocol, username }: URL): boolean {
  return protocol === 'ssh:' ? ['', 'git'].includes(username) : ['https:', 'http:', 'git:'].includes(protocol);
}

function notListed(url: URL): string {
  const host = (isWeb(url) ? url.host : url.hostname).replace(/^www\./i, '');
  return `${host} is not in GIT_HOSTS, the hosts that may be synced from. Add it there, and start ibid anew.`;
}

function notRepository(host: string): string {
  if (host === 'github.com') return NO_REPOSITORY_URL;
  return (
    `This is not the address of a repository on ${host}. The page of a folder is understood where GIT_HOSTS tells what ` +
    `serves it (${host}=github, or =gitlab, =gitea, =bitbucket); else give branch and folder beside the address.`
  );
}

function findOrigin(url: URL, hosts: readonly HostEntry[]): URL | null {
  for (const name of [url.hostname, url.hostname.replace(/^www\./i, '')]) {
    const found = findListed(url, name, hosts);
    if (found) return found;
  }
  return null;
}

/** Scheme and host as they are stored. The port of ssh or git says nothing about the one that https is served at. */
function findListed(url: URL, name: string, hosts: readonly HostEntry[]): URL | null {
  const port = url.port === '' ? '' : `:${url.port}`;
  const secure = isWeb(url) ? [`https://${name}${port}`] : hostsNamed(name, hosts);
  const candidates = url.protocol === 'http:' ? [`http://${name}${port}`, ...secure] : secure;
  for (const candidate of candidates) {
    const parsed = URL.parse(candidate);
    if (parsed && findHostEntry(hosts, parsed)) return parsed;
  }
  return null;
}

function hostsNamed(name: string, hosts: readonly HostEntry[]): string[] {
  const ports = hosts.filter((entry) => entry.host === name.toLowerCase()).map((entry) => entry.port);
  return ports
    .toSorted((a, b) => (a ?? 0) - (b ?? 0))
    .map((port) => `https://${name}${port === null ? '' : `:${port}`}`);
}

function isWeb({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

function isRepositoryPath(segments: readonly string[], form: PageForm | null): boolean {
  const isOwnerAndName = segments.length === 2 && OWNER.test(segments[0]!);
  return (isOwnerAndName || form !== 'github') && segments.every(isSegment);
}

function isSegment(segment: string): boolean {
  return SEGMENT.test(segment) && segment !== '.' && segment !== '..';
}
