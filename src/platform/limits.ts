import { list, show, wholeNumber, Wrong } from './environment.js';

/** Page sizes: first and last may be 1 to 100; without either it is 20. */
export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

/**
 * What one client may ask for, as the documentation states it. What exceeds a limit is refused, not trimmed; only lists
 * of errors and their messages are cut.
 */
const LIMITS = {
  /** Lexical tokens of a document; comes first, since parsing and validating are what a huge document attacks. */
  maxTokens: 1_000,
  /** Nested fields, leaves included. */
  maxDepth: 12,
  maxAliases: 15,
  maxRootFields: 20,
  /** Objects that an operation may load at most, page sizes multiplied in. */
  maxCost: 10_000,
  /** Page size that the cost assumes for a connection without `first` or `last`. */
  defaultPageSize: DEFAULT_PAGE_SIZE,
  /** Largest page that a resolver hands out, so the cost never counts more for one. */
  maxPageSize: MAX_PAGE_SIZE,
  /** Length that the cost assumes for a list that takes no page size. */
  assumedListLength: 5,
  maxBodyBytes: 1_000_000,
  maxResponseBytes: 16_000_000,
  /** Of answers that wait to be taken, over all clients. */
  maxUnsentBytes: 256_000_000,
  maxValidationErrors: 5,
  maxCoercionErrors: 5,
  /** Errors of one answer; a page of rows that all fail would otherwise repeat one fault a hundred times. */
  maxErrors: 50,
  /** Characters of one error message; the rest is cut, since messages echo what the client sent. */
  maxMessageLength: 300,
  /** Bytes of one WebSocket message. */
  maxSocketMessageBytes: 256_000,
  /** Operations that run at the same time on one WebSocket. */
  maxSocketOperations: 50,
  socketInitTimeoutMs: 3_000,
  /** How often an open stream shows that it is alive; a WebSocket that misses one is dropped. */
  heartbeatMs: 12_000,
  headersTimeoutMs: 10_000,
  /** For a whole request to arrive, body included. */
  requestTimeoutMs: 25_000,
  keepAliveTimeoutMs: 5_000,
  /** How often Node.js looks for requests past the two limits above. */
  connectionsCheckingIntervalMs: 2_000,
  readinessTimeoutMs: 2_000,
  /** What a client has to take the next part of a stream, or of any answer, before it is dropped. */
  stalledStreamTimeoutMs: 30_000,
  /** What requests in flight have to end when the service stops. */
  stopTimeoutMs: 10_000,
};

export type Limits = Readonly<typeof LIMITS>;
export const DEFAULT_LIMITS: Limits = Object.freeze(LIMITS);

/** The ceilings that operators may move, by the names that API_LIMITS has for them. */
const MOVABLE = {
  tokens: 'maxTokens',
  depth: 'maxDepth',
  aliases: 'maxAliases',
  rootFields: 'maxRootFields',
  cost: 'maxCost',
  bodyBytes: 'maxBodyBytes',
  responseBytes: 'maxResponseBytes',
} as const satisfies Record<string, keyof Limits>;

const MOST = 1_000_000_000;

/** Reads `depth=15,cost=50000`: each a whole number from 1 to 1,000,000,000. */
export function apiLimits(text: string): Partial<Limits> {
  const entries = list((entry) => {
    const [, name = '', value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(entry) ?? [];
    if (!Object.hasOwn(MOVABLE, name))
      throw new Wrong(`has ${show(entry)}: each entry must be name=number, of ${Object.keys(MOVABLE).join(', ')}.`);
    return [MOVABLE[name as keyof typeof MOVABLE], wholeNumber(1, MOST)(value)] as const;
  })(text);
  return Object.fromEntries(entries);
}
