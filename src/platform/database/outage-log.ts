import type { Logger } from 'pino';

import { findDatabaseFault } from './database-fault.js';

/** Tells the log of times without the database, in place of all that is tried again and again meanwhile. */
export interface OutageLog {
  /** Whether the error says no more than that the database cannot be used: then the log is told here, once. */
  tells(error: unknown): boolean;
  stop(): void;
}

/** How often it looks whether the database is back, and how often the log is told that it is not; in milliseconds. */
const TIMES = { lookMs: 1_000, remindMs: 60_000 };

/** @param ping fails while the database cannot be used */
export function createOutageLog(ping: () => Promise<void>, logger: Logger, { lookMs, remindMs } = TIMES): OutageLog {
  let timer: NodeJS.Timeout | null = null;

  function watch(since: number, remindedAt: number): void {
    const look = async (): Promise<void> => {
      const isBack = await ping().then(
        () => true,
        () => false,
      );
      if (!timer) return;
      const seconds = Math.round((Date.now() - since) / 1000);
      if (isBack) {
        timer = null;
        return logger.warn({ seconds }, 'the database answers again');
      }
      const isDue = Date.now() - remindedAt >= remindMs;
      if (isDue) logger.error({ seconds }, 'the database still cannot be used');
      watch(since, isDue ? Date.now() : remindedAt);
    };
    timer = setTimeout(() => void look(), lookMs).unref();
  }

  return {
    tells(error) {
      if (findDatabaseFault(error) !== 'UNAVAILABLE') return false;
      if (timer) return true;
      logger.error({ err: error }, 'the database cannot be used; all that needs it is tried again');
      watch(Date.now(), Date.now());
      return true;
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}
