import type { Pool, PoolClient } from 'pg';

/** How Kysely begins and ends transactions. A connection that failed at one of these has no transaction left. */
const BRACKETS = /^(?:begin|start transaction|rollback)\b/;

/**
 * Gives connections back that broke within a transaction. Kysely keeps one whose `begin` or `rollback` fails for ever:
 * after as many of them as the pool has, nothing would get a connection any more, and the pool would never end.
 */
export function freeBroken(pool: Pool): void {
  pool.on('connect', (client: PoolClient) => {
    const send = client.query.bind(client) as (...query: unknown[]) => unknown;
    const query = (...given: unknown[]): unknown => {
      const sent = send(...given);
      if (!(sent instanceof Promise) || typeof given[0] !== 'string' || !BRACKETS.test(given[0])) return sent;
      return sent.catch((error: unknown) => {
        client.release(true);
        throw error;
      });
    };
    Object.assign(client, { query });
  });
}
