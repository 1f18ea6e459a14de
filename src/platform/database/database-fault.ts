import { errorChain } from '../error-chain.js';
import { FailureError } from '../errors.js';

const LOST_CONNECTION = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01', // the server shuts down
  '57P02',
  '57P03',
  '3D000', // the database is not there, as between dropdb and createdb
  '25006', // the server takes no writes: it may have become a standby
]);
/** Connection exceptions, and a server that is short of something: connections, memory, disk. */
const CLASSES = /^(?:08|53)[0-9A-Z]{3}$/;
/** Short of memory or disk, or at a configured limit: what asks for as much again may fail in the same way. */
const SHORTAGES = /^53(?!300)[0-9A-Z]{3}$/;
const STATEMENT_TIMEOUT = '57014';

/** What `pg` and its pool say without a code. */
const LOST_MESSAGE =
  /connection terminated|is not queryable|timeout exceeded when trying to connect|connection (?:timeout|ended|closed)/i;

/** By an error and its causes: the database is gone or takes no writes (UNAVAILABLE), or is too slow (TIMEOUT). */
export function findDatabaseFault(error: unknown): 'UNAVAILABLE' | 'TIMEOUT' | null {
  for (const { code, message } of errorChain(error)) {
    if (code === STATEMENT_TIMEOUT) return 'TIMEOUT';
    if (typeof code === 'string' && (LOST_CONNECTION.has(code) || CLASSES.test(code))) return 'UNAVAILABLE';
    if (LOST_MESSAGE.test(message)) return 'UNAVAILABLE';
  }
  return null;
}

/**
 * Whether the database was only not there, or took no writes: what failed by that can be done again once it is back.
 * Never of a FailureError: what was not reached there is a host or a provider.
 */
export function passesWithOutage(error: unknown): boolean {
  if (error instanceof FailureError || findDatabaseFault(error) !== 'UNAVAILABLE') return false;
  return ![...errorChain(error)].some(({ code }) => typeof code === 'string' && SHORTAGES.test(code));
}
