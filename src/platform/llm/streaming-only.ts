import { FailureCode, FailureError } from '../errors.js';

/** The line by which OpenAI's protocol ends a stream. No other one begins so: what is said stands in JSON. */
const END = /[\r\n]data: ?\[DONE\]/;

/**
 * A fetch for streams in OpenAI's protocol. They end with their last line, also where the server, or a proxy before
 * it, keeps the connection open behind it. A reply in JSON is taken for what it is, since a stream reader would find
 * nothing in it: gateways send their errors so, with the status 200, and some servers the whole answer.
 *
 * @throws the error that is reported, as it is
 * @throws FailureError PROVIDER_ERROR for an answer that is not streamed
 */
export function streamingOnly(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.ok) return response;
    if (!response.headers.get('content-type')?.startsWith('application/json'))
      return new Response(response.body?.pipeThrough(untilDone()), response);
    const { error } = ((await response.json().catch(() => null)) ?? {}) as { error?: unknown };
    if (error) throw error;
    const message = 'The provider does not stream its answers. Check the baseUrl, or choose a server that does.';
    throw new FailureError(FailureCode.PROVIDER_ERROR, message, false);
  };
}

function untilDone(): TransformStream<Uint8Array, Uint8Array> {
  // Bytes as characters: the line is ASCII, and may come in parts.
  let last = '\n';
  return new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      const text = last + Buffer.from(chunk).toString('latin1');
      if (END.test(text)) controller.terminate();
      last = text.slice(-'\ndata: [DONE]'.length);
    },
  });
}
