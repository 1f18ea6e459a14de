import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';

/** In which the service can make some 100 MB of answers. */
const CHECK_MS = 500;

/**
 * Keeps what waits in memory for clients to take it, over all connections and transports, within
 * `limits.maxUnsentBytes`: those that most waits for are dropped.
 */
export function boundUnsentBytes(server: Server, { maxUnsentBytes }: Limits, logger: Logger): void {
  const connections = new Map<Socket, Set<ServerResponse>>();
  server.on('connection', (connection: Socket) => {
    connections.set(connection, new Set());
    connection.once('close', () => connections.delete(connection));
  });
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const responses = connections.get(socket);
    responses?.add(response);
    response.once('close', () => responses?.delete(response));
  });
  const timer = setInterval(check, CHECK_MS).unref();
  server.once('close', () => clearInterval(timer));

  function check(): void {
    const slow = [...connections]
      .map(([connection, responses]) => ({ connection, bytes: unsentOn(connection, responses) }))
      .filter(({ bytes }) => bytes > 0);
    let left = slow.reduce((sum, { bytes }) => sum + bytes, 0);
    if (left > maxUnsentBytes)
      logger.warn({ bytes: left }, 'too much of answers waits to be taken: clients are dropped');
    for (const { connection, bytes } of slow.toSorted((a, b) => b.bytes - a.bytes)) {
      if (left <= maxUnsentBytes) return;
      left -= bytes;
      connection.destroy();
    }
  }
}

/** Of requests that come in one go, the answers to all but the first wait apart from the connection. */
function unsentOn(connection: Socket, responses: ReadonlySet<ServerResponse>): number {
  const apart = [...responses].filter(({ socket }) => !socket);
  return apart.reduce((sum, { writableLength }) => sum + writableLength, connection.writableLength);
}
