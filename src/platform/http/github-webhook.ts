import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from '../errors.js';
import { sendJson } from './answers.js';
import type { Operation } from './operation.js';
import { isRecord } from './request-parameters.js';
import { HttpRefusal } from './request-rules.js';

/** One event of a git host, whose signature has been verified. What it holds was checked by nobody. */
export interface WebhookDelivery {
  /** As the host names it: 1 to 100 printable characters, the same when it is delivered again. */
  readonly id: string;
  /** Such as `push` or `ping`. */
  readonly event: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface GithubWebhook {
  /** Where it is posted to. */
  readonly path: string;
  /** Not empty. */
  readonly secret: string;
  /**
   * What is answered, as JSON.
   * @throws ApiError BAD_USER_INPUT for a payload that is not what it should be
   */
  receive(delivery: WebhookDelivery, operation: Operation): Promise<{ status: 200 | 202; body: object }>;
}

const MAX_BODY_BYTES = 1_048_576;
const JSON_BODY = /^application\/json\s*(?:;|$)/i;
const FORM_BODY = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;
const NAME = /^[\x21-\x7e]{1,100}$/;

/** POST on `path`, in the form of GitHub's webhooks: nothing of a body is parsed before its signature was verified. */
export function addGithubWebhook(
  app: FastifyInstance,
  { path, secret, receive }: GithubWebhook,
  operationOf: (request: FastifyRequest) => Operation,
): void {
  // In a scope of its own: there bodies stay the bytes that were signed.
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES },
      async (_: unknown, body: Buffer) => body,
    );
    scope.post(path, { bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (!isSigned(body, request.headers['x-hub-signature-256'], secret))
        throw new ApiError('UNAUTHENTICATED', 'X-Hub-Signature-256 is not the signature of this body.');
      const id = nameIn(request, 'x-github-delivery');
      const event = nameIn(request, 'x-github-event');
      const contentType = request.headers['content-type'] ?? '';
      const isForm = FORM_BODY.test(contentType);
      if (!isForm && !JSON_BODY.test(contentType))
        throw new HttpRefusal(415, 'The content type must be application/json or application/x-www-form-urlencoded.');
      const payload = parsePayload(body, isForm);
      const { status, body: answer } = await receive({ id, event, payload }, operationOf(request));
      return sendJson(reply, status, JSON.stringify(answer));
    });
  });
}

/** In constant time: how much of a forged signature is right must not show. */
function isSigned(body: Buffer, header: string | string[] | undefined, secret: string): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/i.exec(String(header)) ?? [];
  return (
    hex !== undefined && timingSafeEqual(Buffer.from(hex, 'hex'), createHmac('sha256', secret).update(body).digest())
  );
}

function nameIn({ headers }: FastifyRequest, header: string): string {
  const value = String(headers[header] ?? '');
  if (NAME.test(value)) return value;
  throw new ApiError('BAD_USER_INPUT', `The header ${header} is missing, or not 1 to 100 printable characters.`);
}

function parsePayload(body: Buffer, isForm: boolean): Record<string, unknown> {
  let payload: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    payload = JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
  } catch {
    throw new ApiError('BAD_USER_INPUT', 'The payload is not JSON in UTF-8.');
  }
  if (isRecord(payload)) return payload;
  throw new ApiError('BAD_USER_INPUT', 'The payload is not a JSON object.');
}
