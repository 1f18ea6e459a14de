/** A repository as git may reach it: the final address, where redirects and names are resolved and checked already. */
export interface RemoteAccess {
  readonly url: string;
  /** What the host's name was resolved to and checked as; empty where the host is an address itself. */
  readonly addresses: readonly string[];
  /** The value of an Authorization header for this origin, or null. */
  readonly authorization: string | null;
}

/** Places where git is installed on the systems that the service runs on. */
const DEFAULT_SEARCH_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin:/run/current-system/sw/bin';

type Setting = readonly [key: string, value: string];

/** No helper, hook, monitor or maintenance of anyone's choosing runs, and a stalled transfer ends after 30 s. */
const SETTINGS: readonly Setting[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  ['credential.helper', ''],
  ['filter.lfs.process', ''],
  ['filter.lfs.smudge', ''],
  ['filter.lfs.required', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['fetch.writeCommitGraph', 'false'],
  ['protocol.version', '2'],
  ['http.followRedirects', 'false'],
  ['http.lowSpeedLimit', '1'],
  ['http.lowSpeedTime', '30'],
];

/**
 * The whole environment of a git process: nothing of the service's own is inherited. Without `remote` no transport is
 * allowed at all, so that a missing object can never turn into a request. The token travels here and not in the
 * arguments, which every user of the machine can list.
 */
export function gitEnvironment({
  searchPath = DEFAULT_SEARCH_PATH,
  remote = null,
  settings = [],
}: {
  searchPath?: string;
  remote?: RemoteAccess | null;
  settings?: readonly Setting[];
}): Record<string, string> {
  const all = [...SETTINGS, ...(remote ? remoteSettings(remote) : []), ...settings];
  return {
    PATH: searchPath,
    // libcurl would read ~/.netrc, also of the home that the password file names.
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: remote ? new URL(remote.url).protocol.slice(0, -1) : 'none',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_CONFIG_COUNT: String(all.length),
    ...Object.fromEntries(all.map(([key], index) => [`GIT_CONFIG_KEY_${index}`, key])),
    ...Object.fromEntries(all.map(([, value], index) => [`GIT_CONFIG_VALUE_${index}`, value])),
  };
}

function remoteSettings({ url, addresses, authorization }: RemoteAccess): Setting[] {
  const { origin, hostname, port, protocol } = new URL(url);
  const settings: Setting[] = [['remote.origin.url', url]];
  if (authorization !== null) settings.push([`http.${origin}.extraHeader`, `Authorization: ${authorization}`]);
  if (addresses.length > 0) {
    const pinned = addresses.map((address) => (address.includes(':') ? `[${address}]` : address)).join(',');
    settings.push(['http.curloptResolve', `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}:${pinned}`]);
  }
  return settings;
}
