import { Field, ObjectType, registerEnumType } from 'type-graphql';

import { findDatabaseFault } from './database/database-fault.js';
import { FailureCode, FailureError } from './errors.js';
import type { Logger } from './logger.js';
import { findStorageFault } from './storage-fault.js';

registerEnumType(FailureCode, {
  name: 'FailureCode',
  description: 'Why a run or an answer failed. May grow: keep a default branch.',
  valuesConfig: {
    AUTH: { description: 'The host or provider refused the credentials, or there are none.' },
    RATE_LIMITED: { description: 'The host or provider asked to slow down, or a quota is spent.' },
    TIMEOUT: { description: 'No answer came within the time limit, or it was not complete by then.' },
    NETWORK: { description: 'The host or provider could not be reached, or the connection broke.' },
    CONTENT_FILTER: { description: "The provider's content filter stopped the answer." },
    CONTEXT_TOO_LONG: { description: "The prompt does not fit into the model's context window." },
    LIMIT_EXCEEDED: {
      description:
        "The project's budget of tokens is used up: see Project.maxTokens; or a repository is larger than a sync may fetch.",
    },
    PROVIDER_ERROR: {
      description:
        'The provider failed by a fault of its own or answered nothing that can be used, or it refused the request or has no such model: then it is not retryable, and message says what to check.',
    },
    SOURCE_NOT_FOUND: { description: 'There is no such repository, branch or folder, or it is not visible.' },
    NOTHING_TO_MEASURE: { description: 'Nothing that the questions of an EvaluationSet expect is there any more.' },
    INTERRUPTED: { description: 'The process that worked on it ended.' },
    INTERNAL: { description: 'A fault of the service; its log has the details.' },
  },
});

/** Why a run or an answer failed, as it is stored and shown. */
@ObjectType({ description: 'Why a run or an answer failed: something to branch on, and something to show.' })
export class Failure {
  @Field(() => FailureCode, { description: 'What kind of failure it is.' })
  code!: FailureCode;

  @Field(() => String, { description: "Written for the user; never a secret, a path or a provider's raw text." })
  message!: string;

  @Field(() => Boolean, { description: 'Whether the same may succeed later without a change.' })
  retryable!: boolean;
}

const DATABASE_TOO_SLOW: Failure = {
  code: FailureCode.TIMEOUT,
  message: "The service's database took too long to answer. Try again.",
  retryable: true,
};

/** What is expected passes with its own words; anything else is a fault of ours, in words that give nothing away. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FailureError) {
    const { code, message, retryable } = error;
    return { code, message, retryable };
  }
  if (findDatabaseFault(error) === 'TIMEOUT') return DATABASE_TOO_SLOW;
  const message = findStorageFault(error) ?? 'Something went wrong on our side. Try again; the log has the details.';
  return { code: FailureCode.INTERNAL, message, retryable: true };
}

/** What the user is shown, for the operator too; of a fault of ours all that is known. */
export function logFailure(logger: Logger, error: unknown, ids: object, what: string): void {
  const { code, message: reason } = toFailure(error);
  if (error instanceof FailureError && code !== FailureCode.INTERNAL) logger.warn({ ...ids, code, reason }, what);
  else logger.error({ ...ids, err: error }, what);
}
