import { AISDKError, APICallError, wrapLanguageModel } from 'ai';
import { createOllama } from 'ai-sdk-ollama';
import type { ProviderModel } from './provider-model.js';

export interface OllamaModelOptions {
  baseUrl: string;
  modelName: string;
  /** Ollama cuts a prompt to 4,096 tokens or fewer without a word unless it is told the window. */
  contextWindow: number;
  fetch: typeof globalThis.fetch;
  signal: AbortSignal;
}

/**
 * A model behind Ollama's own protocol. The client below ignores its signal and prints what it cannot parse. It hides
 * the status from the SDK, which then retries nothing, and throws what Ollama reports in mid-stream as any other
 * error. Hence the fetch and the middleware here.
 */
export function createOllamaModel({
  baseUrl,
  modelName,
  contextWindow,
  fetch,
  signal,
}: OllamaModelOptions): ProviderModel {
  const provider = createOllama({
    // The client adds /api itself; people also paste the addresses of Ollama's two protocols.
    baseURL: baseUrl.replace(/\/(?:v1|api)?\/*$/, ''),
    fetch: async (url, init) => {
      const response = await fetch(url, { ...init, signal }).catch((cause: unknown) => {
        throw cause instanceof TypeError ? callError('Cannot connect', url, { cause, isRetryable: true }) : cause;
      });
      if (!response.ok) throw await refusal(response, url);
      return new Response(response.body?.pipeThrough(wholeLines()), { headers: response.headers });
    },
  });
  return wrapLanguageModel({
    model: provider.languageModel(modelName, { options: { num_ctx: contextWindow } }),
    middleware: {
      specificationVersion: 'v4',
      wrapStream: async ({ doStream }) => {
        try {
          return await doStream();
        } catch (error) {
          throw (error as Error).cause ?? error;
        }
      },
    },
  });
}

async function refusal(response: Response, url: unknown): Promise<APICallError> {
  return callError('Refused', url, {
    statusCode: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody: await response.text(),
  });
}

function callError(
  message: string,
  url: unknown,
  details: Partial<ConstructorParameters<typeof APICallError>[0]>,
): APICallError {
  return new APICallError({ message, url: String(url), requestBodyValues: {}, ...details });
}

/** How a line begins that says what went wrong. */
const REPORT = /^\s*\{\s*"error"\s*:/m;

/** Holds back a line until it is complete; what a cut connection leaves of one is dropped. */
function wholeLines(): TransformStream<Uint8Array, Uint8Array> {
  let rest = Buffer.alloc(0);
  const pass = (lines: Buffer, controller: TransformStreamDefaultController<Uint8Array>): void => {
    const text = lines.toString();
    if (REPORT.test(text)) throw new AISDKError({ name: 'OllamaReport', message: text });
    if (lines.length > 0) controller.enqueue(lines);
  };
  return new TransformStream({
    transform(chunk, controller) {
      const bytes = Buffer.concat([rest, chunk]);
      const end = bytes.lastIndexOf(0x0a) + 1;
      rest = bytes.subarray(end);
      pass(bytes.subarray(0, end), controller);
    },
    flush(controller) {
      // The last one may have no end of line; it is whole where its object is closed.
      if (rest.toString().trimEnd().endsWith('}')) pass(Buffer.concat([rest, Buffer.from('\n')]), controller);
    },
  });
}
