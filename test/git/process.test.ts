import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGit } from '../../src/platform/git/git.js';
import { createGitBench, filesBelow, readText, type GitBench } from '../support/git-bench.js';
import { isGroupAlive, isGroupGone } from '../support/process-group.js';
import { until } from '../support/until.js';

let bench: GitBench;

beforeEach(async () => {
  bench = await createGitBench();
});

afterEach(async () => {
  await bench.remove();
});

describe('the git process', () => {
  /** The git of this machine, with its arguments and process written down. */
  async function watchedGit() {
    const program = execFileSync('/bin/sh', ['-c', 'command -v git']).toString().trim();
    await writeFile(
      join(bench.directory, 'git'),
      `#!/bin/sh\necho "$$ $@" >> ${bench.directory}/log\nexec ${program} "$@"\n`,
      {
        mode: 0o755,
      },
    );
    return {
      searchPath: bench.directory,
      calls: async () => (await readFile(join(bench.directory, 'log'), 'utf8')).trim().split('\n'),
    };
  }

  it('connects to the address that was checked, whatever the name means', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    const remote = { url: `http://git.invalid:${bench.host.port}/r`, addresses: ['127.0.0.1'], authorization: null };
    const refs = await createGit().run(['ls-remote', 'origin'], { cwd: bench.directory, remote });
    expect(refs.toString()).toContain('refs/heads/main');
    await expect(
      createGit().run(['ls-remote', 'origin'], { cwd: bench.directory, remote: { ...remote, addresses: [] } }),
    ).rejects.toMatchObject({
      code: 'NETWORK',
    });
  });

  it('follows no redirect', async () => {
    await bench.host.createRepository('here', { 'a.md': 'a' });
    bench.host.redirect('/old', bench.host.url('here'));
    const remote = { url: bench.host.url('old'), addresses: [], authorization: null };
    await expect(createGit().run(['ls-remote', 'origin'], { cwd: bench.directory, remote })).rejects.toMatchObject({
      code: 'NETWORK',
    });
    expect(bench.host.requests.filter(({ path }) => path.startsWith('/here'))).toEqual([]);
  });

  it('is given the token, but never in its arguments or on disk', async () => {
    await bench.host.createRepository('private', { 'a.md': 'a' });
    bench.host.requireAuth('private', 'open-sesame');
    const watched = await watchedGit();
    const snapshot = await bench
      .sources({ token: () => 'open-sesame', searchPath: watched.searchPath })
      .openRemote(bench.at('private'));
    expect(await readText(snapshot, 'a.md')).toBe('a');
    const encoded = Buffer.from('x-access-token:open-sesame').toString('base64');
    expect(bench.host.requests.every(({ authorization }) => authorization === `Basic ${encoded}`)).toBe(true);
    const written = await Promise.all((await filesBelow(bench.cacheDir)).map((path) => readFile(path, 'latin1')));
    for (const text of [...(await watched.calls()), ...written]) {
      expect(text).not.toContain('open-sesame');
      expect(text).not.toContain(encoded);
    }
  });

  it('ends with the signal, and the cache can be used afterwards', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    bench.host.respondWith('hang', 'transfer');
    const watched = await watchedGit();
    const git = bench.sources({ searchPath: watched.searchPath });
    const stop = new AbortController();
    const reason = new Error('cancelled');
    const opening = git.openRemote(bench.at('r'), stop.signal);
    const outcome = opening.catch((error: unknown) => error);
    await until(() => bench.transfers());
    const group = Number((await watched.calls()).at(-1)!.split(' ')[0]);
    expect(isGroupAlive(group)).toBe(true);
    stop.abort(reason);
    expect(await outcome).toBe(reason);
    expect(await isGroupGone(group)).toBe(true);
    bench.host.respondWith(null);
    expect(await readText(await git.openRemote(bench.at('r')), 'a.md')).toBe('a');
  });

  it('takes too long, and that is said', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    bench.host.respondWith('hang', 'transfer');
    await expect(bench.sources({ fetchTimeoutMs: 300 }).openRemote(bench.at('r'))).rejects.toMatchObject({
      code: 'TIMEOUT',
      retryable: true,
    });
  });
});
