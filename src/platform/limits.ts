/** Page sizes: first and last may be 1 to 100; without either it is 20. */
export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

/** What one client may ask for. Every number is a ceiling: what reaches past it is refused, never trimmed, but for what is told of errors, which is cut. */
export interface Limits {
  /** Lexical tokens of a document; comes first, since parsing and validating are what a huge document attacks. */
  readonly maxTokens: number;
  /** Nested fields, leaves included. */
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  /** Objects that an operation may load at most, page sizes multiplied in. */
  readonly maxCost: number;
  /** Page size that the cost assumes for a connection without `first` or `last`. */
  readonly defaultPageSize: number;
  /** Largest page that a resolver hands out, so the cost never counts more for one. */
  readonly maxPageSize: number;
  /** Length that the cost assumes for a list that takes no page size. */
  readonly assumedListLength: number;
  readonly maxBodyBytes: number;
  readonly maxResponseBytes: number;
  /** Of answers that wait to be taken, over all clients. */
  readonly maxUnsentBytes: number;
  readonly maxValidationErrors: number;
  readonly maxCoercionErrors: number;
  /** Errors of one answer; a page of rows that all fail would otherwise repeat one fault a hundred times. */
  readonly maxErrors: number;
  /** Characters of one error message; the rest is cut, since messages echo what the client sent. */
  readonly maxMessageLength: number;
  /** Bytes of one WebSocket message. */
  readonly maxSocketMessageBytes: number;
  /** Operations that run at the same time on one WebSocket. */
  readonly maxSocketOperations: number;
  readonly socketInitTimeoutMs: number;
  /** How often an open stream shows that it is alive; a WebSocket that misses one is dropped. */
  readonly heartbeatMs: number;
  readonly headersTimeoutMs: number;
  /** For a whole request to arrive, body included. */
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How often Node.js looks for requests past the two limits above. */
  readonly connectionsCheckingIntervalMs: number;
  readonly readinessTimeoutMs: number;
  /** What a client has to take the next part of a stream, or of any answer, before it is dropped. */
  readonly stalledStreamTimeoutMs: number;
  /** What requests in flight have to end when the service stops. */
  readonly stopTimeoutMs: number;
}

/** The limits that the documentation states. */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  maxTokens: 1_000,
  maxDepth: 12,
  maxAliases: 15,
  maxRootFields: 20,
  maxCost: 10_000,
  defaultPageSize: DEFAULT_PAGE_SIZE,
  maxPageSize: MAX_PAGE_SIZE,
  assumedListLength: 5,
  maxBodyBytes: 1_000_000,
  maxResponseBytes: 16_000_000,
  maxUnsentBytes: 256_000_000,
  maxValidationErrors: 5,
  maxCoercionErrors: 5,
  maxErrors: 50,
  maxMessageLength: 300,
  maxSocketMessageBytes: 256_000,
  maxSocketOperations: 50,
  socketInitTimeoutMs: 3_000,
  heartbeatMs: 12_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 25_000,
  keepAliveTimeoutMs: 5_000,
  connectionsCheckingIntervalMs: 2_000,
  readinessTimeoutMs: 2_000,
  stalledStreamTimeoutMs: 30_000,
  stopTimeoutMs: 10_000,
});
