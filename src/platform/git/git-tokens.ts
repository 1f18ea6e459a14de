import { isSecret, Wrong } from '../environment.js';
import { nameOfHost, parseHostEntry, type HostEntry } from '../network/host-list.js';

/** What opens the private repositories of one host. */
export interface GitToken {
  /** As `URL.host` has it: with the port, where the entry of GIT_HOSTS has one. */
  readonly host: string;
  /** `token`, or `user:token` where the host wants a user name of its own. */
  readonly token: string;
}

/** What hosts that look at the token alone are given as user name; GitHub asks for this one. */
const DEFAULT_USER = 'x-access-token';

/**
 * Reads GIT_TOKENS: `host=token`, `host:port=token` or `host=user:token`, by comma. Each host must be one of `hosts`
 * (null: that is not known), each at most once. A fault names an entry by its number: any part of it may be the token.
 */
export function gitTokens(hosts: readonly HostEntry[] | null) {
  return (text: string): GitToken[] => {
    const found: GitToken[] = [];
    for (const [index, entry] of text.split(',').entries()) {
      if (entry.trim() === '') continue;
      const wrong = (what: string) => new Wrong(`is not right in entry ${index + 1} (not shown): ${what}.`);
      const [, name = '', token = ''] = /^([^=]*)=(.*)$/s.exec(entry.trim()) ?? [];
      const parsed = parseHostEntry(name);
      if (!parsed || !isSecret(token)) throw wrong('it must be host=token, host:port=token or host=user:token');
      const host = nameOfHost(parsed);
      if (host === 'github.com') throw wrong('the token for github.com belongs in GITHUB_TOKEN');
      if (hosts && !hosts.some((one) => nameOfHost(one) === host))
        throw wrong('its host is not an entry of GIT_HOSTS, where the port counts too');
      if (found.some((one) => one.host === host)) throw wrong('its host has a token already');
      found.push({ host, token });
    }
    return found;
  };
}

/** The token for a host as `URL.host` has it, or null. */
export function findToken(tokens: readonly GitToken[], githubToken: string | null, host: string): string | null {
  if (host === 'github.com') return githubToken;
  return tokens.find((one) => one.host === host)?.token ?? null;
}

/** The variable that the token for a host is read from: what to check when it is refused. */
export function tokenVariable(host: string): string {
  return host === 'github.com' ? 'GITHUB_TOKEN' : 'GIT_TOKENS';
}

/** The value of an Authorization header. */
export function authorizationOf(token: string): string {
  const credentials = token.includes(':') ? token : `${DEFAULT_USER}:${token}`;
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
