import ipaddr from 'ipaddr.js';

/** One entry of an operator's list of hosts (GIT_HOSTS, LLM_HOSTS): who may be reached, and how. */
export interface HostEntry {
  /** Lower case, without brackets: `github.com`, `127.0.0.1`, `::1`. */
  readonly host: string;
  /** null: the default port of https (or of http, where plain http is allowed). */
  readonly port: number | null;
  /** Whether `http:` may be used; `https:` always may. */
  readonly plainHttp: boolean;
  /** Whether the name may lead into a private network, as `=private` behind it says. Absent: no. */
  readonly mayBePrivate?: boolean;
  /** What serves its web pages, as `=gitlab` behind it says. Absent: as the name lets guess. */
  readonly software?: HostSoftware;
}

/** Whose web pages a git host serves; Forgejo's are Gitea's. */
export const HOST_SOFTWARE = ['github', 'gitlab', 'gitea', 'forgejo', 'bitbucket'] as const;
export type HostSoftware = (typeof HOST_SOFTWARE)[number];

const ENTRY =
  /^(?<scheme>https?:\/\/)?(?<host>\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d{1,5}))?(?<marks>(?:=[a-z]+){0,2})$/;

/**
 * Parses `host`, `host:port` or, where `allowScheme`, `http://host:port`; where `allowPrivate`, `=private` and one of
 * HOST_SOFTWARE (`=gitlab`) may follow, in any order.
 * Plain http is for loopback entries and for those written with `http://`. An address may be written in any form that
 * URLs know (`127.1`, `0x7f000001`): it is kept as `127.0.0.1`. Returns null for anything else.
 */
export function parseHostEntry(text: string, { allowScheme = false, allowPrivate = false } = {}): HostEntry | null {
  const match = ENTRY.exec(text.trim().toLowerCase())?.groups;
  if (!match?.host || (match.scheme && !allowScheme) || (match.marks && !allowPrivate)) return null;
  const marks = parseMarks(match.marks ?? '');
  if (!marks) return null;
  const port = match.port === undefined ? null : Number(match.port);
  if (port !== null && (port < 1 || port > 65535)) return null;
  const url = URL.parse(`https://${match.host}`);
  if (!url) return null;
  const host = unbracketed(url.hostname);
  const plainHttp = match.scheme === 'http://' || isLoopbackHost(host);
  return { host, port, plainHttp, ...marks };
}

/** null where a mark is unknown or contradicts another. */
function parseMarks(text: string): Pick<HostEntry, 'mayBePrivate' | 'software'> | null {
  const marks = text.split('=').slice(1);
  const software = HOST_SOFTWARE.filter((name) => marks.includes(name));
  const isPrivate = marks.includes('private');
  if (software.length + Number(isPrivate) !== marks.length || software.length > 1) return null;
  return { ...(isPrivate && { mayBePrivate: true }), ...(software[0] && { software: software[0] }) };
}

/** Host and port as `URL.host` has them: `git.example.com:8443`, `[::1]:3000`. */
export function nameOfHost({ host, port }: HostEntry): string {
  return (host.includes(':') ? `[${host}]` : host) + (port === null ? '' : `:${port}`);
}

/** The entry that lets `url` be reached, or null: the scheme, the host and the port must all fit. */
export function findHostEntry(entries: readonly HostEntry[], url: URL): HostEntry | null {
  const port = url.port === '' ? null : Number(url.port);
  return (
    entries.find(
      (entry) =>
        entry.host === unbracketed(url.hostname.toLowerCase()) &&
        entry.port === port &&
        (url.protocol === 'https:' || (url.protocol === 'http:' && entry.plainHttp)),
    ) ?? null
  );
}

/** Whether a host name or address, with or without brackets, means this machine. */
export function isLoopbackHost(host: string): boolean {
  const bare = unbracketed(host.toLowerCase());
  return bare === 'localhost' || (ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback');
}

/** Whether an address is outside the public internet: private, loopback, link-local, reserved, also IPv6-mapped. */
export function isPrivateAddress(address: string): boolean {
  const parsed = ipaddr.process(address);
  // Of IPv6 only 2000::/3 is given out; the rest holds, for example, 127.0.0.1 once more, as ::7f00:1.
  return parsed.range() !== 'unicast' || (parsed instanceof ipaddr.IPv6 && parsed.parts[0]! >> 13 !== 1);
}

/** Networks of organisations and machines. Link-local ones are left out: clouds keep their secrets there. */
const INTERNAL_RANGES: readonly string[] = ['private', 'uniqueLocal', 'carrierGradeNat', 'loopback'];

/** Whether an address belongs to an internal network or this machine: what an operator means by "private". */
export function isInternalAddress(address: string): boolean {
  return INTERNAL_RANGES.includes(ipaddr.process(address).range());
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
