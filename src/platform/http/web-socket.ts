import { randomBytes } from 'node:crypto';
import { STATUS_CODES, type IncomingMessage, type Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';
import type { SocketProtocol } from './socket-protocol.js';

export interface WebSocketOptions {
  readonly protocol: SocketProtocol;
  /** Why an upgrade is refused with 403, or null. */
  readonly refuse: (request: IncomingMessage) => string | null;
  readonly limits: Limits;
  readonly logger: Logger;
}

export interface WebSockets {
  /** Closes every socket with 1001; one that does not answer within `timeoutMs` is terminated. Upgrades are refused. */
  close(timeoutMs: number): Promise<void>;
}

const GOING_AWAY = 1001;
/** While more bytes of answers wait for a socket, none of its messages is read. */
const MAX_UNSENT_BYTES = 1_000_000;

/** Serves WebSockets on /graphql of a server that listens, or will; the errors of that one stay its own. */
export function attachWebSockets(server: HttpServer, options: WebSocketOptions): WebSockets {
  const { protocol, refuse, limits, logger } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.maxSocketMessageBytes, handleProtocols });
  let isClosing = false;

  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const reason = refuse(request);
    if (reason !== null) return refuseUpgrade(stream, 403, reason);
    if (isClosing) return refuseUpgrade(stream, 503, 'The service is stopping.');
    if (!/^\/graphql\/?(\?|$)/.test(request.url ?? ''))
      return refuseUpgrade(stream, 404, 'WebSockets are served on /graphql.');
    sockets.handleUpgrade(request, stream, head, (socket) => serve(socket, request.socket));
  });

  return {
    async close(timeoutMs) {
      isClosing = true;
      const closed = [...sockets.clients].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'The service is stopping');
      const timer = setTimeout(() => sockets.clients.forEach((socket) => socket.terminate()), timeoutMs);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };

  function serve(socket: WebSocket, connection: Socket): void {
    // Such as a message beyond the limit: ws closes the socket itself.
    socket.on('error', (error) => logger.debug({ err: error }, 'a socket failed'));
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
      return socket.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    const stopHeartbeat = startHeartbeat(socket, limits.heartbeatMs);
    connection.on('timeout', () => socket.terminate());
    const session = protocol({
      send: (text) => {
        const sent = send(socket, text);
        holdBack(socket, connection);
        return sent;
      },
      close: (code, reason) => socket.close(code, reason),
    });
    socket.on('message', (data) => {
      session.receive(String(data)).catch((error: unknown) => {
        logger.error({ err: error }, 'a socket message failed');
        socket.close(CloseCode.InternalServerError, 'Internal server error');
      });
    });
    socket.once('close', () => {
      stopHeartbeat();
      session.end();
    });
  }

  /** Resolves when the text has left, which makes a subscription wait for a client that is slow. */
  function send(socket: WebSocket, text: string): Promise<void> {
    return new Promise((resolve) => {
      // Not at once: a source that never pauses would keep the `close` event from being heard, and so itself from
      // ending.
      if (socket.readyState !== socket.OPEN) return void setImmediate(resolve);
      // A failed write is a closed socket, and its `close` event ends what runs on it.
      socket.send(text, () => resolve());
    });
  }

  /** Lets a client that asks faster than it reads wait; one that reads nothing of what waits for it is dropped. */
  function holdBack(socket: WebSocket, connection: Socket): void {
    if (socket.isPaused || socket.bufferedAmount <= MAX_UNSENT_BYTES) return;
    socket.pause();
    connection.setTimeout(limits.stalledStreamTimeoutMs);
    connection.once('drain', () => {
      connection.setTimeout(0);
      socket.resume();
    });
  }
}

function startHeartbeat(socket: WebSocket, intervalMs: number): () => void {
  // Random bytes: only a client that read the ping can answer with them.
  let asked: Buffer | null = null;
  socket.on('pong', (told) => {
    if (asked?.equals(told)) asked = null;
  });
  const timer = setInterval(() => {
    // Its answer would not be read.
    if (socket.isPaused) return void (asked = null);
    if (asked) return socket.terminate();
    asked = randomBytes(8);
    socket.ping(asked);
  }, intervalMs);
  return () => clearInterval(timer);
}

function refuseUpgrade(stream: Duplex, status: number, message: string): void {
  // A client may keep its end open for ever.
  stream.once('finish', () => stream.destroy());
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  );
}
