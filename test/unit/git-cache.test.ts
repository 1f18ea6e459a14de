import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGitBench, filesBelow, MIB, readAll, readText, type GitBench } from '../support/git-bench.js';

let bench: GitBench;

beforeEach(async () => {
  bench = await createGitBench();
});

afterEach(async () => {
  await bench.remove();
});

describe('a damaged cache', () => {
  const files = { 'a.md': 'a'.repeat(500), 'docs/b.md': 'b' };

  it('is fetched anew when its objects are broken', async () => {
    await bench.host.createRepository('r', files);
    await readAll(await bench.sources().openRemote(bench.at('r')));
    for (const name of await filesBelow(bench.cacheDir)) {
      if (/objects\//.test(name)) await chmod(name, 0o644).then(() => truncate(name, 20));
    }
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    expect(await readText(snapshot, 'docs/b.md')).toBe('b');
  });

  it('is fetched anew when it breaks between opening and reading', async () => {
    await bench.host.createRepository('r', files);
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    await readAll(snapshot);
    for (const name of await filesBelow(bench.cacheDir)) {
      if (name.endsWith('.pack')) await chmod(name, 0o644).then(() => truncate(name, 20));
    }
    expect((await readAll(snapshot)).size).toBe(2);
    await rm(bench.cacheDir, { recursive: true });
    expect((await readAll(snapshot)).size).toBe(2);
  });

  it('is fetched anew when it is no repository at all', async () => {
    await bench.host.createRepository('r', files);
    await bench.sources().openRemote(bench.at('r'));
    const [name] = await readdir(bench.cacheDir);
    await writeFile(join(bench.cacheDir, name!, 'config'), '[broken');
    expect((await bench.sources().openRemote(bench.at('r'))).entries).toHaveLength(2);
  });

  it('is used in spite of the locks and half packs that a killed git leaves', async () => {
    await bench.host.createRepository('r', files);
    await bench.sources().openRemote(bench.at('r'));
    const [name] = await readdir(bench.cacheDir);
    const directory = join(bench.cacheDir, name!);
    const leftovers = ['shallow.lock', 'config.lock', 'packed-refs.lock', 'objects/pack/tmp_pack_x'];
    for (const leftover of leftovers) await writeFile(join(directory, leftover), '');
    const before = bench.transfers();
    await bench.sources().openRemote(bench.at('r'));
    expect(bench.transfers() - before).toBeLessThanOrEqual(2);
    const left = await filesBelow(directory);
    expect(left.filter((path) => /\.lock$|tmp_/.test(path))).toEqual([]);
  });
});

describe('a grown cache', () => {
  it('is emptied when the next fetch finds more than 50 packs, unless someone reads from it', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a', 'b.md': 'b' });
    const git = bench.sources();
    const snapshot = await git.openRemote(bench.at('r'));
    const [name] = await readdir(bench.cacheDir);
    const packs = join(bench.cacheDir, name!, 'objects', 'pack');
    for (let i = 0; i <= 50; i++) await writeFile(join(packs, `pack-${i}.pack`), '');
    for await (const _ of snapshot.read([snapshot.entries[0]!.blobSha], MIB)) await git.openRemote(bench.at('r'));
    expect((await readdir(packs)).length).toBeGreaterThan(50);
    await git.openRemote(bench.at('r'));
    expect((await readdir(packs)).length).toBeLessThan(10);
    expect((await readAll(snapshot)).size).toBe(2);
  });
});
