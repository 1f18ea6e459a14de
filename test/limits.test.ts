import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { WebSocket } from 'ws';

import { DEFAULT_LIMITS } from '../src/platform/limits.js';
import {
  buildChunk,
  buildConversation,
  buildDocument,
  buildMessage,
  buildProject,
  buildProjectDoc,
} from './support/factories.js';
import { type GraphqlResult, collect, post, subscribeSse, subscribeWs } from './support/graphql-clients.js';
import { cpuTimeOf } from './support/cpu-time.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({
    limits: {
      ...DEFAULT_LIMITS,
      headersTimeoutMs: 300,
      requestTimeoutMs: 600,
      connectionsCheckingIntervalMs: 50,
      socketInitTimeoutMs: 1_000,
    },
  });
  for (let count = 0; count < 3; count += 1) {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const { id: documentId } = await buildDocument(app, { projectId, projectDocId });
    await buildChunk(app, { projectId, documentId, chunkIndex: 0 });
    const { id: conversationId } = await buildConversation(app, { projectId });
    await buildMessage(app, { conversationId, sequence: 1 });
  }
});
afterAll(() => app.stop());

const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => part(index)).join(' ');
/** A project's conversations' projects' conversations, and so on. */
const cycle = (rounds: number, first: string): string =>
  rounds === 0 ? 'id' : `conversations${first} { nodes { project { ${cycle(rounds - 1, first)} } } }`;

const TOO_COMPLEX: Record<string, string> = {
  'goes round in a cycle': `{ projects(first: 1) { nodes { ${cycle(4, '(first: 1)')} } } }`,
  'asks for pages of pages of pages':
    '{ projects(first: 100) { nodes { conversations(first: 100) { nodes { messages(first: 100) { nodes { id } } } } } } }',
  'hides them behind fragments': `{ projects(first: 100) { ...A } }
    fragment A on ProjectConnection { nodes { ...B } }
    fragment B on Project { documents(first: 100) { nodes { chunks(first: 100) { nodes { id } } } } }`,
  'has more than 1,000 tokens': `{ ${repeat(1_100, () => '__typename')} }`,
  'nests without end': '{a'.repeat(20_000),
  'searches 16 times under aliases': `{ projects(first: 1) { nodes { ${repeat(16, (i) => `a${i}: search(query: "x") { hits { score } }`)} } } }`,
  'asks for 21 root fields': `{ ${repeat(21, (i) => `node(id: "${i}") { id }`)} }`,
};
const INVALID: Record<string, string> = {
  'has 300 unknown fields': `{ projects { ${repeat(300, (i) => `unknown${i}`)} } }`,
  'has a cycle of fragments':
    '{ projects { nodes { ...A } } } fragment A on Project { ...B } fragment B on Project { ...A }',
  'repeats a directive 300 times': `{ __typename ${repeat(300, () => '@nothing')} }`,
};

type Send = (query: string, variables?: Values) => Promise<GraphqlResult>;
const TRANSPORTS: Record<string, Send> = {
  POST: (query, variables) => post(app.url, query, variables),
  SSE: async (query, variables) => (await collect(subscribeSse(app.url, query, variables)))[0]!,
  WebSocket: async (query, variables) => (await collect(subscribeWs(app.url, query, variables)))[0]!,
};

describe.each(Object.entries(TRANSPORTS))('a hostile document by %s', (_, send) => {
  it.each(Object.entries(TOO_COMPLEX))('is refused at once when it %s', async (__, query) => {
    let answer: GraphqlResult = {};
    expect(await cpuTimeOf(async () => (answer = await send(query)))).toBeLessThan(3_000);
    expect(answer.data).toBeUndefined();
    expect(answer.errors).toEqual([
      {
        message: expect.any(String),
        extensions: { code: 'QUERY_TOO_COMPLEX', requestId: expect.any(String), retryable: false },
      },
    ]);
  });

  it.each(Object.entries(INVALID))('is invalid, in few words, when it %s', async (__, query) => {
    const { data, errors } = await send(query);
    expect(data).toBeUndefined();
    expect(new Set(errors!.map(({ extensions }) => extensions.code))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    expect(errors!.length).toBeLessThanOrEqual(6);
    expect(JSON.stringify(errors).length).toBeLessThan(10_000);
  });

  it('counts page sizes that come as variables', async () => {
    const query =
      'query($n: Int!) { projects(first: $n) { nodes { documents(first: $n) { nodes { chunks(first: $n) { nodes { id } } } } } } }';
    expect((await send(query, { n: 100 })).errors![0]!.extensions.code).toBe('QUERY_TOO_COMPLEX');
    expect((await send(query, { n: 3 })).data.projects.nodes).toHaveLength(3);
  });

  it('leaves others served in the meantime', async () => {
    const hostile = Promise.all(Object.values(TOO_COMPLEX).map((query) => send(query)));
    const served = async () => expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
    expect(await cpuTimeOf(served)).toBeLessThan(750);
    await hostile;
  });
});

describe('a limit', () => {
  const names = (more: string) => `{ __schema { queryType { ${repeat(248, () => '...{name}')} ${more} } } }`;
  const documents = (projects: number, each: number) =>
    `{ projects(first: ${projects}) { nodes { documents(first: ${each}) { nodes { id } } } } }`;
  const nested = (leaf: string) => `{ projects(first: 1) { nodes { ${cycle(3, '(first: 1)').replace('id', leaf)} } } }`;

  it.each([
    ['1,000 tokens', names(''), names('name')],
    ['12 levels', nested('id'), nested('latestReembedding { id }')],
    ['15 aliases', `{ ${repeat(15, (i) => `a${i}: __typename`)} }`, `{ ${repeat(16, (i) => `a${i}: __typename`)} }`],
    ['20 root fields', `{ ${repeat(20, () => '__typename')} }`, `{ ${repeat(21, () => '__typename')} }`],
    ['10,000 objects', documents(99, 99), documents(100, 98)],
  ])('of a document is met by %s, and passed by one more', async (_, met, passed) => {
    expect((await post(app.url, met!)).errors).toBeUndefined();
    expect((await post(app.url, passed!)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  });

  it('of a body is met by 1 MB, and passed by one byte more', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query: '{ __typename }' }).padEnd(1_000_000);
    expect((await fetch(`${app.url}/graphql`, { method: 'POST', headers, body })).status).toBe(200);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.write(
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000001\r\n\r\n',
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('of a WebSocket message is met by 256 kB, and passed by one byte more', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    const message = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: '{ __typename }' } });
    socket.send(message.padEnd(256_000));
    expect(JSON.parse(String((await once(socket, 'message'))[0]))).toMatchObject({ type: 'next' });
    socket.send(message.padEnd(256_001));
    expect((await once(socket, 'close'))[0]).toBe(1009);
  });

  it('is another one where API_LIMITS says so, and the others stay', async () => {
    const other = await startTestApp({ env: { API_LIMITS: 'aliases=16, depth=4,bodyBytes=300' } });
    const send = async (document: string) => (await post(other.url, document)).errors;
    try {
      expect(await send(`{ ${repeat(16, (i) => `a${i}: __typename`)} }`)).toBeUndefined();
      expect(await send('{ projects { nodes { documents { nodes { id } } } } }')).toMatchObject([
        { message: expect.stringContaining('4'), extensions: { code: 'QUERY_TOO_COMPLEX' } },
      ]);
      expect(await send(`{ ${repeat(21, () => '__typename')} }`)).toMatchObject([
        { extensions: { code: 'QUERY_TOO_COMPLEX' } },
      ]);
      const body = JSON.stringify({ query: '{ __typename }' }).padEnd(301);
      const headers = { 'content-type': 'application/json' };
      expect((await fetch(`${other.url}/graphql`, { method: 'POST', headers, body })).status).toBe(413);
    } finally {
      await other.stop();
    }
  });

  it('is the documented one by default', () => {
    expect(DEFAULT_LIMITS).toMatchObject({
      maxTokens: 1_000,
      maxDepth: 12,
      maxAliases: 15,
      maxRootFields: 20,
      maxCost: 10_000,
      maxBodyBytes: 1_000_000,
      maxSocketMessageBytes: 256_000,
      maxResponseBytes: 16_000_000,
      maxSocketOperations: 50,
      headersTimeoutMs: 10_000,
      requestTimeoutMs: 25_000,
      keepAliveTimeoutMs: 5_000,
      socketInitTimeoutMs: 3_000,
    });
  });
});

describe('a request', () => {
  it('with a batch is refused', async () => {
    const body = JSON.stringify([{ query: '{ __typename }' }]);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
    expect([response.status, (await response.json()).errors[0].message]).toEqual([
      400,
      'Batches of operations are not served: send one.',
    ]);
  });
});

describe('a slow client', () => {
  it.each([
    ['headers', 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n'],
    [
      'body',
      'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ],
  ])('is dropped when it stops in the middle of its %s', async (_, half) => {
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    socket.write(half);
    const start = performance.now();
    await once(socket, 'close');
    // Node.js itself would wait for a minute.
    expect(performance.now() - start).toBeLessThan(30_000);
  });

  it('is dropped when it opens a WebSocket and says nothing', async () => {
    const socket = new WebSocket(`${app.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    expect((await once(socket, 'close'))[0]).toBe(4408);
  });
});

describe('the GraphQL over HTTP audits', () => {
  it('all pass, but for three that send a GET which any page could send', async () => {
    const audits = serverAudits({ url: `${app.url}/graphql` });
    const results = await Promise.all(audits.map(({ fn }) => fn()));
    expect(results).toHaveLength(61);
    expect(results.filter(({ status }) => status !== 'ok').map(({ id }) => id)).toEqual(['5A70', 'D6D5', '6A70']);
  });
});
