import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from '../errors.js';

/** Why a request is refused, with the status that says so more exactly than BAD_USER_INPUT does. */
export class HttpRefusal extends ApiError {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super('BAD_USER_INPUT', message);
  }
}

export const EVENT_STREAM = 'text/event-stream';
export const JSON_RESULT = 'application/json';
export const GRAPHQL_RESULT = 'application/graphql-response+json';
export type MediaType = typeof EVENT_STREAM | typeof JSON_RESULT | typeof GRAPHQL_RESULT;

const JSON_BODY = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?\s*$/i;

/**
 * Apollo's CSRF rules, for every kind of answer: a browser sends an `application/json` body or one of these headers to
 * another origin only after a preflight, which is answered for CORS_ORIGINS alone.
 */
const PREFLIGHT_HEADERS = ['apollo-require-preflight', 'x-apollo-operation-name'];

/** Checks the method, the announced length, the content type and the CSRF headers. */
export function refuseRequest(method: string, headers: IncomingHttpHeaders, maxBodyBytes: number): HttpRefusal | null {
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) {
    return new HttpRefusal(413, `The body is larger than ${maxBodyBytes} bytes.`);
  }
  const contentType = headers['content-type'];
  if (contentType !== undefined && !JSON_BODY.test(contentType)) {
    return new HttpRefusal(415, 'The content type must be application/json in UTF-8.');
  }
  if (method === 'POST') {
    return contentType === undefined ? new HttpRefusal(415, 'The content type must be application/json.') : null;
  }
  if (method !== 'GET') return new HttpRefusal(405, 'Use POST, or GET for queries.');
  if (contentType !== undefined || PREFLIGHT_HEADERS.some((name) => headers[name])) return null;
  return new HttpRefusal(400, `A GET request needs one of these headers: ${PREFLIGHT_HEADERS.join(', ')}.`);
}

/** Whether somebody has opened the address in a browser: it asks for a page, and for no operation. */
export function isVisit(method: string, { accept }: IncomingHttpHeaders, search: URLSearchParams): boolean {
  return method === 'GET' && /\btext\/html\b/i.test(accept ?? '') && !search.has('query');
}

/** The media types that a client takes, of those that exist, the most wanted first; empty: none of them. */
export function acceptedMediaTypes(accept: string | undefined): MediaType[] {
  if (accept === undefined || accept.trim() === '') return [JSON_RESULT];
  return accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';').map((part) => part.trim()))
    .map(([type, ...parameters]) => ({ type, quality: qualityOf(parameters) }))
    .filter(({ quality }) => quality > 0)
    .toSorted((a, b) => b.quality - a.quality)
    .flatMap(({ type }) => {
      if (type === EVENT_STREAM || type === GRAPHQL_RESULT || type === JSON_RESULT) return [type];
      return type === '*/*' || type === 'application/*' ? [JSON_RESULT] : [];
    });
}

function qualityOf(parameters: readonly string[]): number {
  const quality = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
  return Number.isNaN(quality) ? 0 : quality;
}
