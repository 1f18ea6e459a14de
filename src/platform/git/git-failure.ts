import { FailureCode, FailureError } from '../errors.js';
import { DISK_FULL } from '../storage-fault.js';
import type { RemoteAccess } from './git-environment.js';
import { accessRefused } from './host-failure.js';

const UNADVERTISED = /unadvertised object/;

type Rule = readonly [pattern: RegExp, code: FailureCode, retryable: boolean, message: string];

/** What git says (with LC_ALL=C), and what that means to a user. The first that fits counts. */
const RULES: readonly Rule[] = [
  // First: the connection breaks where git cannot write. What the host says of its own disk is no matter of this one.
  [/^(?!remote:).*(?:No space left on device|Disk quota exceeded)/m, FailureCode.INTERNAL, true, DISK_FULL],
  [/couldn't find remote ref/, FailureCode.SOURCE_NOT_FOUND, false, 'The repository has no such branch.'],
  [
    /not our ref|unadvertised object/,
    FailureCode.SOURCE_NOT_FOUND,
    true,
    'The repository no longer has this commit. Sync again.',
  ],
  [
    /mismatched algorithms/,
    FailureCode.INTERNAL,
    false,
    'The repository uses SHA-256 object names, which are not supported.',
  ],
  [/returned error: 429/, FailureCode.RATE_LIMITED, true, 'The git host is limiting requests. Try again later.'],
  [
    /Authentication failed|could not read (Username|Password)|returned error: 40[13]/,
    FailureCode.AUTH,
    false,
    'The git host refused access to the repository.',
  ],
  [
    /repository '.*' not found|returned error: 4(04|10)|not valid: is this a git repository/,
    FailureCode.SOURCE_NOT_FOUND,
    false,
    'The repository was not found.',
  ],
  [/too slow|timed out/i, FailureCode.TIMEOUT, true, 'The git host took too long to answer.'],
  [
    /returned error: 5\d\d|unable to access 'https?:|RPC failed|hung up|disconnect|early EOF|Could not resolve host|unable to update url base|remote error|expected flush/i,
    FailureCode.NETWORK,
    true,
    'The connection to the git host failed.',
  ],
];

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
  for (const [pattern, code, retryable, message] of RULES) {
    if (!pattern.test(said)) continue;
    if (code === FailureCode.AUTH && remote)
      return accessRefused({ host: new URL(remote.url).host, hasToken: remote.authorization !== null }, options);
    return new FailureError(code, message, retryable, options);
  }
  return new FailureError(FailureCode.INTERNAL, 'The repository could not be read.', true, options);
}

function withoutToken(text: string, authorization: string | null): string {
  if (authorization === null) return text;
  const encoded = authorization.replace(/^Basic /, '');
  const credentials = Buffer.from(encoded, 'base64').toString();
  const token = credentials.slice(credentials.indexOf(':') + 1);
  return text.replaceAll(encoded, '***').replaceAll(token, '***');
}

/** Whether the host gives whole branches only: by version 0 of the protocol, unless it is set up to give single objects. */
export function isHeldBack(error: unknown): boolean {
  return error instanceof FailureError && error.cause instanceof Error && UNADVERTISED.test(error.cause.message);
}

/** Whether a failure may come from a damaged cache: everything that git does not blame on the host or the request. */
export function isUnexplained(error: unknown): boolean {
  return error instanceof FailureError && error.code === FailureCode.INTERNAL && error.retryable;
}
