import { type Kysely, sql } from 'kysely';

/** The names that PostgreSQL has for it. */
const UTC = /^(?:Etc\/)?(?:UTC|UCT|GMT|Zulu|Universal|Greenwich)$/i;

/**
 * Makes sure that a server, and the database on it, are what the service needs; makes the extension where it is
 * missing.
 * @throws Error with a message for the operator
 */
export async function checkServer(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ server: number; encoding: string; timezone: string; readOnly: boolean; name: string }>`
    select current_setting('server_version_num')::int as server, current_setting('server_encoding') as encoding,
      current_setting('TimeZone') as timezone, current_setting('transaction_read_only')::bool as "readOnly",
      quote_ident(current_database()) as name`.execute(database);
  const { server, encoding, timezone, readOnly, name } = rows[0]!;
  if (server < 150_000) throw new Error(`ibid needs PostgreSQL 15 or later; this is ${Math.floor(server / 10_000)}.`);
  if (encoding !== 'UTF8')
    throw new Error(
      `The database in DATABASE_URL holds text in ${encoding}, which cannot hold all that ibid stores. ` +
        'Make one in UTF-8: createdb -E UTF8 -T template0 NAME',
    );
  if (readOnly)
    throw new Error('The database in DATABASE_URL is read-only. Name a server that takes writes, not a standby.');
  if (!UTC.test(timezone))
    throw new Error(
      `Times must be in UTC, and are in ${timezone}: a pooler keeps ibid's own setting from PostgreSQL. ` +
        `Run: alter database ${name} set timezone = 'UTC'`,
    );
  await checkPgvector(database);
}

const isMissing = () =>
  new Error('PostgreSQL lacks the pgvector extension (0.8 or later). Install it, then start again.');
const EXTENSION_FAULTS: Record<string, () => Error> = {
  '0A000': isMissing,
  '58P01': isMissing,
  '42501': () =>
    new Error(
      'The user in DATABASE_URL may not create the pgvector extension. Run "create extension vector" once as a superuser.',
    ),
};

async function checkPgvector(database: Kysely<unknown>): Promise<void> {
  const find = sql<{ version: string; schema: string; isFound: boolean }>`
    select extversion as version, extnamespace::regnamespace::text as schema, to_regtype('vector') is not null as "isFound"
    from pg_extension where extname = 'vector'`;
  let [pgvector] = (await find.execute(database)).rows;
  if (!pgvector) {
    await sql`create extension vector`.execute(database).catch((error: { code?: string }) => {
      throw EXTENSION_FAULTS[error.code!]?.() ?? error;
    });
    [pgvector] = (await find.execute(database)).rows;
  }
  const { version, schema, isFound } = pgvector!;
  if (!isFound)
    throw new Error(
      `The pgvector extension is in the schema ${schema}, where the user in DATABASE_URL does not look for it. ` +
        `Add to DATABASE_URL: ?options=-c%20search_path%3Dpublic,${schema}`,
    );
  const [major, minor] = version.split('.').map(Number) as [number, number];
  // Older ones miss what searches use: `hnsw.iterative_scan`.
  if (major === 0 && minor < 8)
    throw new Error(
      `ibid needs pgvector 0.8 or later; this is ${version}. Update it, then run: alter extension vector update`,
    );
}
