import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';
import { collect, subscribeSse, subscribeWs } from '../support/graphql-clients.js';
import { until } from '../support/until.js';

const PING = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(9_000) } });

let server: BareServer;

beforeAll(async () => {
  server = await startBareServer({
    limits: {
      socketInitTimeoutMs: 800,
      maxSocketOperations: 3,
      maxSocketMessageBytes: 10_000,
      heartbeatMs: 1_000,
      stalledStreamTimeoutMs: 500,
    },
  });
});
afterAll(() => server.stop());

describe.each([
  ['graphql-ws', subscribeWs],
  ['graphql-sse', subscribeSse],
])('a %s client', (_, subscribe) => {
  it('follows a subscription to its end', async () => {
    const results = await collect(subscribe(server.url, 'subscription ($to: Int!) { count(to: $to) }', { to: 3 }));
    expect(results.map(({ data }) => data.count)).toEqual([1, 2, 3]);
  });

  it('sees each event in a context of its own', async () => {
    const results = await collect(subscribe(server.url, 'subscription { contextNumber(times: 3) }'));
    const numbers = results.map(({ data }) => data.contextNumber);
    expect(new Set(numbers).size).toBe(3);
  });

  it('runs queries and mutations too', async () => {
    expect(await collect(subscribe(server.url, '{ hello }'))).toEqual([{ data: { hello: 'Hello world' } }]);
    expect(await collect(subscribe(server.url, 'mutation { rename(name: "x") }'))).toEqual([
      { data: { rename: null } },
    ]);
  });

  it('gets a masked error as the last event when the source breaks', async () => {
    const results = await collect(subscribe(server.url, 'subscription { breakAfter(events: 1) }'));
    expect(results).toEqual([
      { data: { breakAfter: 1 } },
      { errors: [{ message: expect.stringMatching(/^Something went wrong/), extensions: expect.anything() }] },
    ]);
  });

  it('gets the error of an event that cannot be read as the last one, so that it comes back for that event', async () => {
    const results = await collect(subscribe(server.url, 'subscription { unreadable(with: "terminated") }'));
    expect(results).toMatchObject([
      { data: { unreadable: 1 } },
      { errors: [{ path: ['unreadable'], extensions: { code: 'UNAVAILABLE', retryable: true } }] },
    ]);
  });

  it('gets no error where what an event tells of has been deleted, but the end', async () => {
    const results = await collect(subscribe(server.url, 'subscription { unreadable(with: "api") }'));
    expect(results).toEqual([{ data: { unreadable: 1 } }]);
  });
});

describe('a client that does not read', () => {
  it.each([
    ['WebSocket', readNothingBySocket],
    ['SSE', readNothingByStream],
  ])('holds the source back, and is dropped, by %s', async (_, start) => {
    const before = { ...server.flood };
    const stop = await start();
    await until(() => server.flood.over === before.over + 1);
    stop();
    // What the buffers of two sockets take in, and not what the source could give.
    expect(server.flood.events - before.events).toBeLessThan(200);
  });

  it('is not read from either, and is dropped, when it sends messages by WebSocket on and on', async () => {
    const patient = await startBareServer({ limits: { heartbeatMs: 60_000, stalledStreamTimeoutMs: 300 } });
    const { socket } = await connect(patient.url);
    socket.on('error', () => undefined).pause();
    const send = () => new Promise<Error | null | undefined>((resolve) => socket.send(PING, resolve));
    let messages = 0;
    while (messages < 5_000 && !(await send())) messages += 1;
    // What the buffers of two sockets take in.
    expect(messages).toBeLessThan(5_000);
    socket.terminate();
    await patient.stop();
  });

  it('gets all its answers by WebSocket once it reads again', async () => {
    const patient = await startBareServer({ limits: { heartbeatMs: 60_000 } });
    const { socket } = await connect(patient.url);
    socket.pause();
    let answers = 0;
    socket.on('message', () => (answers += 1));
    const sent = Promise.withResolvers<unknown>();
    for (let count = 1; count <= 2_000; count += 1) socket.send(PING, count === 1 ? sent.resolve : undefined);
    await sent.promise;
    socket.resume();
    await until(() => answers === 2_000);
    socket.terminate();
    await patient.stop();
  });

  async function readNothingBySocket() {
    const { socket, ask } = await connect();
    void ask('1', 'subscription { flood }');
    socket.pause();
    return () => socket.terminate();
  }

  async function readNothingByStream() {
    const query = encodeURIComponent('subscription { flood }');
    const headers = { accept: 'text/event-stream', 'apollo-require-preflight': 'true' };
    const sent = request(`${server.url}/graphql?query=${query}`, { headers })
      .on('error', () => undefined)
      .end();
    const [response] = await once(sent, 'response');
    response.on('error', () => undefined);
    return () => sent.destroy();
  }
});

describe('a WebSocket', () => {
  it('is closed when it does not introduce itself in time', async () => {
    const [code] = await once(open(), 'close');
    expect(code).toBe(4408);
  });

  it('is closed when it speaks no protocol that is served', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`);
    const [code] = await once(socket, 'close');
    expect(code).toBe(4406);
  });

  it('is served on /graphql only', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/elsewhere`, 'graphql-transport-ws');
    const [error] = await once(socket, 'error').catch((thrown: unknown) => [thrown]);
    expect(String(error)).toContain('404');
  });

  it('stays open after a syntax error', async () => {
    const { ask, socket } = await connect();
    expect(await ask('1', '{')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
    expect(await ask('2', '{ hello }')).toMatchObject({ type: 'next', payload: { data: { hello: 'Hello world' } } });
    socket.terminate();
  });

  it('runs a bounded number of operations at the same time, and logs nothing of those beyond', async () => {
    const { ask, socket } = await connect();
    const logged = server.logged.length;
    for (const id of ['1', '2']) void ask(id, 'subscription { silence }');
    expect(await ask('3', '{ hello }')).toMatchObject({ type: 'next' });
    void ask('5', 'subscription { silence }');
    expect(await ask('4', '{ hello }')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    expect(server.logged.slice(logged)).toEqual([]);
    socket.terminate();
  });

  it('may use an id again as soon as it has completed the operation that had it', async () => {
    const own = await startBareServer();
    const { ask, subscribe, complete, received, socket } = await connect(own.url);
    subscribe('1', 'subscription { silence }');
    complete('1');
    subscribe('1', 'subscription { count(to: 2) }');
    await until(() => own.ended.count === 1 && received.at(-1)!.type === 'complete');
    expect(received.map(({ type }) => type)).toEqual(['connection_ack', 'next', 'next', 'complete']);
    subscribe('1', 'subscription { silence }');
    await ask('2', '{ hello }');
    complete('1');
    subscribe('1', 'subscription { silence }');
    await until(() => own.ended.count === 2);
    socket.terminate();
    await until(() => own.ended.count === 3);
    await own.stop();
  });

  it.each([
    ['short', '1'],
    ['long', 'id'.repeat(100)],
  ])('is closed when it gives a %s id to a second operation', async (_, id) => {
    const { subscribe, socket } = await connect();
    subscribe(id, 'subscription { silence }');
    subscribe(id, '{ hello }');
    expect((await once(socket, 'close'))[0]).toBe(4409);
  });

  it.each([
    ['what is no message', 'hello', 4400],
    ['a message of a server', '{"type":"next","id":"1","payload":{}}', 4400],
    ['a second introduction', '{"type":"connection_init"}', 4429],
  ])('is closed on %s', async (_, message, code) => {
    const { socket } = await connect();
    socket.send(message);
    expect((await once(socket, 'close'))[0]).toBe(code);
  });

  it('is closed when it asks before it introduces itself', async () => {
    const socket = open();
    await once(socket, 'open');
    socket.send('{"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}');
    expect((await once(socket, 'close'))[0]).toBe(4401);
  });

  it('is closed on a message beyond the limit', async () => {
    const { socket } = await connect();
    socket.send('x'.repeat(20_000));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  it('is dropped when it answers no ping', async () => {
    const socket = open({ autoPong: false });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    expect((await once(socket, 'close'))[0]).toBe(1006);
  });

  it('is dropped when it answers pings that it has not read', async () => {
    const socket = open({ autoPong: false });
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    const timer = setInterval(() => socket.pong(), 10);
    expect((await once(socket, 'close'))[0]).toBe(1006);
    clearInterval(timer);
  });

  it('ends its subscriptions when it goes away', async () => {
    const before = server.ended.count;
    const { ask, socket } = await connect();
    void ask('1', 'subscription { silence }');
    await ask('2', '{ hello }');
    socket.terminate();
    await until(() => server.ended.count === before + 1);
  });
});

describe('an event stream', () => {
  const query = encodeURIComponent('subscription { silence }');
  const headers = { accept: 'text/event-stream', 'apollo-require-preflight': 'true' };

  it('starts at once, is not buffered by proxies, beats, and ends its subscription when the client goes away', async () => {
    const before = server.ended.count;
    const sent = request(`${server.url}/graphql?query=${query}`, { headers }).end();
    const [response] = await once(sent, 'response');
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
    let received = '';
    response.on('data', (chunk: Buffer) => (received += String(chunk))).on('error', () => undefined);
    await until(() => received.startsWith(':\n\n:\n\n'));
    sent.destroy();
    await until(() => server.ended.count === before + 1);
  });

  it('is refused without the header that CSRF prevention asks for', async () => {
    const { status } = await fetch(`${server.url}/graphql?query=${query}`, { headers: { accept: headers.accept } });
    expect(status).toBe(400);
  });

  it('is refused for a body that a form can send', async () => {
    const body = JSON.stringify({ query: 'subscription { count(to: 1) }' });
    const { status } = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { accept: headers.accept, 'content-type': 'text/plain' },
      body,
    });
    expect(status).toBe(415);
  });

  it('does not run a mutation by GET', async () => {
    const mutation = encodeURIComponent('mutation { rename(name: "x") }');
    const { status } = await fetch(`${server.url}/graphql?query=${mutation}`, { headers });
    expect(status).toBe(405);
  });
});

function open(options?: { autoPong: boolean }, url = server.url): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', options);
}

/** A socket in the raw protocol. `ask` resolves with the first message about its operation. */
async function connect(url = server.url) {
  const socket = open({ autoPong: true }, url);
  const received: { id?: string; type: string; payload: unknown }[] = [];
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const subscribe = (id: string, query: string) =>
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
  const complete = (id: string) => socket.send(JSON.stringify({ id, type: 'complete' }));
  const ask = (id: string, query: string) =>
    new Promise<{ type: string; payload: unknown }>((resolve) => {
      socket.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (message.id === id) resolve(message);
      });
      subscribe(id, query);
    });
  return { socket, received, subscribe, complete, ask };
}
