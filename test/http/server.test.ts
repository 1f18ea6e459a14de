import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';
import { collect, post, subscribeSse, subscribeWs } from '../support/graphql-clients.js';
import { until } from '../support/until.js';

describe('a request', () => {
  let server: BareServer;

  beforeAll(async () => {
    server = await startBareServer({
      limits: {
        maxBodyBytes: 10_000,
        maxResponseBytes: 10_000,
      },
    });
  });
  afterAll(() => server.stop());

  it('to an unknown address gets a small JSON answer', async () => {
    const response = await fetch(`${server.url}/nothing`);
    expect([response.status, await response.json()]).toEqual([
      404,
      { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code: 'NOT_FOUND' }) })] },
    ]);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD'])('with the method %s is told the ones there are', async (method) => {
    const response = await fetch(`${server.url}/graphql`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'application/json; charset=utf-7',
  ])('with the content type %s is refused', async (type) => {
    expect((await post(server.url, '{ hello }', {}, { 'content-type': type })).status).toBe(415);
  });

  it.each(['text/html', 'application/json;q=0'])('that accepts only %s is refused', async (accept) => {
    expect((await post(server.url, '{ hello }', {}, { accept })).status).toBe(406);
  });

  it('for a subscription as one JSON answer is told where to go', async () => {
    const { status, errors } = await post(server.url, 'subscription { count(to: 1) }');
    expect([status, errors![0]!.message]).toEqual([406, expect.stringContaining('text/event-stream')]);
  });

  it('that announces too large a body is refused before it is read', async () => {
    const socket = await send(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10001\r\n\r\n',
    );
    expect(await received(socket)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('that sends too large a body without announcing it is refused', async () => {
    const chunk = `${(20_000).toString(16)}\r\n${'x'.repeat(20_000)}\r\n0\r\n\r\n`;
    const head =
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';
    const socket = await send(head + chunk);
    expect(await received(socket)).toMatch(/^HTTP\/1.1 413 /);
  });

  it('whose answer would be too large is refused', async () => {
    const withRoom = 10_000 - '{"data":{"text":""}}'.length;
    expect((await post(server.url, `{ text(length: ${withRoom}) }`)).errors).toBeUndefined();
    const { data, errors } = await post(server.url, `{ text(length: ${withRoom + 1}) }`);
    const refused = [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }];
    expect([data, errors]).toMatchObject([undefined, refused]);
    for (const subscribe of [subscribeSse, subscribeWs])
      expect(await collect(subscribe(server.url, `{ text(length: ${withRoom + 1}) }`))).toMatchObject([
        { errors: refused },
      ]);
  });

  it('whose answer would be longer than a text can be is refused by every transport', async () => {
    const texts = Array.from({ length: 15 }, (_, index) => `a${index}: text(length: 40000000)`);
    const query = `{ ${texts.join(' ')} }`;
    const { data, errors } = await post(server.url, query);
    const refused = [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }];
    expect([data, errors]).toMatchObject([undefined, refused]);
    for (const subscribe of [subscribeSse, subscribeWs])
      expect(await collect(subscribe(server.url, query))).toMatchObject([{ errors: refused }]);
  });

  it('gets headers that forbid a page to frame or load anything', async () => {
    const { headers } = await fetch(`${server.url}/healthz`);
    expect(headers.get('content-security-policy')).toBe(`default-src 'none';frame-ancestors 'none'`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  async function send(text: string): Promise<Socket> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  }
});

describe('a client', () => {
  let server: BareServer;
  beforeAll(async () => {
    server = await startBareServer({ limits: { stalledStreamTimeoutMs: 100, keepAliveTimeoutMs: 100 } });
  });
  afterAll(() => server.stop());

  it('that takes nothing of its answer is dropped, though it asks on and on', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.pause();
    const query = encodeURIComponent('{ text(length: 15000000) }');
    const ask = () =>
      socket.write(
        `GET /graphql?query=${query} HTTP/1.1\r\nHost: localhost\r\nApollo-Require-Preflight: 1\r\nAccept: */*\r\n\r\n`,
      );
    const timer = setInterval(ask, 10);
    await new Promise((resolve) => socket.once('error', resolve));
    clearInterval(timer);
  });

  it.each([
    ['of one large answer', 15_000_000, 1],
    ['of many answers, which it asked for in one go,', 200_000, 75],
  ])(
    'that takes nothing %s is dropped at once where too much waits in all, and no other is',
    async (_, length, times) => {
      const small = await startBareServer({ limits: { maxUnsentBytes: 1_000_000, headersTimeoutMs: 60_000 } });
      const open = async () => {
        const socket = connect(Number(new URL(small.url).port), '127.0.0.1').on('error', () => undefined);
        await once(socket, 'connect');
        return socket;
      };
      const ask = (socket: Socket, query: string, requests = 1) =>
        socket.write(
          `GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nHost: localhost\r\nApollo-Require-Preflight: 1\r\n\r\n`.repeat(
            requests,
          ),
        );
      const [idle, other] = [await open(), await open()];
      ask(idle.pause(), `{ text(length: ${length}) }`, times);
      await until(() => small.logged.some((line) => line.includes('clients are dropped')));
      expect((await received(idle.resume())).length).toBeLessThan(15_000_000);
      ask(other, '{ hello }');
      expect(String((await once(other, 'data'))[0])).toContain('Hello world');
      await small.stop();
    },
  );

  it('that has to wait for its answer gets it', async () => {
    expect((await post(server.url, '{ wait(ms: 500) }')).data).toEqual({ wait: 'waited' });
  });

  it('that asks nothing more is let go', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await received(socket)).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('an address', () => {
  let server: BareServer;
  beforeAll(async () => void (server = await startBareServer()));
  afterAll(() => server.stop());

  it.each(['/', '/graphql', '/graphql/'])('%s leads a browser to GraphiQL', async (path) => {
    const headers = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
    const response = await fetch(`${server.url}${path}`, { headers, redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphiql']);
  });

  it('with a query leads it nowhere, since another page may have made that', async () => {
    const headers = { accept: 'text/html,*/*;q=0.8' };
    const response = await fetch(`${server.url}/graphql?query={hello}`, { headers, redirect: 'manual' });
    expect(response.status).toBe(400);
  });

  it.each(['/graphiql', '/healthz', '/readyz'])('%s answers HEAD as it does GET', async (path) => {
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(`${server.url}${path}`, { method })));
    expect([head!.status, await head!.text()]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'etag'])
      expect(head!.headers.get(name)).toBe(get!.headers.get(name));
  });

  it.each(['/graphiql/', '/healthz/', '/readyz/'])('%s is the same as without the slash', async (path) => {
    expect((await fetch(`${server.url}${path}`)).status).toBe(200);
  });

  it('/graphql/ is the same as without the slash, by HTTP and by WebSocket', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: '{ hello }' });
    const response = await fetch(`${server.url}/graphql/`, { method: 'POST', headers, body });
    expect(await response.json()).toEqual({ data: { hello: 'Hello world' } });
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql/`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.close();
    await once(socket, 'close');
  });
});

describe('/readyz', () => {
  it.each([
    ['ready', async () => ({ ready: true }), 200],
    ['not ready', async () => ({ ready: false, reason: 'No database.' }), 503],
    ['failing', () => Promise.reject(new Error('hunter2')), 503],
    ['silent', () => new Promise<never>(() => undefined), 503],
  ])('answers when the service is %s', async (_, isReady, status) => {
    const server = await startBareServer({ isReady, limits: { readinessTimeoutMs: 50 } });
    const ready = await fetch(`${server.url}/readyz`);
    const live = await fetch(`${server.url}/healthz`);
    await server.stop();
    expect([ready.status, live.status]).toEqual([status, 200]);
    expect(await ready.text()).not.toContain('hunter2');
  });
});

describe('starting on a port in use', () => {
  it('fails with a message that names it', async () => {
    const server = await startBareServer();
    const { port } = new URL(server.url);
    await expect(startBareServer({ port: Number(port) })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
    await server.stop();
  });
});

describe('stopping', () => {
  it('answers what is in flight, and refuses what comes later', async () => {
    const server = await startBareServer();
    const answer = post(server.url, '{ wait(ms: 500) }');
    await server.untilWaiting();
    const stopped = server.stop();
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    expect((await answer).data).toEqual({ wait: 'waited' });
    await stopped;
  });

  it('does not wait for connections that are only kept alive', async () => {
    const server = await startBareServer({ limits: { stopTimeoutMs: 100_000 } });
    const start = performance.now();
    const answer = post(server.url, '{ wait(ms: 200) }');
    await server.untilWaiting();
    await server.stop();
    await answer;
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it('closes WebSockets with 1001 and ends event streams and their subscriptions, without a wait for their connections', async () => {
    const server = await startBareServer({ limits: { keepAliveTimeoutMs: 150_000, stopTimeoutMs: 150_000 } });
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const stream = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { silence }' }),
    });
    const [[code], events] = await Promise.all([once(socket, 'close'), stream.text(), server.stop()]);
    expect(code).toBe(1001);
    expect(events).not.toContain('complete');
    expect(server.ended.count).toBe(1);
  });

  it('does not wait for clients that keep their end open after a refused upgrade', async () => {
    const server = await startBareServer();
    const socket = connect({ port: Number(new URL(server.url).port), host: '127.0.0.1', allowHalfOpen: true });
    socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1.1 404 /);
    await server.stop();
    socket.destroy();
  });

  it('does not wait for ever', async () => {
    const server = await startBareServer({ limits: { stopTimeoutMs: 200 } });
    const answer = post(server.url, '{ wait(ms: 60000) }').catch(() => 'cut');
    await server.untilWaiting();
    await Promise.all([server.stop(), server.stop()]);
    expect(await answer).toBe('cut');
  });
});

async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk))).on('error', () => undefined);
  await once(socket, 'close');
  return text;
}
