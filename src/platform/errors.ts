import { GraphQLError } from 'graphql';

/**
 * The closed table of what a top-level error may say. `status` is the HTTP status where the whole request fails with
 * it; `retryable` tells a client whether the same request may succeed later without a change.
 */
export const ERROR_CODES = {
  BAD_USER_INPUT: { status: 400, retryable: false },
  NOT_FOUND: { status: 404, retryable: false },
  UNAUTHENTICATED: { status: 401, retryable: false },
  FORBIDDEN: { status: 403, retryable: false },
  QUERY_TOO_COMPLEX: { status: 400, retryable: false },
  RATE_LIMITED: { status: 429, retryable: true },
  TIMEOUT: { status: 503, retryable: true },
  UNAVAILABLE: { status: 503, retryable: true },
  INTERNAL: { status: 500, retryable: false },
  GRAPHQL_PARSE_FAILED: { status: 400, retryable: false },
  GRAPHQL_VALIDATION_FAILED: { status: 400, retryable: false },
  // As Apollo Server answers it: with another status some clients do not read on, and never send the text.
  PERSISTED_QUERY_NOT_SUPPORTED: { status: 200, retryable: false },
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error that a caller may see as it is. Everything else is masked and logged (see platform/http/mask-errors.ts). */
export class ApiError extends GraphQLError {
  /** @param retryable where more is known than the code tells */
  constructor(
    code: ErrorCode,
    message: string,
    readonly retryable: boolean = ERROR_CODES[code].retryable,
  ) {
    super(message, { extensions: { code, retryable } });
    this.name = 'ApiError';
  }
}

/** Why a run or an answer failed; stored, and shown as `Failure`. Never renamed, as clients branch on them. */
export enum FailureCode {
  AUTH = 'AUTH',
  RATE_LIMITED = 'RATE_LIMITED',
  TIMEOUT = 'TIMEOUT',
  NETWORK = 'NETWORK',
  CONTENT_FILTER = 'CONTENT_FILTER',
  CONTEXT_TOO_LONG = 'CONTEXT_TOO_LONG',
  LIMIT_EXCEEDED = 'LIMIT_EXCEEDED',
  PROVIDER_ERROR = 'PROVIDER_ERROR',
  SOURCE_NOT_FOUND = 'SOURCE_NOT_FOUND',
  NOTHING_TO_MEASURE = 'NOTHING_TO_MEASURE',
  INTERRUPTED = 'INTERRUPTED',
  INTERNAL = 'INTERNAL',
}

/** What a git host or a provider failed at, in words for the user: never a secret, a path or a raw reply. */
export class FailureError extends Error {
  /** How long the host or provider asked to be left alone, in milliseconds; null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    readonly code: FailureCode,
    message: string,
    readonly retryable: boolean,
    { retryAfterMs = null, ...options }: ErrorOptions & { retryAfterMs?: number | null } = {},
  ) {
    super(message, options);
    this.name = 'FailureError';
    this.retryAfterMs = retryAfterMs;
  }
}
