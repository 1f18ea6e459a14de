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
