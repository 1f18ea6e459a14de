import { setTimeout as delay } from 'node:timers/promises';
import { buildSchema, type GraphQLSchema } from 'graphql';
import { ApiError } from '../../src/platform/errors.js';
import { startHttpServer, type HttpServer, type HttpServerOptions } from '../../src/platform/http/server.js';
import { DEFAULT_LIMITS, type Limits } from '../../src/platform/limits.js';
import { createLogger } from '../../src/platform/logger.js';

/** What the bare schema's resolvers see: `number` counts the contexts that a server made. */
export interface BareContext {
  number: number;
}

export interface BareServer extends HttpServer {
  readonly schema: GraphQLSchema;
  /** What the log holds so far. */
  readonly logged: string[];
  /** How many sources of silence have been told to end. */
  readonly ended: { count: number };
  /** How many events of 100 kB the floods have produced, and how many floods are over. */
  readonly flood: { events: number; over: number };
  /** Resolves once somebody waits for the answer to `wait`. */
  untilWaiting(): Promise<void>;
}

type BareOptions = Partial<Omit<HttpServerOptions, 'limits'>> & { limits?: Partial<Limits> };

const TYPES = /* GraphQL */ `
  type Query {
    hello(name: String): String
    me: User!
    users(first: Int, last: Int): UserConnection!
    nodes(ids: [ID!]!): [User]!
    fail(with: String!): String
    failures(count: Int!): [User]!
    wait(ms: Int!): String
    text(length: Int!): String
    contextNumber: Int!
  }
  type UserConnection {
    edges: [UserEdge!]!
    totalCount: Int!
  }
  type UserEdge {
    node: User!
  }
  type User {
    id: ID!
    name: String
    friends(first: Int, last: Int): UserConnection!
    siblings: [User!]!
  }
  type Mutation {
    rename(name: String!): String
  }
  type Subscription {
    count(to: Int!): Int!
    contextNumber(times: Int!): Int!
    silence: Int
    breakAfter(events: Int!): Int
    """Three events, of which the second cannot be read."""
    unreadable(with: String!): Int!
    flood: String
  }
`;

/** Errors as libraries throw them, with everything in them that must never reach a client. */
export const ERRORS: Record<string, () => Error> = {
  api: () => new ApiError('NOT_FOUND', 'There is no such user.'),
  provider: () => new ApiError('UNAVAILABLE', 'The provider could not be reached.'),
  plain: () => new Error('password=hunter2 at /srv/app/db.ts'),
  refused: () => Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' }),
  terminated: () => Object.assign(new Error('terminating connection'), { code: '57P01' }),
  nested: () => new Error('select * from users', { cause: Object.assign(new Error('08006'), { code: '08006' }) }),
  pool: () => new Error('timeout exceeded when trying to connect'),
  statementTimeout: () => Object.assign(new Error('canceling statement'), { code: '57014' }),
};

/** The HTTP server over a schema that is for nothing but trying it, on a free port, with a log that is kept. */
export async function startBareServer({ limits, ...options }: BareOptions = {}): Promise<BareServer> {
  const logged: string[] = [];
  const ended = { count: 0 };
  const flood = { events: 0, over: 0 };
  const waiting = Promise.withResolvers<void>();
  let contexts = 0;
  const schema = createSchema({ ended, flood }, waiting.resolve);
  const server = await startHttpServer({
    schema,
    createContext: () => ({ number: (contexts += 1) }),
    isReady: async () => ({ ready: true }),
    host: '127.0.0.1',
    port: 0,
    allowedHosts: [],
    corsOrigins: [],
    logger: createLogger('debug', { write: (line) => void logged.push(line) }),
    ...options,
    limits: { ...DEFAULT_LIMITS, ...limits },
  });
  return { ...server, schema, logged, ended, flood, untilWaiting: () => waiting.promise };
}

function createSchema({ ended, flood }: Pick<BareServer, 'ended' | 'flood'>, onWait: () => void): GraphQLSchema {
  const schema = buildSchema(TYPES);
  const query = schema.getQueryType()!.getFields();
  const subscription = schema.getSubscriptionType()!.getFields();
  query.hello!.resolve = (_, { name }) => `Hello ${name ?? 'world'}`;
  query.nodes!.resolve = (_, { ids }) => ids.map(() => null);
  query.fail!.resolve = (_, args) => Promise.reject(ERRORS[args.with]!());
  query.failures!.resolve = (_, { count }) => Array.from({ length: count }, ERRORS.plain!);
  query.wait!.resolve = async (_, { ms }) => (onWait(), delay(ms, 'waited', { ref: false }));
  query.text!.resolve = (_, { length }) => 'x'.repeat(length);
  query.contextNumber!.resolve = (_, __, context: BareContext) => context.number;

  subscription.count!.subscribe = async function* (_, { to }) {
    for (let count = 1; count <= to; count += 1) yield { count };
  };
  subscription.contextNumber!.subscribe = async function* (_, { times }) {
    for (let event = 1; event <= times; event += 1) yield {};
  };
  subscription.contextNumber!.resolve = (_, __, context: BareContext) => context.number;
  subscription.breakAfter!.subscribe = async function* (_, { events }) {
    for (let breakAfter = 1; breakAfter <= events; breakAfter += 1) yield { breakAfter };
    throw ERRORS.plain!();
  };
  subscription.unreadable!.subscribe = async function* () {
    for (let event = 1; event <= 3; event += 1) yield event;
  };
  subscription.unreadable!.resolve = (event, args) => (event === 2 ? Promise.reject(ERRORS[args.with]!()) : event);
  subscription.flood!.subscribe = async function* () {
    try {
      for (;;) {
        flood.events += 1;
        yield { flood: 'x'.repeat(100_000) };
      }
    } finally {
      flood.over += 1;
    }
  };
  subscription.silence!.subscribe = () => ({
    next: () => new Promise(() => undefined),
    async return() {
      ended.count += 1;
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  });
  return schema;
}
