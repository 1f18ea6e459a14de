import { GraphQLError, isValueNode, type GraphQLFormattedError } from 'graphql';
import { ApiError, ERROR_CODES, type ErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import { findDatabaseFault } from '../database/database-fault.js';
import { findStorageFault } from '../storage-fault.js';
import type { Operation } from './operation.js';

export type MaskErrors = (errors: readonly unknown[], operation: Operation) => GraphQLFormattedError[];

const MASKED = {
  TIMEOUT: () => 'The request took too long and was stopped. Ask for less, or try again.',
  UNAVAILABLE: (_, error) =>
    findStorageFault(error) ?? 'The service cannot use its database at the moment. Try again in a few seconds.',
  INTERNAL: (requestId) => `Something went wrong on our side. Please report it with the id ${requestId}.`,
} satisfies Record<string, (requestId: string, error: unknown) => string>;

/**
 * What may be said of errors: an ApiError, and what GraphQL itself finds wrong with a request, pass; the rest is logged
 * and replaced. Every answer has `extensions: { code, requestId, retryable }` and nothing else there.
 */
export function createErrorMask(limits: Pick<Limits, 'maxErrors' | 'maxMessageLength'>): MaskErrors {
  return (errors, operation) => errors.slice(0, limits.maxErrors).map((error) => mask(error, operation));

  function mask(error: unknown, { requestId, logger }: Operation): GraphQLFormattedError {
    const code = visibleCode(error);
    if (code !== null) {
      const { message: reason } = error as Error;
      const path = pathOf(error);
      // It ran, and failed by nobody's mistake: operators have to hear of it as well.
      if (path && ERROR_CODES[code].retryable) logger.warn({ code, reason, path }, 'an operation failed');
      return format(error, code, reason, requestId);
    }
    const root = rootOf(error);
    const masked = findDatabaseFault(root) ?? 'INTERNAL';
    logger[masked === 'INTERNAL' ? 'error' : 'warn']({ err: root, path: pathOf(error) }, 'an operation failed');
    return format(error, masked, MASKED[masked](requestId, root), requestId);
  }

  function format(error: unknown, code: ErrorCode, message: string, requestId: string): GraphQLFormattedError {
    const { locations, path } = error instanceof GraphQLError ? error : {};
    const root = rootOf(error);
    const { retryable } = root instanceof ApiError ? root : ERROR_CODES[code];
    return {
      message: cut(message, limits.maxMessageLength),
      ...(locations ? { locations } : {}),
      ...(path ? { path } : {}),
      extensions: { code, requestId, retryable },
    };
  }
}

/** The code of an error that its receiver may see as it is, else null. */
function visibleCode(error: unknown): ErrorCode | null {
  const root = rootOf(error);
  if (root instanceof ApiError) return codeOf(root) ?? 'INTERNAL';
  if (!(root instanceof GraphQLError)) return null;
  // Without a path it is about the request, and the guard has named it.
  if (root === error && root.path === undefined) return codeOf(root);
  // While executing, GraphQL blames an argument by its value, and the service's own results by the field.
  return root.nodes?.length && root.nodes.every(isValueNode) ? 'BAD_USER_INPUT' : null;
}

function codeOf({ extensions: { code } }: GraphQLError): ErrorCode | null {
  return typeof code === 'string' && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : null;
}

function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && !(root instanceof ApiError) && root.originalError) root = root.originalError;
  return root;
}

function pathOf(error: unknown): string | undefined {
  return error instanceof GraphQLError ? error.path?.join('.') : undefined;
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).toWellFormed()}…`;
}
