import type { FormattedExecutionResult } from 'graphql';
import { CloseCode, MessageType, parseMessage, type Message } from 'graphql-ws';
import { ApiError } from '../errors.js';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import type { Answers } from './answers.js';
import type { Guard, Guarded } from './guard.js';
import { startOperation } from './operation.js';
import { readParameters } from './request-parameters.js';
import type { RunOperation } from './run-operation.js';

export interface SocketProtocolOptions {
  readonly guard: Guard;
  readonly runOperation: RunOperation;
  readonly answers: Answers;
  readonly limits: Limits;
  readonly logger: Logger;
}

/** What carries the protocol: a socket that has agreed to it. */
export interface ProtocolSocket {
  /** Resolves when the text has left, or never will. */
  send(text: string): Promise<void>;
  close(code: CloseCode, reason: string): void;
}

export interface SocketSession {
  /** Resolves when all that the message has led to is over. */
  receive(text: string): Promise<void>;
  /** To be called when the socket is closed: ends what runs on it. */
  end(): void;
}

export type SocketProtocol = (socket: ProtocolSocket) => SocketSession;

/**
 * The graphql-transport-ws protocol. A faulty operation is answered by its own errors and never costs the socket. The
 * server of graphql-ws is not used because it confuses an operation that was completed with the next one of the same
 * id, and bounds the answers of none.
 */
export function createSocketProtocol(options: SocketProtocolOptions): SocketProtocol {
  const { guard, runOperation, answers, limits, logger } = options;

  return ({ send, close }) => {
    /** What ends each operation. One that its client has completed is gone from here, though it may take a while. */
    const running = new Map<string, { end: () => void }>();
    let isIntroduced = false;
    const introduction = setTimeout(
      () => close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
      limits.socketInitTimeoutMs,
    );

    return {
      async receive(text) {
        const message = readMessage(text);
        switch (message?.type) {
          case MessageType.ConnectionInit:
            if (isIntroduced) return close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
            isIntroduced = true;
            clearTimeout(introduction);
            return send(JSON.stringify({ type: MessageType.ConnectionAck }));
          case MessageType.Ping:
            return send(JSON.stringify({ type: MessageType.Pong, payload: message.payload ?? undefined }));
          case MessageType.Pong:
            return;
          case MessageType.Subscribe:
            if (!isIntroduced) return close(CloseCode.Unauthorized, 'Unauthorized');
            // The reason of a close has 123 bytes at most, and an id any length.
            if (running.has(message.id)) return close(CloseCode.SubscriberAlreadyExists, 'Subscriber already exists');
            return run(message.id, message.payload);
          case MessageType.Complete:
            return complete(message.id);
          default:
            return close(CloseCode.BadRequest, 'Invalid message received');
        }
      },
      end() {
        clearTimeout(introduction);
        for (const id of running.keys()) complete(id);
      },
    };

    function complete(id: string): void {
      const operation = running.get(id);
      running.delete(id);
      operation?.end();
    }

    async function run(id: string, payload: unknown): Promise<void> {
      const operation = startOperation(logger);
      const prepared = prepare(payload, running.size);
      if (prepared.errors) {
        const { errors } = answers.refuse(prepared.errors, operation);
        return send(JSON.stringify({ id, type: MessageType.Error, payload: errors }));
      }
      const own = { end: () => undefined };
      const isRunning = () => running.get(id) === own;
      running.set(id, own);
      const result = await runOperation(prepared, operation);
      const results = Symbol.asyncIterator in result ? result : null;
      own.end = () => void results?.return?.();
      if (!isRunning()) return own.end();
      for await (const each of results ?? [result as FormattedExecutionResult]) {
        // What comes too late would be taken for the next operation's of this id.
        if (!isRunning()) return;
        const json = answers.serialize(each, operation);
        await send(`{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":${json}}`);
      }
      if (!isRunning()) return;
      running.delete(id);
      return send(JSON.stringify({ id, type: MessageType.Complete }));
    }
  };

  function prepare(payload: unknown, running: number): Guarded {
    try {
      if (running >= limits.maxSocketOperations) {
        const message = `One socket runs at most ${limits.maxSocketOperations} operations at the same time.`;
        throw new ApiError('RATE_LIMITED', message);
      }
      return guard(readParameters(payload));
    } catch (error) {
      return { errors: [error] };
    }
  }
}

/** null: it is none. */
function readMessage(text: string): Message | null {
  try {
    return parseMessage(text);
  } catch {
    return null;
  }
}
