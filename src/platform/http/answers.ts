import type { FastifyReply } from 'fastify';
import type { FormattedExecutionResult } from 'graphql';
import { ApiError, ERROR_CODES, type ErrorCode } from '../errors.js';
import type { Limits } from '../limits.js';
import type { MaskErrors } from './mask-errors.js';
import type { Operation } from './operation.js';
import { acceptedMediaTypes, EVENT_STREAM, JSON_RESULT, type MediaType } from './request-rules.js';

export interface Answers {
  /** A result as JSON, or a refusal instead where it would be larger than the limit. */
  serialize(result: FormattedExecutionResult, operation: Operation): string;
  /** Errors alone, in the form that clients of GraphQL know, whatever the route. */
  refuse(errors: readonly unknown[], operation: Operation): FormattedExecutionResult;
}

/** Of one that counts as one in the length of a string. */
const MAX_CHARACTER_BYTES = 3;

export function createAnswers(limits: Limits, maskErrors: MaskErrors): Answers {
  const refuse: Answers['refuse'] = (errors, operation) => ({ errors: maskErrors(errors, operation) });
  const maxBytes = limits.maxResponseBytes;
  const refuseSize = (operation: Operation) => {
    const message = `The answer is larger than ${maxBytes} bytes: ask for fewer objects or fields.`;
    return JSON.stringify(refuse([new ApiError('QUERY_TOO_COMPLEX', message)], operation));
  };
  return {
    refuse,
    serialize(result, operation) {
      // Of a much longer one no text can be made.
      if (lengthOf(result, maxBytes) > maxBytes) return refuseSize(operation);
      const text = JSON.stringify(result);
      const fits = text.length * MAX_CHARACTER_BYTES <= maxBytes || Buffer.byteLength(text) <= maxBytes;
      return fits ? text : refuseSize(operation);
    },
  };
}

/** Characters of the strings and field names in a value. It stops counting once there are more than `max`. */
function lengthOf(value: unknown, max: number): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  let length = 0;
  if (Array.isArray(value)) {
    for (const each of value) if (length <= max) length += lengthOf(each, max);
  } else {
    // A list of its keys, or a function for each object, would take twice the time, for every answer.
    for (const key in value)
      if (length <= max) length += key.length + lengthOf((value as Record<string, unknown>)[key], max);
  }
  return length;
}

/** Faults that the GraphQL over HTTP specification answers with 200 to clients that only know `application/json`. */
const FAULTS_OF_A_REQUEST: readonly unknown[] = ['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT'];

/** The HTTP status of a result: 200 with data, even partial; without data what its first error says. */
export function statusOf({ data, errors }: FormattedExecutionResult, mediaType: MediaType): number {
  const code = errors?.[0]?.extensions?.code;
  if (data !== undefined || code === undefined) return 200;
  if (mediaType === JSON_RESULT && FAULTS_OF_A_REQUEST.includes(code)) return 200;
  return ERROR_CODES[code as ErrorCode].status;
}

/**
 * Sends a JSON text under the media type of the two that its client wants most: some clients read what is wrong in a
 * refusal only where it is the one they asked for.
 */
export function sendJson(reply: FastifyReply, status: number, text: string): FastifyReply {
  const accepted = acceptedMediaTypes(reply.request.headers.accept);
  const type = accepted.find((each) => each !== EVENT_STREAM) ?? JSON_RESULT;
  return reply.code(status).header('content-type', `${type}; charset=utf-8`).send(text);
}
