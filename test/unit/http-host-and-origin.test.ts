import { request, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { refuseHostOrOrigin } from '../../src/platform/http/host-and-origin.js';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';

const BODY = JSON.stringify({ query: '{ hello }' });
const JSON_TYPE = { 'content-type': 'application/json' };
const FOREIGN: [string, IncomingHttpHeaders][] = [
  ['a rebinding Host', { host: 'rebound.example' }],
  ['a Host that only begins like loopback', { host: 'localhost.rebound.example' }],
  ['no valid Host', { host: 'localhost:99999999' }],
  ['a foreign Origin', { origin: 'https://evil.example' }],
  ['the Origin of another port', { origin: 'http://127.0.0.1:1' }],
  ['the Origin null', { origin: 'null' }],
];

describe('a request from elsewhere', () => {
  let server: BareServer;

  beforeAll(async () => {
    server = await startBareServer({ allowedHosts: ['ibid.example'], corsOrigins: ['https://app.example'] });
  });
  afterAll(() => server.stop());

  function send(method: string, path: string, headers: IncomingHttpHeaders, body = '') {
    return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
      const sent = request(`${server.url}${path}`, { method, headers, agent: false }, async (response) => {
        resolve({ status: response.statusCode!, headers: response.headers, body: await text(response) });
      });
      sent.on('error', reject).end(body);
    });
  }

  function upgrade(headers: Record<string, string>): Promise<number | 'open'> {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
      socket.once('open', () => (socket.close(), resolve('open')));
      socket.once('unexpected-response', (sent, response) => (sent.destroy(), resolve(response.statusCode!)));
      socket.once('error', () => undefined);
    });
  }

  describe.each(FOREIGN)('with %s', (_, headers) => {
    it('is refused on POST before it is parsed', async () => {
      const { status, body } = await send('POST', '/graphql', { ...JSON_TYPE, ...headers }, 'not JSON');
      expect([status, JSON.parse(body).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
    });

    it('is refused on SSE', async () => {
      const { status } = await send(
        'POST',
        '/graphql',
        { ...JSON_TYPE, accept: 'text/event-stream', ...headers },
        BODY,
      );
      expect(status).toBe(403);
    });

    it('is refused on WebSocket', async () => {
      expect(await upgrade(headers as Record<string, string>)).toBe(403);
    });

    it.each(['/', '/graphiql', '/healthz', '/readyz', '/nothing'])('is refused on %s', async (path) => {
      expect((await send('GET', path, headers)).status).toBe(403);
    });

    it('gets no preflight', async () => {
      const { status, headers: answered } = await send('OPTIONS', '/graphql', {
        'access-control-request-method': 'POST',
        ...headers,
      });
      expect([status, answered['access-control-allow-origin']]).toEqual([403, undefined]);
    });
  });

  it.each([{ host: 'localhost' }, { host: '[::1]:80' }, { host: 'ibid.example' }, { host: 'IBID.example:8080' }])(
    'is served for the host $host',
    async (headers) => {
      expect((await send('POST', '/graphql', { ...JSON_TYPE, ...headers }, BODY)).status).toBe(200);
    },
  );

  it('is served with its own origin', async () => {
    expect((await send('POST', '/graphql', { ...JSON_TYPE, origin: server.url }, BODY)).status).toBe(200);
    expect(await upgrade({ origin: server.url })).toBe('open');
  });

  it('is served, preflight first, for an origin of CORS_ORIGINS', async () => {
    const origin = 'https://app.example';
    const preflight = await send('OPTIONS', '/graphql', { origin, 'access-control-request-method': 'POST' });
    const answer = await send('POST', '/graphql', { ...JSON_TYPE, origin }, BODY);
    expect(preflight.headers['access-control-allow-origin']).toBe(origin);
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, origin]);
    expect(await upgrade({ origin })).toBe('open');
  });
});

describe('refuseHostOrOrigin', () => {
  it('lets an entry with a port stand for that port alone', () => {
    const rules = { allowedHosts: ['ibid.example:8080'], corsOrigins: [] };
    expect(refuseHostOrOrigin({ host: 'ibid.example:8080' }, rules)).toBeNull();
    expect(refuseHostOrOrigin({ host: 'ibid.example:9090' }, rules)).not.toBeNull();
  });
});

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk;
  return all;
}
