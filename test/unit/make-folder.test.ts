import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { makePrivateFolder } from '../../src/platform/make-folder.js';

/** Its modes cannot be changed, like those of some mounted volumes; Linux has it. */
const WITHOUT_MODES = '/proc/self/task';

describe('a private folder', () => {
  it('is made for its owner alone', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ibid-folder-'));
    const folder = join(directory, 'a', 'b');
    await makePrivateFolder(folder);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await rm(directory, { recursive: true });
  });

  (existsSync(WITHOUT_MODES) ? it : it.skip)('is used as it is where its modes cannot be changed', async () => {
    await makePrivateFolder(WITHOUT_MODES);
    expect((await stat(WITHOUT_MODES)).mode & 0o777).not.toBe(0o700);
  });
});
