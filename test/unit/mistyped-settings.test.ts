import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { describeMistypedSettings } from '../../src/mistyped-settings.js';
import { VARIABLES } from '../../src/variables.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ibid-settings-'))));
afterAll(() => rm(folder, { recursive: true }));

async function describeFile(text: string): Promise<[told: string | null, file: string]> {
  const file = join(folder, '.env');
  await writeFile(file, text);
  return [describeMistypedSettings(['--enable-source-maps', `--env-file=${file}`]), file];
}

it('tells names in a file of settings that look like one of ibid, and no value', async () => {
  const [told, file] = await describeFile('PROT=4001\nGITHUB_TOKNE=ghp_secret\nexport log_level=debug\nPORT=4002\n');
  expect(told).toBe(
    'Not a setting of ibid, and without effect: ' +
      `GITHUB_TOKNE in ${file} (GITHUB_TOKEN?), PROT in ${file} (PORT?), log_level in ${file} (LOG_LEVEL?)`,
  );
});

it('tells nothing of what is a setting, a comment, or meant for something else', async () => {
  const settings = Object.keys(VARIABLES).map((name) => `${name}=\n`);
  const others =
    '#PROT=1\nPATH=/bin\nHOME=/\nTZ=UTC\nNODE_ENV=production\nNODE_OPTIONS=\nNODE_EXTRA_CA_CERTS=/ca.pem\nHTTPS_PROXY=\nNO_PROXY=\n';
  expect((await describeFile(settings.join('') + others))[0]).toBeNull();
  expect(describeMistypedSettings([])).toBeNull();
});

it('goes on without a file of settings that Node.js goes on without', () => {
  expect(describeMistypedSettings([`--env-file-if-exists=${join(folder, 'none')}`])).toBeNull();
});
