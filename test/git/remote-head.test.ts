import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createGitBench, type GitBench } from '../support/git-bench.js';
import type { GitRepository } from '../support/git-host.js';

let bench: GitBench;
let repository: GitRepository;
beforeAll(async () => {
  bench = await createGitBench();
  repository = await bench.host.createRepository('here', { 'a.md': 'a' });
  await repository.commit({ 'b.md': 'b' }, { branch: 'release/2.0' });
});
afterEach(() => bench.host.respondWith(null));
afterAll(() => bench.remove());

const head = (name: string, branch: string | null = null) =>
  bench.sources().readHead({ url: bench.host.url(name), branch });

describe('readHead', () => {
  it('gives the commit of HEAD, and that of a branch, and fetches nothing', async () => {
    bench.host.requests.length = 0;
    expect(await head('here')).toBe(await repository.head());
    expect(await head('here', 'release/2.0')).toBe(await repository.head('release/2.0'));
    // Each has the capabilities asked for twice, by the service and by git, and the refs once.
    expect(bench.transfers()).toBe(2);
  });

  it('is not misled by a name that ends in the same way', async () => {
    await repository.commit({ 'c.md': 'c' }, { branch: 'other/refs/heads/main' });
    await repository.commit({ 'd.md': 'd' }, { branch: 'a/main' });
    expect(await head('here', 'main')).toBe(await repository.head());
  });

  it('finds the longest branch that a path begins with, whatever it holds', async () => {
    const find = (path: string) => bench.sources().findBranch({ url: bench.host.url('here'), path });
    expect(await find('release/2.0/docs/guide')).toBe('release/2.0');
    expect(await find('main')).toBe('main');
    expect(await find('release/3.0/docs')).toBeNull();
    expect(await find('m*n/r?/[a-z]..')).toBeNull();
  });

  it('says that there is no such branch', async () => {
    const message = 'There is no branch "2.0" in the repository.';
    await expect(head('here', '2.0')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', message, retryable: false });
  });

  it('says that there is no commit, and no repository', async () => {
    await bench.host.createRepository('empty');
    await expect(head('empty')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', retryable: false });
    await expect(head('nowhere')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', retryable: false });
  });

  it('shows the token of its host', async () => {
    const secret = await bench.host.createRepository('secret', { 'a.md': 'a' });
    bench.host.requireAuth('secret', 'sesame');
    const at = { url: bench.host.url('secret'), branch: null };
    await expect(head('secret')).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await bench.sources({ token: () => 'sesame' }).readHead(at)).toBe(await secret.head());
  });

  it.each([
    [403, 'AUTH', false],
    [429, 'RATE_LIMITED', true],
    [500, 'NETWORK', true],
    ['reset', 'NETWORK', true],
  ] as const)('turns the answer %s into %s', async (what, code, retryable) => {
    for (const at of ['refs', 'transfer'] as const) {
      bench.host.respondWith(what, at);
      await expect(head('here')).rejects.toMatchObject({ code, retryable });
    }
  });

  it.each(['refs', 'transfer'] as const)('stops at the signal (%s)', async (at) => {
    bench.host.respondWith('hang', at);
    const reason = new Error('enough');
    const stop = new AbortController();
    const asked = bench.sources().readHead({ url: bench.host.url('here'), branch: null }, stop.signal);
    setTimeout(() => stop.abort(reason), 100);
    await expect(asked).rejects.toBe(reason);
  });
});
