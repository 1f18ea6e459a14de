import { randomUUID } from 'node:crypto';

import { Client } from 'pg';

/** Every test database is a copy of this one, which make-template.mjs makes. */
const TEMPLATE_DATABASE = 'ibid_test_template';

/** A new database like the template, or an empty one, on the server that `serverUrl` names. Returns its URL. */
export async function createTestDatabase(serverUrl: string, { empty = false } = {}): Promise<string> {
  const name = `ibid_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(serverUrl, `create database ${name} template ${empty ? 'template0' : TEMPLATE_DATABASE}`);
  return urlOf(serverUrl, name);
}

export function dropTestDatabase(serverUrl: string, databaseUrl: string): Promise<void> {
  return onServer(serverUrl, `drop database if exists ${new URL(databaseUrl).pathname.slice(1)} with (force)`);
}

function urlOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs a statement in the database that the URL names. */
export async function onServer(serverUrl: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
