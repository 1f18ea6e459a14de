import { ApiError } from '../errors.js';

/** A GraphQL request as every transport hands it to the guard. */
export interface RequestParameters {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/**
 * Reads the parameters of a JSON body or a WebSocket message.
 * @throws ApiError BAD_USER_INPUT that names the parameter; batches are refused too. PERSISTED_QUERY_NOT_SUPPORTED for
 * a hash alone.
 */
export function readParameters(body: unknown): RequestParameters {
  if (Array.isArray(body)) throw new ApiError('BAD_USER_INPUT', 'Batches of operations are not served: send one.');
  if (!isRecord(body)) throw new ApiError('BAD_USER_INPUT', 'The body must be a JSON object with a query.');
  const { query, operationName, variables, extensions } = body;
  if (!query && isRecord(extensions) && extensions.persistedQuery) {
    // These words are what clients look for, to send the text instead.
    throw new ApiError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  }
  if (typeof query !== 'string' || query === '') {
    throw new ApiError('BAD_USER_INPUT', 'The parameter query must be a non-empty string.');
  }
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw new ApiError('BAD_USER_INPUT', 'The parameter operationName must be a string.');
  }
  checkRecord('extensions', extensions);
  return { query, operationName, variables: checkRecord('variables', variables) };
}

/**
 * Reads the parameters of a GET request, where variables and extensions are JSON texts.
 * @throws ApiError BAD_USER_INPUT that names the parameter.
 */
export function readQueryString(search: URLSearchParams): RequestParameters {
  const names = ['query', 'operationName', 'variables', 'extensions'] as const;
  const values = names.map((name) => {
    const all = search.getAll(name);
    if (all.length > 1) throw new ApiError('BAD_USER_INPUT', `The parameter ${name} may be given once.`);
    const text = all[0];
    return [name, name === 'query' || name === 'operationName' ? text : parsed(name, text)];
  });
  return readParameters(Object.fromEntries(values));
}

function parsed(name: string, text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('BAD_USER_INPUT', `The parameter ${name} must be JSON.`);
  }
}

function checkRecord(name: string, value: unknown): Record<string, unknown> | null | undefined {
  if (value === undefined || value === null || isRecord(value)) return value;
  throw new ApiError('BAD_USER_INPUT', `The parameter ${name} must be an object.`);
}

/** Whether it is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
