import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Limits } from '../limits.js';
import type { Logger } from '../logger.js';

/** In which the service can make some 100 MB of answers. */
const CHECK_MS = 500;

/**
 * Keeps what waits in memory for clients to take it, over all connections and transports, within `limits.maxUnsentBytes`: those
 * that most waits for are dropped.
 */
export function boundUnsentBytes(server: Server, { maxUnsentBytes }: Limits, logger: Logger): void {
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  const timer = setInterval(check, CHECK_MS).unref();
  server.once('close', () => clearInterval(timer));

  function check(): void {
    const slow = [...connections].filter(({ writableLength }) => writableLength > 0);
    let bytes = slow.reduce((sum, { writableLength }) => sum + writableLength, 0);
    if (bytes > maxUnsentBytes) logger.warn({ bytes }, 'too much of answers waits to be taken: clients are dropped');
    for (const connection of slow.toSorted((a, b) => b.writableLength - a.writableLength)) {
      if (bytes <= maxUnsentBytes) return;
      bytes -= connection.writableLength;
      connection.destroy();
    }
  }
}
