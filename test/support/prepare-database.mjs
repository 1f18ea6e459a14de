import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { setUp } from '../../scripts/setup.mjs';

const TEMPLATE = 'ibid_test_template';

/**
 * Runs once before all tests, outside of Jest's module system, hence on the built service: makes a database as the first start leaves it,
 * of which every test file gets a copy.
 */
export default async function prepareDatabase() {
  await setUp({ withBuild: true });
  const { createApp } = await import('../../dist/src/app.js');
  const { loadConfig } = await import('../../dist/src/config.js');
  const { createLogger } = await import('../../dist/src/platform/logger.js');
  const directory = await mkdtemp(join(tmpdir(), 'ibid-template-'));
  process.env.IBID_TEST_DIRECTORY = directory;
  const serverUrl = process.env.TEST_DATABASE_URL;
  const env = { PORT: '0', DATA_DIR: directory, LOG_LEVEL: 'silent', SAMPLE_PROJECT: 'false' };
  const config = loadConfig({ ...env, DATABASE_URL: serverUrl && (await emptyTemplate(serverUrl)) });
  const app = await createApp(config, { logger: createLogger('silent'), inMemory: true });
  if (!serverUrl) {
    process.env.IBID_TEST_TEMPLATE = join(directory, 'template.tar.gz');
    await writeFile(
      process.env.IBID_TEST_TEMPLATE,
      Buffer.from(await (await app.services.database.dump()).arrayBuffer()),
    );
  }
  await app.stop();
}

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
