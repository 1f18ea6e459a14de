import { FailureCode, FailureError } from '../errors.js';
import type { RemoteAccess } from './git-environment.js';
import { tokenVariable } from './git-tokens.js';

/** What a git host was asked for, and with which token; null: it is not known. */
type Asked = RemoteAccess | null;

export function sourceNotFound(message: string, options?: ErrorOptions): FailureError {
  return new FailureError(FailureCode.SOURCE_NOT_FOUND, message, false, options);
}

/** @param branch null: the one that HEAD names */
export function noBranch(branch: string | null, options?: ErrorOptions): FailureError {
  return sourceNotFound(
    branch === null
      ? 'The repository has no commits on its default branch yet. Push one, or name another branch.'
      : `There is no branch "${branch}" in the repository.`,
    options,
  );
}

export function noRepository(asked: Asked, options?: ErrorOptions): FailureError {
  const orClosed = asked?.authorization
    ? `, or the token for it in ${tokenVariable(hostOf(asked))} does not open it`
    : '';
  return sourceNotFound(`There is no git repository at this address${orClosed}.`, options);
}

/** The host knows the repository, or does not say, and refuses. */
export function accessRefused(asked: Asked, options?: ErrorOptions): FailureError {
  const advice = asked?.authorization
    ? ` Check the token for ${hostOf(asked)} in ${tokenVariable(hostOf(asked))}.`
    : '';
  return new FailureError(FailureCode.AUTH, `The git host refused access to the repository.${advice}`, false, options);
}

export function hostTooSlow(options?: ErrorOptions): FailureError {
  return new FailureError(FailureCode.TIMEOUT, 'The git host took too long to answer.', true, options);
}

export function rateLimited(options?: ErrorOptions): FailureError {
  const message = 'The git host is limiting requests. Try again later.';
  return new FailureError(FailureCode.RATE_LIMITED, message, true, options);
}

export function connectionFailed(options?: ErrorOptions): FailureError {
  return new FailureError(FailureCode.NETWORK, 'The connection to the git host failed.', true, options);
}

/** The host is not to blame, as far as can be seen: what is stored here may be damaged. */
export function unreadable(options?: ErrorOptions): FailureError {
  return new FailureError(FailureCode.INTERNAL, 'The repository could not be read.', true, options);
}

/** What a git host's status means to a user, when it is neither a repository nor a redirect to one. */
export function replyFailure(status: number, asked: RemoteAccess): FailureError {
  if (status === 401 && asked.authorization === null) {
    // GitHub does not tell a private repository from none, so what would open the one is said of the other, too.
    const advice = `If it is private, set a token for ${hostOf(asked)} in ${tokenVariable(hostOf(asked))}.`;
    return sourceNotFound(`There is no public repository at this address. ${advice}`);
  }
  if (status === 401 || status === 403) return accessRefused(asked);
  if (status === 429) return rateLimited();
  if (status === 408 || status === 504) return hostTooSlow();
  if (status >= 500)
    return new FailureError(FailureCode.NETWORK, `The git host has a problem (HTTP status ${status}).`, true);
  return noRepository(asked);
}

function hostOf({ url }: RemoteAccess): string {
  return new URL(url).host;
}
