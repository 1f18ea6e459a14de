import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { pinnedNode } from '../../scripts/run.mjs';
import { setUp } from '../../scripts/setup.mjs';

/**
 * Runs once before all tests: builds the service, and makes a database as its first start leaves it, of which every test file gets a
 * copy. In a process of its own: what is loaded here would go through Jest's transformers.
 */
export default async function prepareDatabase() {
  await setUp({ withBuild: true });
  const directory = await mkdtemp(join(tmpdir(), 'ibid-template-'));
  process.env.IBID_TEST_DIRECTORY = directory;
  await promisify(execFile)(pinnedNode, ['test/support/make-template.mjs', directory]);
  if (!process.env.TEST_DATABASE_URL) process.env.IBID_TEST_TEMPLATE = join(directory, 'template.tar');
}
