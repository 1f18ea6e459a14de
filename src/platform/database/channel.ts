import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { Client, type Pool } from 'pg';
import type { Logger } from 'pino';

/** Tells other processes on the same PostgreSQL something short, by NOTIFY and LISTEN on a connection of its own. */
export interface Channel {
  /** To all but this process; 8,000 bytes at most. Nobody hears it while either end has no connection. */
  send(text: string): void;
  stop(): Promise<void>;
}

export interface ChannelEvents {
  onText(text: string): void;
  /** It listens from now on: what was sent before, also since a connection was lost, is not heard any more. */
  onOpen(): void;
}

const NAME = 'ibid';
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** A connection that is silent is tried this often; one that does not answer in this time is lost. */
const CHECK_EVERY_MS = 10_000;
const ANSWER_MS = 3_000;

/**
 * Opens the channel in the background, and again whenever it is lost.
 *
 * What is sent is not part of the transaction that it tells of: PostgreSQL commits transactions with a NOTIFY one after
 * the other, each waiting for its disk. Here it costs the pool nothing, and whatever comes while one statement is under
 * way goes with the next one.
 *
 * @param pool whose settings the connection has; it is not one of the pool's
 */
export function openChannel(pool: Pool, { onText, onOpen }: ChannelEvents, logger: Logger): Channel {
  const stopping = new AbortController();
  const unsent = new Set<string>();
  let client: Client | null = null;
  let listensSince = Infinity;
  let isSending = false;

  /** Listens until the connection is lost. */
  async function listen(): Promise<void> {
    // Not enumerable, so that it is not logged by accident.
    const { password } = pool.options;
    const opened = new Client({ ...pool.options, password, query_timeout: ANSWER_MS });
    // What waits for an answer hears of it as well.
    opened.on('error', () => undefined);
    opened.on('notification', ({ processId, payload }) => {
      if (payload && processId !== internalsOf(opened).processID) onText(payload);
    });
    const close = (): void => void internalsOf(opened).connection.stream.destroy();
    stopping.signal.addEventListener('abort', close);
    try {
      await opened.connect();
      const lost = new Promise((resolve) => opened.once('end', () => resolve('lost')));
      await opened.query(`listen ${NAME}`);
      client = opened;
      listensSince = Date.now();
      onOpen();
      for (;;) {
        const waited = new AbortController();
        const next = await Promise.race([lost, pause(CHECK_EVERY_MS, 'check', { signal: waited.signal, ref: false })]);
        waited.abort();
        if (next === 'lost') return;
        await opened.query('select 1');
      }
    } finally {
      client = null;
      unsent.clear();
      stopping.signal.removeEventListener('abort', close);
      close();
    }
  }

  async function keepListening(): Promise<void> {
    for (let wait = FIRST_WAIT_MS; ;) {
      listensSince = Infinity;
      const fault = await listen().then(
        () => new Error('The connection was closed'),
        (error: unknown) => error,
      );
      if (stopping.signal.aborted) return;
      // Not where it only took long to learn that there is no connection to be had.
      if (Date.now() - listensSince > LONGEST_WAIT_MS) wait = FIRST_WAIT_MS;
      if (wait === FIRST_WAIT_MS)
        logger.warn({ err: fault }, 'other processes are not heard for now; it is tried again');
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      wait = Math.min(2 * wait, LONGEST_WAIT_MS);
    }
  }

  async function sendAll(through: Client): Promise<void> {
    if (isSending) return;
    isSending = true;
    try {
      while (unsent.size > 0) {
        const texts = [...unsent];
        unsent.clear();
        await through.query('select pg_notify($1, text) from unnest($2::text[]) as text', [NAME, texts]);
      }
    } catch {
      // The connection is of no use any more.
      internalsOf(through).connection.stream.destroy();
    } finally {
      isSending = false;
    }
  }

  const listening = keepListening();
  return {
    send(text) {
      if (!client) return;
      unsent.add(text);
      void sendAll(client);
    },
    async stop() {
      stopping.abort();
      await listening;
    },
  };
}

/** What `pg` knows of a connection, and does not declare: the server's process, as notifications name their sender. */
function internalsOf(client: Client): { readonly processID: number; readonly connection: { readonly stream: Socket } } {
  return client as never;
}
