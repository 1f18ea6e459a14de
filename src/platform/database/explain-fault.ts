import { show } from '../environment.js';
import { findDatabaseFault } from './database-fault.js';

/** What may be shown of a URL: the database's name, and the host where it names one. */
export function placeOf(url: string): string {
  const { host } = new URL(url);
  return host ? `${nameOf(url)} on ${host}` : nameOf(url);
}

function nameOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

/** By SQLSTATE or its class. NAME: of the database; MESSAGE: what PostgreSQL, or a pooler in front of it, says. */
const EXPLANATIONS: Record<string, string> = {
  '3D000': 'The database NAME does not exist. Correct its name in DATABASE_URL, or create it: createdb NAME',
  '08P01':
    'PostgreSQL, or a pooler in front of it, refused the connection: MESSAGE. PgBouncer needs ignore_startup_parameters = options',
  '28P01': 'PostgreSQL refused the user name or password in DATABASE_URL.',
  '28000': 'PostgreSQL does not let the user in DATABASE_URL in: it must exist, and pg_hba.conf must allow it.',
  '42501': 'The user in DATABASE_URL must own the database and all that is in it: MESSAGE.',
  '53': 'PostgreSQL is short of something: MESSAGE.',
  '53300': 'PostgreSQL has no connection left. Raise its max_connections, or lower DATABASE_POOL_SIZE.',
  '55P03': 'PostgreSQL ended the start, since a lock was not free within its lock_timeout. Start again.',
  '57014': 'PostgreSQL ended the start, since a statement was cancelled or took too long. Start again.',
  '57P03': 'PostgreSQL is starting or stopping. Try again in a few seconds.',
  ENOTFOUND: 'The host in DATABASE_URL is not known.',
};

/** In the code of a certificate that is not trusted, and in what `pg` says without a code. */
const TLS_FAULT = /SSL|TLS|CERT|LEAF_SIGNATURE/;

/** What keeps the start from its database, in words that say what to do where that is known. */
export function explained(error: unknown, url: string | null): Error {
  for (
    let cause = error as { code?: string; message?: string; cause?: unknown } | undefined;
    cause;
    cause = cause.cause as typeof cause
  ) {
    const { code = '', message } = cause;
    const explanation = TLS_FAULT.test(code || `${message}`)
      ? `PostgreSQL cannot be reached as the sslmode in DATABASE_URL asks for: ${message}.`
      : (EXPLANATIONS[code] ?? EXPLANATIONS[code.slice(0, 2)])
          ?.replaceAll('NAME', () => show(nameOf(url!)))
          .replaceAll('MESSAGE', () => `${message}`);
    if (explanation) return new Error(explanation, { cause: error });
  }
  if (findDatabaseFault(error) === null) return error as Error;
  return new Error('PostgreSQL cannot be reached at the host and port in DATABASE_URL.', { cause: error });
}
