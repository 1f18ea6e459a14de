import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';

let server: BareServer;
beforeAll(async () => {
  server = await startBareServer();
});
afterAll(() => server.stop());

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the hash of a document without its text', () => {
  const extensions = { persistedQuery: { version: 1, sha256Hash: 'ecf4edb46db40b5132295c0291d62fb65d6759a9' } };
  const refused = {
    errors: [
      {
        message: 'PersistedQueryNotSupported',
        extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED', requestId: expect.any(String), retryable: false },
      },
    ],
  };

  it('is answered so that clients of automatic persisted queries send the text, by POST', async () => {
    const body = JSON.stringify({ operationName: 'Hello', extensions });
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body });
    expect([response.status, await response.json()]).toEqual([200, refused]);
  });

  it('and by GET', async () => {
    const search = new URLSearchParams({ operationName: 'Hello', extensions: JSON.stringify(extensions) });
    const response = await fetch(`${server.url}/graphql?${search}`, { headers: JSON_TYPE });
    expect([response.status, await response.json()]).toEqual([200, refused]);
  });

  it('is no hindrance where the text comes with it', async () => {
    const body = JSON.stringify({ query: '{ hello }', extensions });
    const response = await fetch(`${server.url}/graphql`, { method: 'POST', headers: JSON_TYPE, body });
    expect(await response.json()).toEqual({ data: { hello: 'Hello world' } });
  });
});

describe('a client that takes JSON and event streams alike', () => {
  const ask = (query: string) =>
    fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ query }),
    });

  it('gets a subscription as a stream, and the rest as JSON', async () => {
    const [streamed, answered] = await Promise.all([ask('subscription { count(to: 1) }'), ask('{ hello }')]);
    expect(streamed.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(await streamed.text()).toContain('{"data":{"count":1}}');
    expect(await answered.json()).toEqual({ data: { hello: 'Hello world' } });
  });
});

describe('a refusal', () => {
  const SUBSCRIBE = { query: 'subscription { count(to: 1) }' };
  const refusals: [string, number, unknown][] = [
    ['a body without a query', 400, {}],
    ['a batch', 400, [{ query: '{ hello }' }]],
    ['a subscription by plain HTTP', 406, SUBSCRIBE],
    ['a body that is too large', 413, { query: `{ hello } #${'x'.repeat(1_100_000)}` }],
    ['an unknown field', 400, { query: '{ nope }' }],
  ];

  it.each(refusals)('of %s comes under the media type that its client reads', async (_, status, body) => {
    const accept = 'application/graphql-response+json, application/json;q=0.9';
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, accept },
      body: JSON.stringify(body),
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([
      status,
      'application/graphql-response+json; charset=utf-8',
    ]);
    expect(await response.json()).toEqual({ errors: [expect.objectContaining({ message: expect.any(String) })] });
  });

  it.each(['application/json', '*/*', 'text/event-stream'])('is plain JSON for who takes %s', async (accept) => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, accept },
      body: '{}',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/json; charset=utf-8']);
  });
});
