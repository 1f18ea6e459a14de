import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIPv6, type LookupFunction } from 'node:net';
import { FailureCode, FailureError } from '../errors.js';
import type { HostEntry } from '../network/host-list.js';
import type { RemoteAccess } from './git-environment.js';
import { authorizationOf } from './git-tokens.js';
import { checkedAddresses, resolveHost, type ResolveHost } from './host-address.js';
import { connectionFailed, hostTooSlow, noRepository, replyFailure } from './host-failure.js';

export interface LocateOptions {
  readonly hosts: readonly HostEntry[];
  /**
   * A token or `user:token`. Asked with `host` or `host:port` on every hop, so a token never follows a redirect to
   * another host.
   */
  readonly token?: (host: string) => string | null;
  readonly resolve?: ResolveHost;
  readonly signal?: AbortSignal;
  /** For each hop. Default: 10 seconds. */
  readonly hopTimeoutMs?: number;
}

const MAX_HOPS = 5;
const REFS = '/info/refs';
const ADVERTISEMENT = 'application/x-git-upload-pack-advertisement';

/**
 * Follows a repository's redirects itself, hop by hop (5 at most), since git would follow them anywhere: each host must
 * be on the list, each address fit for it.
 *
 * @throws FailureError when there is no repository, or none that may be reached; the signal's reason when aborted.
 */
export async function locateRepository(url: string, options: LocateOptions): Promise<RemoteAccess> {
  let target = new URL(`${url}${REFS}`);
  for (let hop = 0; hop <= MAX_HOPS; hop++) {
    target.search = '?service=git-upload-pack';
    const { access, status, location, contentType } = await withinLimit(options, async (signal) => {
      const access = await describeAccess(target, options);
      return { access, ...(await ask(target, access, signal)) };
    });
    if (status === 200 && contentType === ADVERTISEMENT) return access;
    if (![301, 302, 303, 307, 308].includes(status)) throw replyFailure(status, access);
    const next = URL.parse(location ?? '', target.href);
    if (!next?.pathname.endsWith(REFS)) throw noRepository(access);
    target = next;
  }
  throw new FailureError(FailureCode.NETWORK, 'The git host redirects too many times.', false);
}

async function describeAccess(
  target: URL,
  { hosts, token, resolve = resolveHost }: LocateOptions,
): Promise<RemoteAccess> {
  const addresses = await checkedAddresses(target, hosts, resolve);
  const secret = token?.(target.host) ?? null;
  const authorization = secret && authorizationOf(secret);
  return { url: target.origin + target.pathname.slice(0, -REFS.length), addresses, authorization };
}

async function withinLimit<T>(
  { signal, hopTimeoutMs = 10_000 }: LocateOptions,
  work: (signal: AbortSignal) => Promise<T>,
) {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(hopTimeoutMs);
  const either = AbortSignal.any(signal ? [signal, timeout] : [timeout]);
  // The system's resolver knows no signal, hence the race.
  const stopped = new Promise<never>((_, reject) => either.addEventListener('abort', () => reject(either.reason)));
  try {
    return await Promise.race([work(either), stopped]);
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    if (timeout.aborted) throw hostTooSlow({ cause });
    if (cause instanceof FailureError) throw cause;
    throw connectionFailed({ cause });
  }
}

/** The head of the answer; its body is not read. */
async function ask(target: URL, { addresses, authorization }: RemoteAccess, signal: AbortSignal) {
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const headers = { 'user-agent': 'git/ibid', 'git-protocol': 'version=2', ...(authorization && { authorization }) };
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = send(target, { headers, signal, agent: false, lookup: pinnedTo(addresses) }, resolve);
    request.on('error', reject).end();
  });
  // Cutting the body off is no error.
  reply.on('error', () => {}).destroy();
  const { location, 'content-type': contentType } = reply.headers;
  return { status: reply.statusCode ?? 0, location, contentType };
}

function pinnedTo(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, { all: wantsAll }, done) =>
    wantsAll ? done(null, all) : done(null, all[0]?.address ?? '', all[0]?.family);
}
