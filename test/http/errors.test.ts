import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';
import { collect, post, subscribeSse, subscribeWs } from '../support/graphql-clients.js';

const SECRETS = /hunter2|srv\/app|10\.0\.0\.7|select \*|5432|stack/;
const FAIL = 'query ($with: String!) { fail(with: $with) }';

describe('an error', () => {
  let server: BareServer;

  beforeAll(async () => {
    server = await startBareServer();
  });
  afterAll(() => server.stop());

  const transports = {
    post: async (query: string, variables: Record<string, unknown>) => post(server.url, query, variables),
    WebSocket: async (query: string, variables: Record<string, unknown>) =>
      (await collect(subscribeWs(server.url, query, variables)))[0]!,
    SSE: async (query: string, variables: Record<string, unknown>) =>
      (await collect(subscribeSse(server.url, query, variables)))[0]!,
  };

  describe.each(Object.entries(transports))('by %s', (_, send) => {
    it.each([
      ['api', 'NOT_FOUND', false],
      ['provider', 'UNAVAILABLE', true],
      ['plain', 'INTERNAL', false],
      ['refused', 'UNAVAILABLE', true],
      ['terminated', 'UNAVAILABLE', true],
      ['nested', 'UNAVAILABLE', true],
      ['pool', 'UNAVAILABLE', true],
      ['statementTimeout', 'TIMEOUT', true],
    ])('of the kind %s is answered as %s', async (kind, code, retryable) => {
      const { data, errors } = await send(FAIL, { with: kind });
      expect(data).toEqual({ fail: null });
      expect(errors).toEqual([
        {
          message: expect.not.stringMatching(SECRETS),
          locations: expect.anything(),
          path: ['fail'],
          extensions: { code, requestId: expect.any(String), retryable },
        },
      ]);
    });

    it('that is masked can be found in the log by its id', async () => {
      const { errors } = await send(FAIL, { with: 'plain' });
      const { requestId } = errors![0]!.extensions;
      expect(errors![0]!.message).toContain(requestId);
      const line = server.logged.find((each) => each.includes(requestId) && each.includes('"level":50'));
      expect(line).toContain('hunter2');
    });

    it("that is nobody's mistake can be found there too, as a warning, and one of the client's cannot", async () => {
      const linesOf = async (kind: string) => {
        const { errors } = await send(FAIL, { with: kind });
        const { requestId } = errors![0]!.extensions;
        const lines = server.logged.map((line) => JSON.parse(line)).filter((line) => line.requestId === requestId);
        return lines.filter(({ level }) => level >= 40);
      };
      expect(await linesOf('provider')).toMatchObject([
        { level: 40, code: 'UNAVAILABLE', reason: 'The provider could not be reached.', path: 'fail' },
      ]);
      expect(await linesOf('api')).toEqual([]);
    });

    it('is told fifty times at most', async () => {
      const { data, errors } = await send('{ failures(count: 100) { id } }', {});
      expect(data.failures).toHaveLength(100);
      expect(errors).toHaveLength(50);
      expect(JSON.stringify(errors).length).toBeLessThan(64_000);
    });

    it('of the service itself is not blamed on the client', async () => {
      const { data, errors } = await send('{ me { id } }', {});
      expect(data).toBeNull();
      expect(errors![0]!.extensions.code).toBe('INTERNAL');
    });

    it("that only execution finds in an argument is the client's", async () => {
      const { errors } = await send('query ($with: String = "plain") { fail(with: $with) }', { with: null });
      expect(errors![0]).toMatchObject({ path: ['fail'], extensions: { code: 'BAD_USER_INPUT' } });
    });
  });

  it("carries the id of its request's X-Request-Id", async () => {
    const { headers, errors } = await post(server.url, FAIL, { with: 'plain' });
    expect(headers.get('x-request-id')).toBe(errors![0]!.extensions.requestId);
  });

  it('cannot be given an id by its client', async () => {
    const { headers } = await post(server.url, '{ hello }', {}, { 'x-request-id': 'mine' });
    expect(headers.get('x-request-id')).not.toBe('mine');
  });

  it('while the context is made is masked too', async () => {
    const broken = await startBareServer({
      createContext: () => {
        throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
      },
    });
    const posted = await post(broken.url, '{ hello }');
    const [streamed] = await collect(subscribeSse(broken.url, 'subscription { count(to: 1) }'));
    await broken.stop();
    expect([posted.status, posted.errors![0]!.extensions.code]).toEqual([503, 'UNAVAILABLE']);
    expect(streamed!.errors![0]!.extensions.code).toBe('UNAVAILABLE');
  });

  const LATER = 'The service cannot use its database at the moment. Try again in a few seconds.';
  it.each([
    [
      'has no room left on its disk',
      '53100',
      "The disk of the service's database is full. Whoever runs it has to make room there.",
    ],
    ['has no memory left', '53200', LATER],
    ['has no connection left', '53300', LATER],
    [
      'takes no writes',
      '25006',
      "The service's database takes no writes: its disk is full, or it is a standby. Whoever runs the service has to act; what is stored can be read.",
    ],
    ['is not there any more', '3D000', LATER],
  ])('is UNAVAILABLE, retryable, and says who has to act, where the database %s', async (_, code, message) => {
    const broken = await startBareServer({
      createContext: () => {
        throw Object.assign(new Error('could not extend file'), { code });
      },
    });
    const { errors } = await post(broken.url, '{ hello }');
    await broken.stop();
    expect(errors).toEqual([
      { message, extensions: { code: 'UNAVAILABLE', requestId: expect.any(String), retryable: true } },
    ]);
  });

  it('leaves no variables in the log', async () => {
    await post(server.url, 'query ($name: String) { hello(name: $name) }', { name: 'a-private-value' });
    expect(server.logged.join('')).toContain('"path":"/graphql"');
    expect(server.logged.join('')).not.toContain('a-private-value');
  });
});

describe('a request that breaks off in its midst', () => {
  it('leaves nothing in the log', async () => {
    const server = await startBareServer();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    const headers = 'Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue';
    socket.write(`POST /graphql HTTP/1.1\r\n${headers}\r\n\r\n`);
    await once(socket, 'data');
    socket.end('{"query":');
    await once(socket, 'close');
    await server.stop();
    expect(server.logged).toEqual([]);
  });
});
