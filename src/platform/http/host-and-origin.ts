import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from '../logger.js';

export interface HostAndOriginRules {
  /** Hosts besides loopback, as `host` (any port) or `host:port`. */
  readonly allowedHosts: readonly string[];
  /** Origins besides the service's own, as `scheme://host[:port]`. */
  readonly corsOrigins: readonly string[];
}

const HOST = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(?<port>\d{1,5}))?$/;
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Why a request must not be served, or null. */
export type RefuseHostOrOrigin = (headers: IncomingHttpHeaders) => string | null;

/** The log is told the same once in this time, and so many different ones at most: anybody may send anything. */
const QUIET_MS = 60_000;
const TOLD_AT_MOST = 20;
const MAX_TOLD_LENGTH = 200;

/** A service's check. It logs what it refuses, since browsers hide the reason from the page and its developer. */
export function createHostAndOriginCheck(rules: HostAndOriginRules, logger: Logger): RefuseHostOrOrigin {
  let told = new Set<string>();
  let quietUntil = 0;

  return (headers) => {
    const reason = refuseHostOrOrigin(headers, rules);
    if (reason !== null) tell(reason, headers);
    return reason;
  };

  function tell(reason: string, headers: IncomingHttpHeaders): void {
    const [host, origin] = [headers.host, headers.origin].map((value) => value?.slice(0, MAX_TOLD_LENGTH));
    if (Date.now() >= quietUntil) [told, quietUntil] = [new Set(), Date.now() + QUIET_MS];
    const key = JSON.stringify([reason, host, origin]);
    if (told.has(key) || told.size >= TOLD_AT_MOST) return;
    told.add(key);
    logger.info({ reason, host, origin }, 'a request was refused');
  }
}

/**
 * Why a request must not be served, or null. A service on loopback can be reached by every page that its user opens: by
 * a name that rebinds to 127.0.0.1, which the Host header gives away, or directly, which the Origin header does.
 */
export function refuseHostOrOrigin(headers: IncomingHttpHeaders, rules: HostAndOriginRules): string | null {
  const host = headers.host?.toLowerCase() ?? '';
  if (!isAllowedHost(host, rules.allowedHosts)) return 'This host name is not served here. See ALLOWED_HOSTS.';
  const { origin } = headers;
  if (origin !== undefined && !isAllowedOrigin(origin, host, rules.corsOrigins)) {
    return 'Pages of this origin may not use the service. See CORS_ORIGINS.';
  }
  return null;
}

function isAllowedHost(host: string, allowedHosts: readonly string[]): boolean {
  const name = HOST.exec(host)?.groups?.name;
  if (name === undefined || !URL.canParse(`http://${host}`)) return false;
  if (LOOPBACK_NAMES.has(name)) return true;
  return allowedHosts.some((entry) => [name, host].includes(entry.toLowerCase()));
}

/** `null`, the origin of sandboxed frames and of files, is nobody's own. */
function isAllowedOrigin(origin: string, host: string, corsOrigins: readonly string[]): boolean {
  if (!URL.canParse(origin)) return false;
  const normal = new URL(origin).origin;
  if (normal === 'null' || normal !== origin.toLowerCase()) return false;
  return normal === new URL(`http://${host}`).origin || corsOrigins.some((entry) => isSameOrigin(entry, normal));
}

function isSameOrigin(entry: string, origin: string): boolean {
  return URL.canParse(entry) && new URL(entry).origin === origin;
}
