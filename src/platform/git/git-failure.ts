import { FailureCode, FailureError } from '../errors.js';
import { DISK_FULL } from '../storage-fault.js';
import type { RemoteAccess } from './git-environment.js';
import {
  accessRefused,
  connectionFailed,
  hostTooSlow,
  noRepository,
  rateLimited,
  sourceNotFound,
  unreadable,
} from './host-failure.js';

const MISSING_REF = /couldn't find remote ref/;
const UNADVERTISED = /unadvertised object/;

type Rule = readonly [pattern: RegExp, failure: (options: ErrorOptions, remote: RemoteAccess | null) => FailureError];

/** What git says (with LC_ALL=C), and what that means to a user. The first that fits counts. */
const RULES: readonly Rule[] = [
  // First: the connection breaks where git cannot write. What the host says of its own disk is no matter of this one.
  [
    /^(?!remote:).*(?:No space left on device|Disk quota exceeded)/m,
    (options) => new FailureError(FailureCode.INTERNAL, DISK_FULL, true, options),
  ],
  [MISSING_REF, (options) => sourceNotFound('The repository has no such branch.', options)],
  [/not our ref|unadvertised object/, commitGone],
  [/mismatched algorithms/, ofSha256],
  [/returned error: 429/, rateLimited],
  [
    /Authentication failed|could not read (Username|Password)|returned error: 40[13]/,
    (options, remote) => accessRefused(remote, options),
  ],
  [
    /repository '.*' not found|returned error: 4(04|10)|not valid: is this a git repository/,
    (options, remote) => noRepository(remote, options),
  ],
  [/too slow|timed out/i, hostTooSlow],
  [
    /returned error: 5\d\d|unable to access 'https?:|RPC failed|hung up|disconnect|early EOF|Could not resolve host|unable to update url base|remote error|expected flush/i,
    connectionFailed,
  ],
];

function commitGone(options: ErrorOptions): FailureError {
  const message = 'The repository no longer has this commit. Sync again.';
  return new FailureError(FailureCode.SOURCE_NOT_FOUND, message, true, options);
}

function ofSha256(options: ErrorOptions): FailureError {
  const message = 'The repository uses SHA-256 object names, which are not supported.';
  return new FailureError(FailureCode.INTERNAL, message, false, options);
}

/**
 * A failed git process as a failure for users. What git wrote is kept as the cause, for the log only, and without the
 * token, which a host may have sent back.
 */
export function gitFailure(
  stderr: string,
  { remote = null, cause }: ErrorOptions & { remote?: RemoteAccess | null } = {},
): FailureError {
  const said = withoutToken(stderr, remote?.authorization ?? null);
  const options = { cause: cause ?? new Error(said.trim().slice(0, 2000) || 'git failed without a message') };
  const failure = RULES.find(([pattern]) => pattern.test(said))?.[1] ?? unreadable;
  return failure(options, remote);
}

function withoutToken(text: string, authorization: string | null): string {
  if (authorization === null) return text;
  const encoded = authorization.replace(/^Basic /, '');
  const credentials = Buffer.from(encoded, 'base64').toString();
  const token = credentials.slice(credentials.indexOf(':') + 1);
  return text.replaceAll(encoded, '***').replaceAll(token, '***');
}

/** Whether the host has no branch of the name that was asked for. */
export function isMissingRef(error: unknown): boolean {
  return saysOf(error, MISSING_REF);
}

/**
 * Whether the host gives whole branches only: by version 0 of the protocol, unless it is set up to give single objects.
 */
export function isHeldBack(error: unknown): boolean {
  return saysOf(error, UNADVERTISED);
}

function saysOf(error: unknown, pattern: RegExp): boolean {
  return error instanceof FailureError && error.cause instanceof Error && pattern.test(error.cause.message);
}

/** Whether a failure may come from a damaged cache: everything that git does not blame on the host or the request. */
export function isUnexplained(error: unknown): boolean {
  return error instanceof FailureError && error.code === FailureCode.INTERNAL && error.retryable;
}
