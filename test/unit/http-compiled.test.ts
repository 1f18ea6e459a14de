import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type BareServer, ERRORS, startBareServer } from '../support/bare-http-server.js';
import { post } from '../support/graphql-clients.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Often enough that it has been compiled in between. */
const TIMES = 5;

type Variables = Record<string, unknown>;

/** What it is answered each time, without the ids of requests. */
async function answersTo(url: string, query: string, variables: Variables = {}): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    const { data, errors } = await post(url, query, variables);
    const told = errors?.map(({ message, extensions: { requestId, ...extensions }, ...rest }) => ({
      ...rest,
      extensions,
      message: message.replace(String(requestId), 'ID'),
    }));
    answers.push({ data, errors: told });
  }
  return answers;
}

describe('a query that comes again', () => {
  let server: BareServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startBareServer();
    app = await startTestApp();
  });
  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it.each<[string, Variables]>([
    [
      '{ hello other: hello(name: "you") users(first: 2) { totalCount edges { node { ...F } } } } fragment F on User { id name }',
      {},
    ],
    ['query($name: String, $skip: Boolean!) { hello(name: $name) @skip(if: $skip) __typename }', { skip: true }],
    ['query($name: String, $skip: Boolean!) { hello(name: $name) @skip(if: $skip) __typename }', { skip: false }],
    ['{ nodes(ids: ["1", "2"]) { id friends(first: 1) { edges { node { siblings { id } } } } } }', {}],
    ['query($with: String = "plain") { fail(with: $with) }', { with: null }],
    [String.raw`{ hello(name: "'; throw 1; // \u2028 \\ \" $` + '{1}`") }', {}],
    ['{ failures(count: 60) { id } }', {}],
    ['{ me { id } hello }', {}],
    ['{ hello nodes(ids: ["1"]) { siblings { id friends { totalCount } } } me { id } }', {}],
    ['{ __schema { queryType { name fields { name args { name type { name } } } } } }', {}],
    ...Object.keys(ERRORS).map((kind): [string, Variables] => [
      'query($with: String!) { hello fail(with: $with) }',
      { with: kind },
    ]),
  ])('%s is answered as at first (%j)', async (query, variables) => {
    const [first, ...others] = await answersTo(server.url, query, variables);
    expect(others).toEqual(Array(TIMES - 1).fill(first));
  });

  it.each([
    '{ projects(first: 1) { nodes { id name createdAt stats { messageCount } conversations { totalCount } } pageInfo { endCursor } } }',
    '{ projects(first: 0) { nodes { id } } llmProviders { nodes { id } } }',
    '{ projects(after: "nonsense") { totalCount } }',
    '{ nodes(ids: ["nonsense", "01900000-0000-7000-8000-000000000000"]) { __typename id } }',
    '{ llmProviders { edges { cursor node { __typename ... on LLMProvider { modelName apiConfig createdAt } ... on Node { id } } } } }',
  ])('of the API, %s, is answered as at first', async (query) => {
    const [first, ...others] = await answersTo(app.url, query);
    expect(others).toEqual(Array(TIMES - 1).fill(first));
  });

  it('finds a node of any type', async () => {
    const { id } = (await app.query('{ llmProviders { nodes { id } } }')).llmProviders.nodes[0];
    const [first, ...others] = await answersTo(app.url, 'query($id: ID!) { node(id: $id) { __typename id } }', { id });
    expect(first).toEqual({ data: { node: { __typename: 'LLMProvider', id } }, errors: undefined });
    expect(others).toEqual(Array(TIMES - 1).fill(first));
  });
});
