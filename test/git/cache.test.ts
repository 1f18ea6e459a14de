import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceSnapshot } from '../../src/platform/git/source.js';
import { createGitBench, filesBelow, MIB, readAll, readText, type GitBench } from '../support/git-bench.js';
import { until } from '../support/until.js';

let bench: GitBench;

beforeEach(async () => {
  bench = await createGitBench();
});

afterEach(async () => {
  await bench.remove();
});

const contentsOf = async (snapshot: SourceSnapshot) =>
  [...(await readAll(snapshot)).values()].map(({ content }) => content?.toString());

describe('a damaged cache', () => {
  async function harmAll(pattern: RegExp, harm: (path: string) => Promise<void>): Promise<void> {
    const found = (await filesBelow(bench.cacheOf('r'))).filter((path) => pattern.test(path));
    expect(found).not.toEqual([]);
    for (const path of found) {
      await chmod(path, 0o644);
      await harm(path);
    }
  }

  it('gives no content under the name of another', async () => {
    await bench.host.createRepository('r', { 'a.md': 'one', 'b.md': 'two', 'c.md': 'six' });
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    const before = await contentsOf(snapshot);
    // The index with the contents: exchanges the places of two of them.
    await harmAll(/\.idx$/, async (path) => {
      const index = await readFile(path);
      const count = index.readUInt32BE(8 + 255 * 4);
      const offsets = 8 + 256 * 4 + count * 24;
      const first = Buffer.from(index.subarray(offsets, offsets + 4));
      index.copy(index, offsets, offsets + 4, offsets + 8);
      first.copy(index, offsets + 4);
      await writeFile(path, index);
    });
    expect(await contentsOf(snapshot)).toEqual(before);
  });

  it('heals when it breaks between opening and reading', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a'.repeat(500), 'b.md': 'b' });
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    await readAll(snapshot);
    await harmAll(/\.pack$/, (path) => truncate(path, 20));
    expect(await contentsOf(snapshot)).toEqual(['a'.repeat(500), 'b']);
    await rm(bench.cacheDir, { recursive: true });
    expect(await contentsOf(snapshot)).toEqual(['a'.repeat(500), 'b']);
  });

  it('heals under many readers at once', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a'.repeat(500), 'b.md': 'b' });
    const git = bench.sources();
    const snapshot = await git.openRemote(bench.at('r'));
    await readAll(snapshot);
    await harmAll(/\.pack$/, (path) => truncate(path, 20));
    const readers = Array.from({ length: 12 }, () => contentsOf(snapshot));
    for (const contents of await Promise.all(readers)) expect(contents).toEqual(['a'.repeat(500), 'b']);
  });

  it('is used in spite of the locks and half packs that a killed git leaves', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a'.repeat(500), 'docs/b.md': 'b' });
    const git = bench.sources();
    await git.openRemote(bench.at('r'));
    const directory = bench.cacheOf('r');
    const leftovers = ['shallow.lock', 'config.lock', 'packed-refs.lock', 'objects/pack/tmp_pack_x'];
    for (const leftover of leftovers) await writeFile(join(directory, leftover), '');
    const before = bench.transfers();
    await git.openRemote(bench.at('r'));
    expect(bench.transfers() - before).toBeLessThanOrEqual(2);
    const left = await filesBelow(directory);
    expect(left.filter((path) => /\.lock$|tmp_/.test(path))).toEqual([]);
  });

  it('is not what a failing host is taken for', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const git = bench.sources();
    await readAll(await git.openRemote(bench.at('r')));
    const packs = await readdir(join(bench.cacheOf('r'), 'objects', 'pack'));
    bench.host.respondWith(500, 'transfer');
    await expect(git.openRemote(bench.at('r'))).rejects.toMatchObject({ code: 'NETWORK' });
    expect(await readdir(join(bench.cacheOf('r'), 'objects', 'pack'))).toEqual(packs);
  });
});

describe('a cache that is in use', () => {
  it('is not waited for by whoever gives up, and then used by the next', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const git = bench.sources();
    bench.host.respondWith('hang', 'transfer');
    const [using, waiting] = [new AbortController(), new AbortController()];
    const [first, second] = [using, waiting].map(({ signal }) => git.openRemote(bench.at('r'), signal));
    await until(
      () => bench.transfers(),
      (transfers) => transfers > 0,
    );
    waiting.abort(new Error('given up'));
    await expect(second).rejects.toThrow('given up');
    const third = git.openRemote(bench.at('r'));
    bench.host.respondWith(null);
    using.abort(new Error('given up too'));
    await expect(first).rejects.toThrow('given up too');
    expect(await readText(await third, 'a.md')).toBe('a');
  });
});

describe('a grown cache', () => {
  it('is emptied when the next fetch finds more than 50 packs, unless someone reads from it', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a', 'b.md': 'b' });
    const git = bench.sources();
    const snapshot = await git.openRemote(bench.at('r'));
    const packs = join(bench.cacheOf('r'), 'objects', 'pack');
    for (let i = 0; i <= 50; i++) await writeFile(join(packs, `pack-${i}.pack`), '');
    for await (const _ of snapshot.read([snapshot.entries[0]!.blobSha], MIB)) await git.openRemote(bench.at('r'));
    expect((await readdir(packs)).length).toBeGreaterThan(50);
    await git.openRemote(bench.at('r'));
    expect((await readdir(packs)).length).toBeLessThan(10);
    expect((await readAll(snapshot)).size).toBe(2);
  });
});

describe('a host that hands out no single files', () => {
  it.each([
    ['filters', 'true'],
    ['does not filter any more', 'false'],
  ])('sends all of a branch, where it %s', async (_, filters) => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'a', 'docs/b.md': 'b' });
    await repository.configure('uploadpack.allowAnySHA1InWant', 'false');
    bench.host.speakVersion0();
    const git = bench.sources();
    await git.openRemote(bench.at('r'));
    await repository.configure('uploadpack.allowFilter', filters);
    expect(await contentsOf(await git.openRemote(bench.at('r')))).toEqual(['a', 'b']);
    await repository.commit({ 'docs/b.md': 'two' }, { branch: 'next' });
    expect(await contentsOf(await git.openRemote(bench.at('r', { branch: 'next' })))).toEqual(['a', 'two']);
  });

  it('still says when it no longer has a file', async () => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'a' });
    await repository.configure('uploadpack.allowAnySHA1InWant', 'false');
    bench.host.speakVersion0();
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    const read = async () => {
      for await (const _ of snapshot.read(['2'.repeat(40)], 1));
    };
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', retryable: true });
  });
});

describe('a host that knows no filters', () => {
  it('sends everything, and pushes are followed all the same', async () => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'a', 'docs/b.md': 'b' });
    await repository.configure('uploadpack.allowFilter', 'false');
    const git = bench.sources();
    expect(await contentsOf(await git.openRemote(bench.at('r')))).toEqual(['a', 'b']);
    await repository.commit({ 'docs/b.md': 'two' });
    expect(await contentsOf(await git.openRemote(bench.at('r')))).toEqual(['a', 'two']);
    await repository.forcePush({ 'c.md': 'c' });
    expect(await readText(await git.openRemote(bench.at('r')), 'c.md')).toBe('c');
  });
});
