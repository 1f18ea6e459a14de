import { FailureCode, FailureError } from '../errors.js';

/**
 * A fetch that takes JSON for what it is where a stream is asked for: gateways send their errors so, with the status 200, and some
 * servers the whole answer. Who reads it as a stream would find nothing.
 *
 * @throws the error that is reported, as it is
 * @throws FailureError PROVIDER_ERROR for an answer that is not streamed
 */
export function streamingOnly(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.ok || !response.headers.get('content-type')?.startsWith('application/json')) return response;
    const { error } = ((await response.json().catch(() => null)) ?? {}) as { error?: unknown };
    if (error) throw error;
    const message = 'The provider does not stream its answers. Check the baseUrl, or choose a server that does.';
    throw new FailureError(FailureCode.PROVIDER_ERROR, message, false);
  };
}
