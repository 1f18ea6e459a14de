import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, cp, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createGitBench, filesBelow, readAll, type GitBench } from '../support/git-bench.js';

/** What is done to a file: as a full disk, a power cut or a careless hand does it. */
const HARMS: Record<string, (path: string) => Promise<void>> = {
  deleted: (path) => rm(path),
  emptied: (path) => truncate(path, 0),
  halved: async (path) => truncate(path, Math.floor((await readFile(path)).length / 2)),
  overwritten: (path) => writeFile(path, 'something else\n'),
};

describe('a damaged cache', () => {
  let bench: GitBench;
  const original = () => join(bench.directory, 'original');

  // One cache that has seen a push, with another push since, is what every test begins with a copy of.
  beforeAll(async () => {
    bench = await createGitBench();
    const repository = await bench.host.createRepository('r', { 'a.md': 'a'.repeat(500), 'docs/b.md': 'b' });
    const git = bench.sources();
    await readAll(await git.openRemote(bench.at('r')));
    await repository.commit({ 'docs/c.md': 'c' });
    await readAll(await git.openRemote(bench.at('r')));
    await git.stop();
    await repository.commit({ 'docs/d.md': 'd' });
    await rename(bench.cacheDir, original());
  });

  afterAll(() => bench.remove());

  beforeEach(() => cp(original(), bench.cacheDir, { recursive: true }));
  afterEach(() => rm(bench.cacheDir, { recursive: true, force: true }));

  async function expectHealed(): Promise<void> {
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    const contents = [...(await readAll(snapshot)).values()].map(({ content }) => content?.toString());
    expect(contents).toEqual(['a'.repeat(500), 'b', 'c', 'd']);
  }

  async function harmAll(pattern: RegExp, harm: (path: string) => Promise<void>): Promise<void> {
    const directory = bench.cacheOf('r');
    const found = (await filesBelow(directory)).filter((path) => pattern.test(path.slice(directory.length)));
    expect(found).not.toEqual([]);
    for (const path of found) {
      await chmod(path, 0o644);
      await harm(path);
    }
  }

  describe.each([
    ['HEAD', /^\/HEAD$/],
    ['its config', /^\/config$/],
    ['its list of where histories end', /^\/shallow$/],
    ['a ref', /^\/refs\/ibid\//],
    ['the packs', /\.pack$/],
    ['the indexes', /\.idx$/],
    ['the marks of packs that lack something', /\.promisor$/],
  ])('heals when %s', (what, pattern) => {
    it.each(Object.keys(HARMS))(`${what.startsWith('the ') ? 'are' : 'is'} %s`, async (how) => {
      await harmAll(pattern, HARMS[how]!);
      await expectHealed();
    });
  });

  it.each(['HEAD', 'config', 'shallow'])('heals when a folder is at "%s"', async (name) => {
    await rm(join(bench.cacheOf('r'), name));
    await mkdir(join(bench.cacheOf('r'), name));
    await expectHealed();
  });

  it.each(['', 'objects', 'objects/pack', 'refs', 'refs/ibid'])('heals when the folder "%s" is gone', async (name) => {
    await rm(join(bench.cacheOf('r'), name), { recursive: true });
    await expectHealed();
  });

  it.each(['', 'objects', 'objects/pack', 'refs', 'refs/ibid'])('heals when a file is at "%s"', async (name) => {
    await rm(join(bench.cacheOf('r'), name), { recursive: true });
    await writeFile(join(bench.cacheOf('r'), name), 'a file');
    await expectHealed();
  });

  it.each(['packed-refs', 'objects/info/alternates', 'objects/info/commit-graph', 'objects/pack/multi-pack-index'])(
    'heals when there is nonsense in %s',
    async (name) => {
      const path = join(bench.cacheOf('r'), name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'nonsense\n');
      await expectHealed();
    },
  );

  it('heals when a lock is there that is no file', async () => {
    await mkdir(join(bench.cacheOf('r'), 'shallow.lock', 'x'), { recursive: true });
    await expectHealed();
  });
});
