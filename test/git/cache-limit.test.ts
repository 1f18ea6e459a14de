import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

describe('the limit of one repository', () => {
  const TOO_LARGE = {
    code: 'LIMIT_EXCEEDED',
    message: 'The repository takes more than 1 MiB of disk. Follow another one, or raise GIT_REPOSITORY_MAX_MB.',
    retryable: false,
  };
  const limited = { maxRepositoryBytes: MIB };

  it('fails a sync that needs more, and leaves nothing of it', async () => {
    await createThree();
    await bench.host.createRepository('large', { 'a.md': randomBytes(MIB) });
    const git = bench.sources(limited);
    await readAll(await git.openRemote(bench.at('first')));
    const snapshot = await git.openRemote(bench.at('large'));
    await expect(readAll(snapshot)).rejects.toMatchObject(TOO_LARGE);
    expect(existsSync(bench.cacheOf('large'))).toBe(false);
    expect(kept()).toEqual(['first']);
  });

  it('gives up what was fetched before rather than the sync', async () => {
    const content = () => ({ 'a.md': randomBytes(600 * KIB) });
    const repository = await bench.host.createRepository('r', content());
    const git = bench.sources(limited);
    for (let commits = 0; commits < 3; commits += 1) {
      expect((await readAll(await git.openRemote(bench.at('r')))).size).toBe(1);
      await repository.commit(content());
    }
  });

  it('stops a host that sends without end', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const endless = 'head -c 2000000 /dev/zero > objects/pack/tmp_pack_x; exec sleep 60';
    await writeFile(
      join(bench.directory, 'git'),
      `#!/bin/sh\n[ "$1" = fetch ] || PATH=/usr/bin:/bin exec git "$@"\n${endless}\n`,
    );
    await chmod(join(bench.directory, 'git'), 0o755);
    const git = bench.sources({ ...limited, searchPath: `${bench.directory}:/usr/bin:/bin` });
    await expect(git.openRemote(bench.at('r'))).rejects.toMatchObject(TOO_LARGE);
    expect(existsSync(bench.cacheOf('r'))).toBe(false);
  });
});
