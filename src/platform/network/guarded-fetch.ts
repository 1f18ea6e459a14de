import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { FailureCode, FailureError } from '../errors.js';
import { findHostEntry, type HostEntry, isPrivateAddress } from './host-list.js';
import { guardBody } from './guarded-body.js';

export interface GuardedFetchOptions {
  /** Hosts that an operator listed: they may resolve to any address. Default: none. */
  hosts?: readonly HostEntry[];
  /** Further origins (`https://api.openai.com`), which must resolve to public addresses only. Default: none. */
  origins?: readonly string[];
  /** Default 16 MiB, after decompression. */
  maxResponseBytes?: number;
  /** Per attempt, name resolution and TLS included. Default 10,000 ms. */
  connectTimeoutMs?: number;
  /** What the setting is called that says where the provider is. Default: the baseUrl. */
  baseUrlSetting?: string;
}

export interface GuardedRequestInit extends RequestInit {
  /** How long the other side may send nothing while it is waited for. Default 60,000 ms. */
  idleTimeoutMs?: number;
}

export type GuardedFetch = (input: string | URL | Request, init?: GuardedRequestInit) => Promise<Response>;

const DEFAULT_IDLE_TIMEOUT_MS = 60_000;
const READABLE_TYPES = /^(?:application\/json|application\/x-ndjson|text\/event-stream)\s*(?:;|$)/i;

/**
 * Makes a `fetch` for model providers: it reaches the given origins only, follows no redirect, and bounds time and
 * size. A refusal is not passed on as it came unless it is JSON, so that no error page is ever parsed.
 *
 * @throws FailureError for what is refused, redirected, too large, silent too long, or neither JSON nor a stream of it.
 * @throws TypeError `fetch failed` for a network fault, as any fetch does.
 */
export function createGuardedFetch(options: GuardedFetchOptions): GuardedFetch {
  const { hosts = [], origins = [], maxResponseBytes = 16 * 1024 * 1024, connectTimeoutMs = 10_000 } = options;
  const remedy = `Check ${options.baseUrlSetting ?? 'the baseUrl'}.`;
  // Undici's own limits on silence are off: they tick in seconds, and ours differ from request to request.
  const silence = { headersTimeout: 0, bodyTimeout: 0 };
  const listed = new Agent({ ...silence, connect: { timeout: connectTimeoutMs } });
  const publicOnly = new Agent({ ...silence, connect: { timeout: connectTimeoutMs, lookup: publicLookup } });

  function dispatcherFor(url: URL): Agent {
    if (!url.username && !url.password) {
      if (findHostEntry(hosts, url)) return listed;
      // An address as host is not looked up, so it could not be checked: a vendor's origin is always a name.
      if (origins.includes(url.origin) && !/^[\d.]+$|^\[/.test(url.hostname)) return publicOnly;
    }
    throw new FailureError(
      FailureCode.NETWORK,
      'This service may not reach that provider. Its host has to be listed in LLM_HOSTS.',
      false,
    );
  }

  return async (input, { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS, signal, ...init } = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const dispatcher = dispatcherFor(url);
    const idle = createIdleTimer(idleTimeoutMs);
    const signals = signal ? [signal, idle.signal] : [idle.signal];
    idle.start();
    try {
      const response = (await undiciFetch(url, {
        ...(init as object),
        dispatcher,
        redirect: 'manual',
        signal: AbortSignal.any(signals),
      })) as unknown as Response;
      return await checked(response, (body) => guardBody(body, { idle, maxBytes: maxResponseBytes }), remedy);
    } catch (error) {
      throw error instanceof TypeError && error.cause instanceof FailureError ? error.cause : error;
    } finally {
      idle.stop();
    }
  };
}

async function checked(
  response: Response,
  guard: (body: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>,
  remedy: string,
): Promise<Response> {
  const { status, headers } = response;
  const isReadable = READABLE_TYPES.test(headers.get('content-type') ?? '');
  if (response.body && isReadable && (status < 300 || status >= 400)) {
    return new Response(guard(response.body), { status, headers });
  }
  await response.body?.cancel();
  if (status >= 400) return new Response(null, { status, headers });
  throw new FailureError(
    FailureCode.NETWORK,
    status >= 300
      ? `The provider redirected the request, which is not followed: a key goes to its own origin only. ${remedy}`
      : `The provider answered with something other than JSON or an event stream. ${remedy}`,
    false,
  );
}

/** The other side has sent nothing for so long. */
export class SilenceError extends FailureError {
  constructor(readonly ms: number) {
    const message = `The provider sent nothing for ${ms / 1000} s. Try again, or raise its timeoutMs.`;
    super(FailureCode.TIMEOUT, message, true);
  }
}

/** Looks a name up and refuses it when any of its addresses is outside the public internet. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, options, (error, address, family) => {
    const addresses = typeof address === 'string' ? [{ address }] : (address ?? []);
    if (!error && addresses.some((one) => isPrivateAddress(one.address))) {
      const refusal = 'That provider resolves to a private address. Its host has to be listed in LLM_HOSTS.';
      callback(new FailureError(FailureCode.NETWORK, refusal, false), []);
    } else {
      callback(error, address, family);
    }
  });
};

function createIdleTimer(milliseconds: number) {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expire = () => controller.abort(new SilenceError(milliseconds));
  return {
    signal: controller.signal,
    start: () => void (timer = setTimeout(expire, milliseconds)),
    stop: () => clearTimeout(timer),
  };
}
