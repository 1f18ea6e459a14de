import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';

import { checkServer } from '../src/platform/database/check-server.js';
import { createTestHome, startTestApp, type TestHome } from './support/test-app.js';

const serverUrl = process.env.TEST_DATABASE_URL;
const onServer = serverUrl ? describe : describe.skip;

describe('a start on a database that a newer version has brought up to date', () => {
  it('ends with a message, while a process that runs goes on', async () => {
    const home = await createTestHome();
    const running = await startTestApp({ home });
    await running.app.services.database.orm.em.execute(
      `insert into mikro_orm_migrations (name) values ('99991231-newer')`,
    );
    expect(await running.mutate('createProject', 'project { name }', { name: 'Mine' })).toEqual({
      project: { name: 'Mine' },
      userErrors: [],
    });
    expect((await fetch(`${running.url}/readyz`)).status).toBe(200);
    await running.stop();
    await expect(startTestApp({ home })).rejects.toThrow(
      'The database has been brought up to date by a newer version of ibid (99991231-newer). ' +
        'Start that version or a later one, or restore a backup from before.',
    );
    await home.remove();
  });
});

onServer('a start on a PostgreSQL database that is not as it must be', () => {
  const ROLE = 'ibid_test_guest';
  let home: TestHome;
  let name: string;
  beforeEach(async () => {
    home = await createTestHome({ empty: true });
    name = new URL(home.databaseUrl!).pathname.slice(1);
  });
  afterEach(() => home.remove());

  async function execute(...statements: string[]): Promise<void> {
    const client = new Client({ connectionString: home.databaseUrl });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  /** Another address of the same database. */
  function urlWith(change: (url: URL) => void): string {
    const url = new URL(home.databaseUrl!);
    change(url);
    return url.href;
  }

  async function startsAt(DATABASE_URL: string): Promise<void> {
    const app = await startTestApp({ home, env: { DATABASE_URL } });
    await app.stop();
  }

  const expectRefusal = (message: string, url = home.databaseUrl!) =>
    expect(startsAt(url)).rejects.toEqual(expect.objectContaining({ message }));

  it('ends where the database is not in UTF-8', async () => {
    const client = new Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(`drop database ${name}`);
    await client.query(`create database ${name} template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'`);
    await client.end();
    await expectRefusal(
      'The database in DATABASE_URL holds text in LATIN1, which cannot hold all that ibid stores. ' +
        'Make one in UTF-8: createdb -E UTF8 -T template0 NAME',
    );
  });

  it('ends where the database is read-only', async () => {
    await execute(`alter database ${name} set default_transaction_read_only = on`);
    await expectRefusal('The database in DATABASE_URL is read-only. Name a server that takes writes, not a standby.');
  });

  it('ends where a pooler keeps the time zone from PostgreSQL', async () => {
    const pool = new Pool({ connectionString: home.databaseUrl, options: '-c timezone=America/New_York' });
    const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    await expect(checkServer(database)).rejects.toThrow(
      "Times must be in UTC, and are in America/New_York: a pooler keeps ibid's own setting from PostgreSQL. " +
        `Run: alter database ${name} set timezone = 'UTC'`,
    );
    await database.destroy();
  });

  it('ends where pgvector is in a schema that is not looked at, with what to add', async () => {
    await execute('create schema extensions', 'create extension vector schema extensions');
    const added = '?options=-c%20search_path%3Dpublic,extensions';
    await expectRefusal(
      'The pgvector extension is in the schema extensions, where the user in DATABASE_URL does not look for it. ' +
        `Add to DATABASE_URL: ${added}`,
    );
    await startsAt(`${home.databaseUrl}${added}`);
  });

  it('ends where the user may not make what it needs, and says what that is', async () => {
    const asGuest = urlWith((url) => (url.username = ROLE));
    await execute(`drop role if exists ${ROLE}`, `create role ${ROLE} login`);
    try {
      await expectRefusal(
        'The user in DATABASE_URL may not create the pgvector extension. Run "create extension vector" once as a superuser.',
        asGuest,
      );
      await execute('create extension vector');
      const all = 'The user in DATABASE_URL must own the database and all that is in it: permission denied for';
      await expectRefusal(`${all} schema public.`, asGuest);
      await execute(`grant create on schema public to ${ROLE}`);
      await expectRefusal(`${all} database ${name}.`, asGuest);
      await execute(`alter database ${name} owner to ${ROLE}`);
      await startsAt(asGuest);
    } finally {
      await execute(`reassign owned by ${ROLE} to current_user`, `drop owned by ${ROLE}`, `drop role ${ROLE}`);
    }
  });

  it('goes on where strings are not standard by default', async () => {
    await execute(`alter database ${name} set standard_conforming_strings = off`);
    await startsAt(home.databaseUrl!);
  });
});
