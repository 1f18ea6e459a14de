import { FailureCode, FailureError } from '../../errors.js';

/** What a git host's status means to a user, when it is neither a repository nor a redirect to one. */
export function replyFailure(status: number, { hasToken }: { hasToken: boolean }): FailureError {
  if (status === 401 && !hasToken) {
    // GitHub does not tell a private repository from none.
    return new FailureError(FailureCode.SOURCE_NOT_FOUND, 'There is no public repository at this address.', false);
  }
  if (status === 401 || status === 403) {
    return new FailureError(FailureCode.AUTH, 'The git host refused access to the repository.', false);
  }
  if (status === 429) {
    return new FailureError(FailureCode.RATE_LIMITED, 'The git host is limiting requests. Try again later.', true);
  }
  if (status === 408 || status === 504) {
    return new FailureError(FailureCode.TIMEOUT, 'The git host took too long to answer.', true);
  }
  if (status >= 500) {
    return new FailureError(FailureCode.NETWORK, `The git host has a problem (HTTP status ${status}).`, true);
  }
  return new FailureError(FailureCode.SOURCE_NOT_FOUND, 'There is no git repository at this address.', false);
}
