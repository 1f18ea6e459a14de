import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createGitBench, filesBelow, MIB, readAll, readText, type GitBench } from '../support/git-bench.js';

let bench: GitBench;

beforeEach(async () => {
  bench = await createGitBench();
});

afterEach(async () => {
  await bench.remove();
});

describe('reading contents', () => {
  it('brings no content before it is asked for, then all that is missing in one request', async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`docs/${i}.md`, `text ${i}`]));
    const repository = await bench.host.createRepository('r', { ...files, 'picture.png': randomBytes(3 * MIB) });
    const git = bench.sources();
    const snapshot = await git.openRemote(bench.at('r', { folder: 'docs' }));
    const before = bench.transfers();
    expect((await readAll(snapshot)).size).toBe(200);
    expect(bench.transfers() - before).toBe(1);
    expect((await readAll(snapshot)).size).toBe(200);
    expect(bench.transfers() - before).toBe(1);
    const sizes = await Promise.all(
      (await filesBelow(bench.cacheDir)).map(async (path) => (await readFile(path)).length),
    );
    expect(Math.max(...sizes)).toBeLessThan(MIB);
    await repository.commit({ 'docs/7.md': 'changed' });
    expect(await readText(await git.openRemote(bench.at('r')), 'docs/7.md')).toBe('changed');
  });

  it('gives the size of what is too large, and not its content', async () => {
    const binary = Buffer.from([0, 1, 2, 0xff, 0x0a, 0]);
    await bench.host.createRepository('r', {
      'a.bin': binary,
      'b.md': 'x'.repeat(2 * MIB),
      'c.md': 'after',
      'd.md': 'y'.repeat(MIB),
    });
    const blobs = [...(await readAll(await bench.sources().openRemote(bench.at('r')))).values()];
    expect(blobs.map(({ size }) => size)).toEqual([6, 2 * MIB, 5, MIB]);
    expect(blobs.map(({ content }) => content?.length ?? null)).toEqual([6, null, 5, MIB]);
    expect(blobs[0]!.content?.equals(binary)).toBe(true);
  });

  it('gives each content once, and can be left early', async () => {
    await bench.host.createRepository('r', { 'a.md': 'same', 'b.md': 'same', 'c.md': 'other' });
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    expect((await readAll(snapshot)).size).toBe(2);
    for await (const { content } of snapshot.read(
      snapshot.entries.map(({ blobSha }) => blobSha),
      MIB,
    )) {
      expect(content?.toString()).toBe('same');
      break;
    }
  });

  it('says that the host no longer has a content', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    const read = async () => {
      for await (const _ of snapshot.read(['2'.repeat(40)], MIB));
    };
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', retryable: true });
  });

  it('fails in words for users when the host fails in between', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const snapshot = await bench.sources({ fetchTimeoutMs: 3_000 }).openRemote(bench.at('r'));
    for (const [what, code] of [
      [500, 'NETWORK'],
      [429, 'RATE_LIMITED'],
      ['reset', 'NETWORK'],
      ['hang', 'TIMEOUT'],
    ] as const) {
      bench.host.respondWith(what, 'transfer');
      await expect(readAll(snapshot)).rejects.toMatchObject({
        code,
        message: expect.not.stringMatching(/127\.0\.0\.1|ibid-git|fatal/),
      });
    }
    bench.host.respondWith(null);
    expect((await readAll(snapshot)).size).toBe(1);
  });
});
