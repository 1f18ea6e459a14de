import type { ClientConfig } from 'pg';
import { parseIntoClientConfig } from 'pg-connection-string';

/**
 * All that a PostgreSQL URL says, as `pg` takes it. The ORM reads only the address, the user and the database of it:
 * without this `sslmode=require` would be a connection in plain text.
 * @throws Error with a message for the operator, such as that the file of `sslrootcert` is not there
 */
export function readConnectionOptions(databaseUrl: string): ClientConfig {
  const url = new URL(databaseUrl);
  // `sslmode` means what it means to psql and pg_dump; else `pg` would take `require` for `verify-full`.
  url.searchParams.set('uselibpqcompat', 'true');
  try {
    const options = parseIntoClientConfig(url.href);
    // Before 8.23.1, which the ORM does not have yet, `pg` compares the certificate with "localhost" where the host is
    // an IP address.
    if (typeof options.ssl === 'object') Object.assign(options.ssl, { host: options.host });
    return options;
  } catch (error) {
    throw new Error(`DATABASE_URL cannot be used: ${(error as Error).message}`, { cause: error });
  }
}
