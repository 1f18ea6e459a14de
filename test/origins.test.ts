import { request, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';

import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ env: { ALLOWED_HOSTS: 'ibid.example', CORS_ORIGINS: 'https://app.example' } });
});
afterAll(() => app.stop());

const CREATE = JSON.stringify({ query: 'mutation { createProject(input: { name: "Forged" }) { project { id } } }' });
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM = { accept: 'text/event-stream' };
const TYPENAME = `/graphql?query=${encodeURIComponent('{ __typename }')}`;
const PREFLIGHT = { 'apollo-require-preflight': 'true' };

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Unlike fetch it sends any Host and Origin. */
function send(method: string, path: string, headers: IncomingHttpHeaders, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${app.url}${path}`, { method, headers, agent: false }, async (response) => {
      resolve({ status: response.statusCode!, headers: response.headers, body: await text(response) });
    });
    sent.on('error', reject).end(body);
  });
}

function upgrade(headers: Record<string, string>): Promise<number | 'open'> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    socket.once('open', () => (socket.close(), resolve('open')));
    socket.once('unexpected-response', (sent, response) => (sent.destroy(), resolve(response.statusCode!)));
    socket.once('error', () => undefined);
  });
}

describe.each([
  [
    'a Host that rebinds to this machine',
    { host: 'rebound.example' },
    'This host name is not served here. See ALLOWED_HOSTS.',
  ],
  [
    'an address of another machine as Host',
    { host: '192.168.1.7' },
    'This host name is not served here. See ALLOWED_HOSTS.',
  ],
  [
    'a foreign Origin',
    { origin: 'https://evil.example' },
    'Pages of this origin may not use the service. See CORS_ORIGINS.',
  ],
  [
    'the Origin of another port',
    { origin: 'http://localhost:1' },
    'Pages of this origin may not use the service. See CORS_ORIGINS.',
  ],
  ['the Origin of a sandbox', { origin: 'null' }, 'Pages of this origin may not use the service. See CORS_ORIGINS.'],
])('a request with %s', (_, foreign, message) => {
  // Nor has it changed anything.
  afterEach(async () => {
    expect(await app.query('{ projects { totalCount } }')).toEqual({ projects: { totalCount: 0 } });
  });

  it.each([
    ['POST', 'POST', '/graphql', JSON_TYPE, 'not even JSON'],
    ['POST of a mutation', 'POST', '/graphql', JSON_TYPE, CREATE],
    ['GET', 'GET', TYPENAME, PREFLIGHT, ''],
    ['SSE', 'POST', '/graphql', { ...JSON_TYPE, ...STREAM }, CREATE],
    ['SSE by GET', 'GET', TYPENAME, { ...PREFLIGHT, ...STREAM }, ''],
    ['GraphiQL', 'GET', '/graphiql', {}, ''],
    ['/healthz', 'GET', '/healthz', {}, ''],
    ['/readyz', 'GET', '/readyz', {}, ''],
    ['the root', 'GET', '/', {}, ''],
    ['an unknown address', 'GET', '/nothing', {}, ''],
    ['a preflight', 'OPTIONS', '/graphql', { 'access-control-request-method': 'POST' }, ''],
  ])('is refused before it is parsed: %s', async (_name, method, path, headers, body) => {
    const answer = await send(method, path, { ...headers, ...foreign }, body);
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    const extensions = { code: 'FORBIDDEN', requestId: answer.headers['x-request-id'], retryable: false };
    expect(JSON.parse(answer.body)).toEqual({ errors: [{ message, extensions }] });
  });

  it('is refused as a WebSocket', async () => {
    expect(await upgrade(foreign as Record<string, string>)).toBe(403);
  });
});

describe('a request', () => {
  const ask = JSON.stringify({ query: '{ __typename }' });

  it.each(['localhost', '127.0.0.1:80', '[::1]:4000', 'ibid.example', 'IBID.example:8080'])(
    'is served for the host %s',
    async (host) => {
      expect((await send('POST', '/graphql', { ...JSON_TYPE, host }, ask)).status).toBe(200);
      expect(await upgrade({ host })).toBe('open');
    },
  );

  it('is served with its own origin', async () => {
    const origin = app.url;
    expect((await send('POST', '/graphql', { ...JSON_TYPE, origin }, ask)).status).toBe(200);
    expect((await send('POST', '/graphql', { ...JSON_TYPE, ...STREAM, origin }, ask)).body).toContain('"Query"');
    expect(await upgrade({ origin })).toBe('open');
  });

  it('is served with an origin of CORS_ORIGINS, which the browser is told', async () => {
    const origin = 'https://app.example';
    for (const headers of [
      { ...JSON_TYPE, origin },
      { ...JSON_TYPE, ...STREAM, origin },
    ]) {
      const answer = await send('POST', '/graphql', headers, ask);
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, origin]);
    }
    const preflight = await send('OPTIONS', '/graphql', { origin, 'access-control-request-method': 'POST' });
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect(await upgrade({ origin })).toBe('open');
  });
});

describe.each([
  ['JSON', {}],
  ['an event stream', STREAM],
])('a request for %s', (_, accept) => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-7',
  ])('is refused with the content type %s, which any page can send', async (type) => {
    expect((await send('POST', '/graphql', { ...accept, 'content-type': type }, CREATE)).status).toBe(415);
  });

  it('is refused without a content type', async () => {
    expect((await send('POST', '/graphql', accept, CREATE)).status).toBe(415);
  });

  it('is refused by GET without a header that needs a preflight', async () => {
    expect((await send('GET', TYPENAME, accept)).status).toBe(400);
    expect((await send('GET', TYPENAME, { ...accept, ...PREFLIGHT })).status).toBe(200);
  });

  it('is refused by GET for a mutation', async () => {
    const path = `/graphql?query=${encodeURIComponent(JSON.parse(CREATE).query)}`;
    expect((await send('GET', path, { ...accept, ...PREFLIGHT })).status).toBe(405);
    expect(await app.query('{ projects { totalCount } }')).toEqual({ projects: { totalCount: 0 } });
  });
});
