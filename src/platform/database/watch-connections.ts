import type { Socket } from 'node:net';

import { Client, DatabaseError, type Pool } from 'pg';

/** How long a connection may wait in silence before somebody asks whether PostgreSQL is still there. */
const SUSPICIOUS_MS = 2_000;
/** What PostgreSQL has to answer a new connection, in milliseconds. */
const PROBE_TIMEOUT_MS = 3_000;
const CHECK_EVERY_MS = 500;

/** What `pg` knows of a connection, and does not declare. */
interface Watched {
  /** Whether everything that was sent has been answered. */
  readonly readyForQuery: boolean;
  readonly connection: { readonly stream: Socket };
}

/**
 * Cuts connections that will never answer, so that what waits for them fails instead of hanging, and the pool opens new
 * ones. Of itself `pg` waits for ever where packets vanish; its query_timeout keeps the dead connection, and cannot
 * tell it from a slow statement.
 *
 * @param silentMs gives what no statement takes now: a connection that is silent for longer is cut though PostgreSQL
 * answers others
 * @returns ends the watch
 */
export function watchConnections(pool: Pool, silentMs: () => number): () => void {
  const clients = new Map<Watched, { bytesRead: number; since: number }>();
  let isProbing = false;
  pool.on('connect', (client) => clients.set(client as unknown as Watched, { bytesRead: 0, since: Date.now() }));
  pool.on('remove', (client) => clients.delete(client as unknown as Watched));

  const timer = setInterval(() => {
    cutSilentFor(silentMs());
    if (isProbing || silentFor(SUSPICIOUS_MS).length === 0) return;
    isProbing = true;
    void isThere(pool)
      .then((there) => there || cutSilentFor(SUSPICIOUS_MS))
      .finally(() => (isProbing = false));
  }, CHECK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);

  function silentFor(ms: number): Watched[] {
    const now = Date.now();
    return [...clients].flatMap(([client, heard]) => {
      const { bytesRead } = client.connection.stream;
      if (client.readyForQuery || bytesRead !== heard.bytesRead) Object.assign(heard, { bytesRead, since: now });
      return now - heard.since > ms ? [client] : [];
    });
  }

  function cutSilentFor(ms: number): void {
    for (const client of silentFor(ms)) {
      client.connection.stream.destroy(Object.assign(new Error('PostgreSQL does not answer'), { code: 'ETIMEDOUT' }));
    }
  }
}

/** A refusal is an answer too, such as that there are too many connections. */
async function isThere({ options }: Pool): Promise<boolean> {
  // Not enumerable, so that it is not logged by accident.
  const { password } = options;
  const client = new Client({ ...options, password, connectionTimeoutMillis: PROBE_TIMEOUT_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    return error instanceof DatabaseError;
  } finally {
    client.end().catch(() => undefined);
  }
}
