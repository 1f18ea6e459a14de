import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { FormattedExecutionResult } from 'graphql';
import type { Limits } from '../limits.js';
import type { Results } from './run-operation.js';

type Serialize = (result: FormattedExecutionResult) => string;

export interface EventStreams {
  /** The body that delivers `result`, one event each. A client that goes away, or stalls, ends the operation. */
  open(result: FormattedExecutionResult | Results, response: ServerResponse, serialize: Serialize): Readable;
  /** Ends every open stream without its `complete`, so that clients know to come back. */
  close(): void;
}

const COMPLETE = 'event: complete\ndata: \n\n';
const HEARTBEAT = ':\n\n';

/**
 * The "distinct connections" mode of the GraphQL over SSE protocol, as graphql-sse speaks it. Its own handler is not
 * used because it reads a source as fast as it can, and keeps in memory what a slow client has not taken yet.
 */
export function createEventStreams(limits: Pick<Limits, 'heartbeatMs' | 'stalledStreamTimeoutMs'>): EventStreams {
  const cuts = new Set<() => void>();
  let isClosing = false;

  return {
    open(result, response, serialize) {
      const results = Symbol.asyncIterator in result ? result : null;
      let isCut = false;
      const cut = () => {
        isCut = true;
        void results?.return?.();
      };
      const heartbeat = startHeartbeat(response);
      cuts.add(cut);
      const release = () => {
        clearInterval(heartbeat);
        cuts.delete(cut);
        cut();
      };
      response.once('close', release);
      // Either may have happened while the operation started.
      if (response.destroyed) release();
      else if (isClosing) cut();
      return Readable.from(write());

      async function* write(): AsyncGenerator<string> {
        // Some browsers take a stream for open only once it has sent something.
        yield HEARTBEAT;
        for await (const each of results ?? [result as FormattedExecutionResult]) {
          yield `event: next\ndata: ${serialize(each)}\n\n`;
        }
        if (!isCut) yield COMPLETE;
      }
    },
    close() {
      isClosing = true;
      for (const cut of cuts) cut();
    },
  };

  function startHeartbeat(response: ServerResponse): NodeJS.Timeout {
    let stalledMs = 0;
    return setInterval(() => {
      stalledMs = response.writableNeedDrain ? stalledMs + limits.heartbeatMs : 0;
      if (stalledMs >= limits.stalledStreamTimeoutMs) response.destroy();
      else if (response.headersSent && !response.writableNeedDrain && !response.writableEnded)
        response.write(HEARTBEAT);
    }, limits.heartbeatMs).unref();
  }
}
