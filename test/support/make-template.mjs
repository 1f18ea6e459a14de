// Makes the database that every test file gets a copy of. Usage: node make-template.mjs DIRECTORY
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';

import { createApp } from '../../dist/src/app.js';
import { loadConfig } from '../../dist/src/config.js';
import { createLogger } from '../../dist/src/platform/logger.js';

const TEMPLATE = 'ibid_test_template';

const directory = process.argv[2];
const serverUrl = process.env.TEST_DATABASE_URL;
const env = { PORT: '0', DATA_DIR: directory, LOG_LEVEL: 'silent', SAMPLE_PROJECT: 'false' };
const config = loadConfig({ ...env, DATABASE_URL: serverUrl && (await emptyTemplate(serverUrl)) });
const app = await createApp(config, { logger: createLogger('silent'), inMemory: true });
if (!serverUrl) {
  const dump = await app.services.database.dump();
  await writeFile(join(directory, 'template.tar'), Buffer.from(await dump.arrayBuffer()));
}
await app.stop();

async function emptyTemplate(serverUrl) {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(`drop database if exists ${TEMPLATE} with (force)`);
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = `/${TEMPLATE}`;
  return url.href;
}
