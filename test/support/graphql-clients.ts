import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export type Values = Record<string, any>;

export interface GraphqlError {
  message: string;
  path?: (string | number)[];
  extensions: { code: string; requestId: string; retryable: boolean };
}

/** A result as it comes over the wire. `data` is untyped: a test knows what it asked for. */
export interface GraphqlResult {
  // oxlint-disable-next-line no-explicit-any
  data?: any;
  errors?: GraphqlError[];
}

export interface PostAnswer extends GraphqlResult {
  status: number;
  headers: Headers;
}

type Variables = Record<string, unknown>;

/** What is asked of one service. */
export interface Client {
  /** Without a slash at the end. */
  readonly url: string;
  /** The data of an operation that has no errors; fails the test when there are some. */
  query(document: string, variables?: Variables): Promise<Values>;
  /** The whole answer, errors and all. */
  request(document: string, variables?: Variables, headers?: Record<string, string>): Promise<PostAnswer>;
  /** What a mutation answers: `mutate('createProject', 'project { id }', { name })`. userErrors are always selected. */
  mutate(name: string, selection: string, input: Variables): Promise<Values>;
  /** All results of a subscription to its end, by graphql-ws. */
  follow(document: string, variables?: Variables, over?: 'ws' | 'sse'): Promise<GraphqlResult[]>;
}

export function clientOf(url: string): Client {
  async function query(document: string, variables?: Variables): Promise<Values> {
    const { data, errors } = await post(url, document, variables);
    if (errors || !data) throw new Error(`The query failed: ${JSON.stringify(errors)}`);
    return data;
  }
  return {
    url,
    query,
    request: (document, variables, headers) => post(url, document, variables, headers),
    async mutate(name, selection, input) {
      const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
      const data = await query(
        `mutation($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code message field } } }`,
        { input },
      );
      return data[name];
    },
    follow: (document, variables, over = 'ws') =>
      collect((over === 'ws' ? subscribeWs : subscribeSse)(url, document, variables)),
  };
}

/** Sends one operation to the service at `url` (without a path) as a plain HTTP client would. */
export async function post(
  url: string,
  query: string,
  variables?: Variables,
  headers?: Record<string, string>,
): Promise<PostAnswer> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const result = (await response.json()) as GraphqlResult;
  return { status: response.status, headers: response.headers, ...result };
}

/** Runs one operation through graphql-ws on a socket of its own. What the service refuses is a result with errors. */
export async function* subscribeWs(url: string, query: string, variables?: Variables): AsyncGenerator<GraphqlResult> {
  const client = createWsClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
  });
  try {
    yield* client.iterate({ query, variables }) as AsyncIterable<GraphqlResult>;
  } catch (error) {
    if (!Array.isArray(error)) throw error;
    yield { errors: error as GraphqlError[] };
  } finally {
    await client.dispose();
  }
}

/** Runs one operation through graphql-sse, as a request of its own. What the service refuses is a result with errors. */
export async function* subscribeSse(url: string, query: string, variables?: Variables): AsyncGenerator<GraphqlResult> {
  const client = createSseClient({ url: `${url}/graphql`, retryAttempts: 0 });
  try {
    yield* client.iterate({ query, variables }) as AsyncIterable<GraphqlResult>;
  } finally {
    client.dispose();
  }
}

/** All results of a subscription that ends. */
export async function collect(results: AsyncIterable<GraphqlResult>): Promise<GraphqlResult[]> {
  const all: GraphqlResult[] = [];
  for await (const result of results) all.push(result);
  return all;
}
