import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createGitBench, MIB, readAll, type GitBench } from '../support/git-bench.js';

let bench: GitBench;

beforeEach(async () => {
  bench = await createGitBench();
});

afterEach(async () => {
  await bench.remove();
});

const KIB = 1024;
const names = ['first', 'second', 'third'] as const;

/** Repositories of 100 KiB each. */
async function createThree(): Promise<void> {
  for (const name of names) await bench.host.createRepository(name, { 'a.md': randomBytes(100 * KIB) });
}

const kept = () => names.filter((name) => existsSync(bench.cacheOf(name)));

describe('the limit of all caches', () => {
  it('removes the least recently used one, and only as many as it takes', async () => {
    await createThree();
    const git = bench.sources({ maxCacheBytes: 250 * KIB });
    const sync = async (name: string) => readAll(await git.openRemote(bench.at(name)));
    await sync('first');
    await sync('second');
    expect(kept()).toEqual(['first', 'second']);
    await sync('first');
    await sync('third');
    expect(kept()).toEqual(['first', 'third']);
    await sync('second');
    expect(kept()).toEqual(['second', 'third']);
  });

  it('counts what an earlier process left, by when that was used', async () => {
    await createThree();
    const before = bench.sources({ maxCacheBytes: 10 * MIB });
    for (const name of ['first', 'second', 'first']) await readAll(await before.openRemote(bench.at(name)));
    await before.stop();
    const after = bench.sources({ maxCacheBytes: 250 * KIB });
    await readAll(await after.openRemote(bench.at('third')));
    expect(kept()).toEqual(['first', 'third']);
  });

  it('leaves one alone that is in use, and makes room at its end', async () => {
    await createThree();
    const git = bench.sources({ maxCacheBytes: 150 * KIB });
    const first = await git.openRemote(bench.at('first'));
    for await (const { content } of first.read([first.entries[0]!.blobSha], MIB)) {
      await readAll(await git.openRemote(bench.at('second')));
      expect(kept()).toEqual(['first']);
      expect(content).toHaveLength(100 * KIB);
      expect((await readAll(first)).size).toBe(1);
    }
    expect(kept()).toEqual(['first']);
    await readAll(await git.openRemote(bench.at('second')));
    expect(kept()).toEqual(['second']);
  });

  it('removes one that is too large by itself after its use, and spares the others', async () => {
    await createThree();
    await bench.host.createRepository('large', { 'a.md': randomBytes(400 * KIB), 'b.md': 'b' });
    const git = bench.sources({ maxCacheBytes: 250 * KIB });
    await readAll(await git.openRemote(bench.at('first')));
    for (let i = 0; i < 2; i++) {
      const snapshot = await git.openRemote(bench.at('large'));
      const blobs = [...(await readAll(snapshot)).values()];
      expect(blobs.map(({ size }) => size)).toEqual([400 * KIB, 1]);
      expect(existsSync(bench.cacheOf('large'))).toBe(false);
    }
    expect(kept()).toEqual(['first']);
  });

  it('holds under many syncs at once', async () => {
    await createThree();
    const git = bench.sources({ maxCacheBytes: 150 * KIB });
    const sizes = await Promise.all(
      [...names, ...names, ...names].map(async (name) => {
        const [blob] = (await readAll(await git.openRemote(bench.at(name)))).values();
        return blob!.content?.length;
      }),
    );
    expect(new Set(sizes)).toEqual(new Set([100 * KIB]));
    expect(kept().length).toBeLessThanOrEqual(1);
  });
});
