import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startBareServer, type BareServer } from '../support/bare-http-server.js';
import { collect, post, subscribeSse, subscribeWs } from '../support/graphql-clients.js';
import { cpuTimeOf } from '../support/cpu-time.js';

const TRANSPORTS = { post: one(post), WebSocket: one(subscribeWs), SSE: one(subscribeSse) };
const repeat = (count: number, part: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => part(i)).join(' ');
const friends = (levels: number, size: string): string =>
  levels === 0 ? 'id' : `friends${size} { edges { node { ${friends(levels - 1, size)} } } }`;

/** Beside those that test/limits.test.ts sends to the whole service. */
const TOO_COMPLEX: Record<string, string> = {
  'inline fragments nested 20,000 deep': '{...'.repeat(20_000),
  'lists of values nested 20,000 deep': `{ hello(name: ${'['.repeat(20_000)}`,
  '13 levels': `{ me { ${friends(4, '(first: 1)')} } }`,
  'root fields behind a fragment': `{ ...F } fragment F on Query { ${repeat(21, () => 'hello')} }`,
  'pages within pages': `{ me { ${friends(3, '(first: 50)')} } }`,
  'pages within pages, from the end': `{ me { ${friends(3, '(last: 50)')} } }`,
  'pages of unstated size': `{ me { ${friends(3, '')} siblings { siblings { ${friends(1, '')} siblings { siblings { id } } } } } }`,
};

const INVALID: Record<string, string> = {
  'a fragment in itself': '{ me { ...A } } fragment A on User { friends { edges { node { ...A } } } }',
  'an unknown fragment': '{ ...Nothing }',
  'an unknown type': '{ ... on Nothing { id } }',
};

const EXPONENTIAL = `{ nodes(ids: []) { ...F0 ...F0 } } fragment F60 on User { id }
  ${repeat(60, (i) => `fragment F${i} on User { ...F${i + 1} ...F${i + 1} }`)}`;
const REPEATING = `{ ${repeat(19, () => `me { ${repeat(40, () => 'id')} }`)} }`;

describe.each(Object.entries(TRANSPORTS))('a hostile document by %s', (_, send) => {
  let server: BareServer;

  beforeAll(async () => {
    server = await startBareServer();
  });
  afterAll(() => server.stop());

  it.each(Object.entries(TOO_COMPLEX))('is too complex with %s', async (__, query) => {
    const { data, errors } = await send(server.url, query);
    expect([data, errors!.map(({ extensions }) => extensions.code)]).toEqual([undefined, ['QUERY_TOO_COMPLEX']]);
  });

  it.each(Object.entries(INVALID))('is invalid with %s, in few and short words', async (__, query) => {
    const { data, errors } = await send(server.url, query);
    expect(data).toBeUndefined();
    expect(new Set(errors!.map(({ extensions }) => extensions.code))).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    expect(errors!.length).toBeLessThanOrEqual(6);
    expect(JSON.stringify(errors).length).toBeLessThan(10_000);
  });

  it.each([
    ['answered', 'spreads fragments exponentially', EXPONENTIAL, undefined],
    ['refused', 'repeats what validation compares pair by pair', REPEATING, ['QUERY_TOO_COMPLEX']],
  ])('is %s in under 3 s when it %s', async (_outcome, _how, query, expected) => {
    const asked = async () => expect(await codes(send(server.url, query))).toEqual(expected);
    expect(await cpuTimeOf(asked)).toBeLessThan(3_000);
  });

  it('resolves variables, and their defaults, for the cost', async () => {
    const query = `query ($first: Int = 100) { me { ${friends(3, '(first: $first)')} } }`;
    expect(await codes(send(server.url, query))).toEqual(['QUERY_TOO_COMPLEX']);
    expect(await codes(send(server.url, query, { first: 100 }))).toEqual(['QUERY_TOO_COMPLEX']);
    expect(await codes(send(server.url, query, { first: 1 }))).not.toContain('QUERY_TOO_COMPLEX');
  });

  it('costs as much as the list of ids that it names', async () => {
    const query = `query ($ids: [ID!]!) { nodes(ids: $ids) { ${friends(1, '(first: 100)')} } }`;
    expect(await codes(send(server.url, query, { ids: Array(100).fill('1') }))).toEqual(['QUERY_TOO_COMPLEX']);
    expect(await codes(send(server.url, query, { ids: ['1'] }))).toBeUndefined();
  });

  it('may hold the standard introspection query, which is deeper than the limit', async () => {
    const { data, errors } = await send(server.url, getIntrospectionQuery());
    expect(errors).toBeUndefined();
    expect(data.__schema.queryType.name).toBe('Query');
  });

  it('may not nest introspection', async () => {
    const query = `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`;
    expect(await codes(send(server.url, query))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });

  it('gets a syntax error with its place', async () => {
    const { errors } = await send(server.url, '{ hello');
    expect(errors).toEqual([
      {
        message: 'Syntax Error: Expected Name, found <EOF>.',
        locations: [{ line: 1, column: 8 }],
        extensions: { code: 'GRAPHQL_PARSE_FAILED', requestId: expect.any(String), retryable: false },
      },
    ]);
  });

  it('gets suggestions of names, which introspection tells anyway', async () => {
    const { errors } = await send(server.url, '{ hell }');
    expect(errors![0]!.message).toBe('Cannot query field "hell" on type "Query". Did you mean "hello"?');
  });

  it('gets at most 300 characters of what it sent', async () => {
    const long = 'x'.repeat(100_000);
    const literal = await send(server.url, `{ wait(ms: "${long}") }`);
    const variable = await send(server.url, 'query ($ms: Int!) { wait(ms: $ms) }', { ms: long });
    expect(literal.errors![0]!.message).toHaveLength(300);
    expect(variable.errors![0]).toMatchObject({
      message: expect.stringMatching(/…$/),
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('gets five errors for a hundred bad variables', async () => {
    const query = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }';
    const { errors } = await send(server.url, query, { ids: Array(100).fill(null) });
    expect(errors!.length).toBeLessThanOrEqual(6);
  });

  it.each([
    'subscription ($on: Boolean!) { silence @include(if: $on) }',
    'subscription { ... @skip(if: true) { silence } }',
    'subscription { ...one } fragment one on Subscription { silence @skip(if: true) }',
  ])('is refused where a subscription may have no field: %s', async (query) => {
    const { errors } = await send(server.url, query, { on: false });
    expect(errors).toMatchObject([
      {
        message: 'The field of a subscription can be neither skipped nor included.',
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
  });

  it('is refused where it holds several operations and none is named', async () => {
    expect(await codes(send(server.url, 'query A { hello } query B { hello }'))).toEqual(['BAD_USER_INPUT']);
  });

  it('does not change what is served next', async () => {
    expect((await send(server.url, '{ hello }')).data).toEqual({ hello: 'Hello world' });
  });
});

type Sender = (
  url: string,
  query: string,
  variables?: Record<string, unknown>,
) => Promise<Awaited<ReturnType<typeof post>>>;

function one(send: typeof post | typeof subscribeWs): Sender {
  return async (url, query, variables) => {
    const sent = send(url, query, variables);
    return Symbol.asyncIterator in sent ? ((await collect(sent))[0] as Awaited<ReturnType<Sender>>) : sent;
  };
}

async function codes(answer: ReturnType<Sender>): Promise<string[] | undefined> {
  return (await answer).errors?.map(({ extensions }) => extensions.code);
}
