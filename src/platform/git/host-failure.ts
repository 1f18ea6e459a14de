import { FailureCode, FailureError } from '../errors.js';
import { tokenVariable } from './git-tokens.js';

/** The host that was asked, as `URL.host` has it, and whether it was given a token. */
interface Asked {
  readonly host: string;
  readonly hasToken: boolean;
}

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

export function hostTooSlow(options?: ErrorOptions): FailureError {
  return new FailureError(FailureCode.TIMEOUT, 'The git host took too long to answer.', true, options);
}

/** The host knows the repository, or does not say, and refuses. */
export function accessRefused({ host, hasToken }: Asked, options?: ErrorOptions): FailureError {
  const advice = hasToken ? ` Check the token for ${host} in ${tokenVariable(host)}.` : '';
  return new FailureError(FailureCode.AUTH, `The git host refused access to the repository.${advice}`, false, options);
}

/** What a git host's status means to a user, when it is neither a repository nor a redirect to one. */
export function replyFailure(status: number, asked: Asked): FailureError {
  if (status === 401 && !asked.hasToken) {
    // GitHub does not tell a private repository from none, so what would open the one is said of the other, too.
    const advice = `If it is private, set a token for ${asked.host} in ${tokenVariable(asked.host)}.`;
    return sourceNotFound(`There is no public repository at this address. ${advice}`);
  }
  if (status === 401 || status === 403) return accessRefused(asked);
  if (status === 429) {
    return new FailureError(FailureCode.RATE_LIMITED, 'The git host is limiting requests. Try again later.', true);
  }
  if (status === 408 || status === 504) return hostTooSlow();
  if (status >= 500) {
    return new FailureError(FailureCode.NETWORK, `The git host has a problem (HTTP status ${status}).`, true);
  }
  const orClosed = asked.hasToken ? `, or the token for it in ${tokenVariable(asked.host)} does not open it` : '';
  return sourceNotFound(`There is no git repository at this address${orClosed}.`);
}
