import ipaddr from 'ipaddr.js';

/** One entry of an operator's list of hosts (GIT_HOSTS, LLM_HOSTS): who may be reached, and how. */
export interface HostEntry {
  /** Lower case, without brackets: `github.com`, `127.0.0.1`, `::1`. */
  readonly host: string;
  /** null: the default port of https (or of http, where plain http is allowed). */
  readonly port: number | null;
  /** Whether `http:` may be used; `https:` always may. */
  readonly plainHttp: boolean;
}

const ENTRY =
  /^(?<scheme>https?:\/\/)?(?<host>\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::(?<port>\d{1,5}))?$/;

/**
 * Parses `host`, `host:port` or, where `allowScheme`, `http://host:port`. Plain http is for loopback entries and for
 * those written with `http://`. Returns null for anything else.
 */
export function parseHostEntry(text: string, { allowScheme = false } = {}): HostEntry | null {
  const match = ENTRY.exec(text.trim().toLowerCase())?.groups;
  if (!match?.host || (match.scheme && !allowScheme)) return null;
  const port = match.port === undefined ? null : Number(match.port);
  if (port !== null && (port < 1 || port > 65535)) return null;
  const host = unbracketed(match.host);
  return { host, port, plainHttp: match.scheme === 'http://' || isLoopbackHost(host) };
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
  return ipaddr.process(address).range() !== 'unicast';
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host;
}
