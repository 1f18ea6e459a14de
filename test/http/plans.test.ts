import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, execute, type ExecutionResult, getVariableValues, type GraphQLSchema, parse } from 'graphql';

import { createContext } from '../../src/context.js';
import { createPlannedQueries } from '../../src/platform/http/planned-queries.js';
import { createLogger } from '../../src/platform/logger.js';
import { buildApiSchema } from '../../src/schema.js';
import { ERRORS, startBareServer, type BareServer } from '../support/bare-http-server.js';
import { collect, post, subscribeSse, subscribeWs } from '../support/graphql-clients.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Variables = Record<string, unknown>;

const TYPES = /* GraphQL */ `
  type Query {
    dog(name: String = "Rex"): Dog
    required: Dog!
    dogs: [Dog!]
    loose: [Dog]!
    pet(kind: String!): Pet
    word: String!
    notAList: [Int]
    size: Size
    list: [[Int!]!]
  }
  interface Pet {
    name: String!
  }
  type Dog implements Pet {
    name: String!
    nick: String
    size: Size
    age(inYears: Boolean! = true): Int
    friend: Dog
    owner: Owner!
    pets: [Pet!]!
  }
  type Cat implements Pet {
    name: String!
    lives: Int
  }
  type Owner {
    name: String!
    dog: Dog!
  }
  enum Size {
    SMALL
    LARGE
  }
`;

const later = <Value>(value: Value): Promise<Value> => new Promise((resolve) => setImmediate(resolve, value));
const fault = (message: string): never => {
  throw new Error(message);
};
const cat = { __typename: 'Cat', name: 'Tom', lives: 9 };
const rex = {
  __typename: 'Dog',
  name: 'Rex',
  nick: () => later('R'),
  size: 'SMALL',
  age: ({ inYears }: Variables) => (inYears ? 3 : 36),
  owner: () => later({ name: 'Ann', dog: () => rex }),
  friend: () => later(bad),
  pets: () => [later(cat), rex],
};
/** Whatever is asked of it goes wrong in its own way. */
const bad = {
  __typename: 'Dog',
  name: () => later(null),
  nick: () => Promise.reject(new Error('no nick')),
  size: 'HUGE',
  age: () => 1.5,
  friend: new Error('no friend'),
  owner: () => later({ name: () => fault('no name'), dog: null }),
  pets: () => [cat, later(null)],
};
const ROOT = {
  dog: ({ name }: Variables) => ({ ...rex, name }),
  required: () => fault('no dog'),
  dogs: () => [rex, later(bad), rex],
  loose: () => later(new Set([rex, bad, null, new Error('bitten'), Promise.reject(new Error('lost'))])),
  pet: ({ kind }: Variables) => (kind === 'Bird' ? { __typename: 'Bird' } : kind === 'Cat' ? cat : rex),
  word: () => '',
  notAList: () => 7,
  size: () => 'HUGE',
  list: () => [[1, 2], [later(3)], [null], later([])],
};

/** Its fields read what ROOT has. */
function schemaOfPets(): GraphQLSchema {
  const schema = buildSchema(TYPES);
  for (const field of Object.values(schema.getQueryType()!.getFields()))
    field.resolve = (_, args) => (ROOT as Record<string, (args: Variables) => unknown>)[field.name]!(args);
  return schema;
}

/** Each time with other variables; without any, twice: when the query is planned, and by the plan that is there. */
function runner(schema: GraphQLSchema, createContext = (): object => ({})) {
  const run = createPlannedQueries(schema);
  return async (query: string, choices: readonly Variables[] = [{}, {}]) => {
    const document = parse(query);
    const operation = document.definitions.find((each) => each.kind === 'OperationDefinition')!;
    const answers: { planned: unknown; executed: unknown }[] = [];
    for (const given of choices) {
      const { coerced: variables } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
      const runnable = { document, operation, variables: variables!, parameters: { query, variables: given } };
      const planned = await run(runnable, createContext());
      const executed = await execute({ schema, document, variableValues: given, contextValue: createContext() });
      answers.push({ planned: planned && comparable(planned), executed: comparable(executed) });
    }
    return answers;
  };
}

/** As it is sent: GraphQL's own objects have no prototype, and errors that come by different ways come in any order. */
function comparable({ errors, data }: ExecutionResult): unknown {
  const told = errors?.map((error) => JSON.stringify(error.toJSON())).toSorted();
  return { text: JSON.stringify(data), errors: told };
}

describe('a query that is run by its plan is answered as GraphQL itself would:', () => {
  const run = runner(schemaOfPets());

  it.each([
    '{ dog { name nick size age owner { name dog { name } } pets { name __typename ... on Cat { lives } } } }',
    '{ a: dog(name: "A") { name } b: dog(name: "B") { n: name ...F ... { nick } } word } fragment F on Dog { name size owner { name } ...G } fragment G on Dog { owner { dog { nick } } }',
    '{ dog { a: age b: age(inYears: false) } pet(kind: "Cat") { ... on Dog { age } ... on Cat { lives } } __typename }',
    '{ word size: __typename }',
    '{ dog { pets { ... on Dog { owner { name } } ... on Pet { name } } } }',
  ])('%s', async (query) => {
    for (const { planned, executed } of await run(query)) {
      expect(planned).toEqual(executed);
      expect(planned).toMatchObject({ errors: undefined });
    }
  });

  it.each([
    '{ required { name } word }',
    '{ word dog { friend { name } } }',
    '{ dog { friend { nick } name } }',
    '{ dog { friend { size } } size }',
    '{ dog { friend { age } } }',
    '{ dog { friend { friend { name } } } }',
    '{ dog { friend { owner { name } } nick } }',
    '{ dog { friend { owner { dog { name } } } } }',
    '{ dog { friend { pets { name } } } }',
    '{ dogs { name } word }',
    '{ loose { name } }',
    '{ loose { nick } }',
    '{ pet(kind: "Bird") { name } word }',
    '{ notAList word }',
    '{ list }',
  ])('%s, where something is wrong', async (query) => {
    for (const { planned, executed } of await run(query)) {
      expect(planned).toEqual(executed);
      expect(planned).toMatchObject({ errors: expect.arrayContaining([expect.any(String)]) });
    }
  });

  it('with @skip and @include, whatever the variables say from one time to the next', async () => {
    const answers = await run(
      'query($with: Boolean!, $name: String) { dog(name: $name) { name nick @include(if: $with) ...F @skip(if: $with) } } fragment F on Dog { size }',
      [{ with: true }, { with: false, name: 'B' }, { with: true, name: null }, { with: true, name: 'D' }],
    );
    expect(answers.map(({ planned }) => planned)).toEqual(answers.map(({ executed }) => executed));
    expect(new Set(answers.map(({ planned }) => JSON.stringify(planned))).size).toBe(4);
  });
});

describe('a query', () => {
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
    ['query($name: String, $skip: Boolean!) { hello(name: $name) @skip(if: $skip) __typename }', { skip: false }],
    [String.raw`{ hello(name: "'; throw 1; // \u2028 \\ \" $` + '{1}`") }', {}],
    ['{ hello nodes(ids: ["1"]) { siblings { id friends { totalCount } } } me { id } }', {}],
    ['query($name: String, $skip: Boolean!) { hello(name: $name) @skip(if: $skip) __typename }', { skip: true }],
    ['{ nodes(ids: ["1", "2"]) { id friends(first: 1) { edges { node { siblings { id } } } } } }', {}],
    ['query($with: String = "plain") { fail(with: $with) }', { with: null }],
    ['{ failures(count: 60) { id } }', {}],
    ['{ me { id } hello }', {}],
    ...Object.keys(ERRORS).map((kind): [string, Variables] => [
      'query($with: String!) { hello fail(with: $with) }',
      { with: kind },
    ]),
  ])('%s is answered alike by its plan and by GraphQL (%j)', async (query, variables) => {
    for (const { planned, executed } of await runner(server.schema)(query, [variables, variables]))
      expect(planned).toEqual(executed);
  });

  it.each([
    '{ projects(first: 1) { nodes { id name createdAt stats { messageCount } conversations { totalCount } } pageInfo { endCursor } } }',
    '{ projects(first: 0) { nodes { id } } llmProviders { nodes { id } } }',
    '{ projects(after: "nonsense") { totalCount } }',
    '{ nodes(ids: ["nonsense", "01900000-0000-7000-8000-000000000000"]) { __typename id } }',
    '{ llmProviders { edges { cursor node { __typename ... on LLMProvider { modelName apiConfig createdAt } ... on Node { id } } } } }',
  ])('of the API, %s, is answered alike by both', async (query) => {
    const given = { requestId: 'r', logger: createLogger('silent') };
    const run = runner(await buildApiSchema(), () => createContext(app.app.services, given));
    for (const { planned, executed } of await run(query)) expect(planned).toEqual(executed);
  });

  it.each([
    '{ __schema { queryType { name fields { name args { name type { name } } } } } }',
    '{ hello(name: "you") __proto__: hello }',
  ])('that has no plan, %s, is answered by every transport all the same', async (query) => {
    const [first] = await runner(server.schema)(query);
    expect(first!.planned).toBeNull();
    const [streamed] = await collect(subscribeSse(server.url, query));
    const [sent] = await collect(subscribeWs(server.url, query));
    for (const { data, errors } of [await post(server.url, query), streamed!, sent!])
      expect({ text: JSON.stringify(data), errors }).toEqual(first!.executed);
  });
});
