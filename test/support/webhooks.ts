import { createHmac, randomUUID } from 'node:crypto';

import type { TestApp, Values } from './test-app.js';

export const WEBHOOK_SECRET = "It's a Secret to Everybody".replaceAll(' ', '-');

export interface DeliveryOptions {
  event?: string;
  /** null: without. */
  delivery?: string | null;
  /** Bytes as they are sent; default: the payload as JSON. */
  body?: string | Uint8Array<ArrayBuffer>;
  contentType?: string | null;
  /** Default: the right one for the body. null: without. */
  signature?: string | null;
  headers?: Record<string, string>;
}

export interface DeliveryAnswer {
  status: number;
  body: Values;
}

export const signatureOf = (body: string | Uint8Array, secret = WEBHOOK_SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** What GitHub says of a push, as far as anybody reads it. */
export const pushTo = (url: string, branch = 'main', values: Values = {}): Values => ({
  ref: `refs/heads/${branch}`,
  before: '0'.repeat(40),
  after: '1'.repeat(40),
  deleted: false,
  repository: { full_name: 'owner/name', html_url: url, default_branch: 'main' },
  ...values,
});

/** Sends an event as a git host would. */
export async function deliver(
  app: Pick<TestApp, 'url'>,
  payload: unknown,
  options: DeliveryOptions = {},
): Promise<DeliveryAnswer> {
  const { event = 'push', delivery = randomUUID(), contentType = 'application/json', headers = {} } = options;
  const body = options.body ?? JSON.stringify(payload);
  const signature = options.signature === undefined ? signatureOf(body) : options.signature;
  const response = await fetch(`${app.url}/webhooks/github`, {
    method: 'POST',
    headers: {
      'x-github-event': event,
      ...(delivery !== null && { 'x-github-delivery': delivery }),
      ...(contentType !== null && { 'content-type': contentType }),
      ...(signature !== null && { 'x-hub-signature-256': signature }),
      ...headers,
    },
    // As bytes: of text, fetch would say a content type of its own.
    body: typeof body === 'string' ? Buffer.from(body) : body,
  });
  return { status: response.status, body: (await response.json()) as Values };
}
