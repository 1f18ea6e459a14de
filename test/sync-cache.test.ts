import { existsSync } from 'node:fs';
import { chmod, stat, truncate } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { cacheOf, filesBelow } from './support/git-bench.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { plainGitEnvironment } from './support/git-repository.js';
import { documentsOf, type Followed, followRepository, sync } from './support/sync-bench.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp({ GIT_CACHE_MAX_MB: '1' })));
beforeEach(() => void (host.requests.length = 0));
afterAll(() => stop());

const MIB = 1024 * 1024;
const directoryOf = ({ name }: Followed) => cacheOf(join(app.config.dataDir, 'git'), host.url(name));
const sizeOf = async (directory: string) => {
  const sizes = await Promise.all((await filesBelow(directory)).map(async (path) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
};
const pathsOf = async ({ projectDocId }: Followed) => Object.keys(await documentsOf(app, projectDocId)).toSorted();

/** The ids of the files' contents that a cache holds. */
function contentsIn(directory: string): string[] {
  const args = ['-C', directory, 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype) %(objectname)'];
  const lines = execFileSync('git', args, { env: plainGitEnvironment(), stdio: ['ignore', 'pipe', 'ignore'] })
    .toString()
    .trim()
    .split('\n');
  return lines.filter((line) => line.startsWith('blob ')).map((line) => line.slice(5));
}

describe('what a sync asks of the host', () => {
  it('is a few requests for any number of files, and only what is wanted comes', async () => {
    const texts = Array.from({ length: 300 }, (_, i) => [`docs/${i}.md`, `# Page ${i}\n\nText.\n`]);
    const followed = await followRepository(app, host, {
      ...Object.fromEntries(texts),
      'docs/picture.png': randomBytes(3 * MIB),
    });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 300, filesSkipped: 1 });
    // One look, then git asks twice: what there is, and for the tree; and once more for all contents together.
    expect(host.requests.length).toBeLessThanOrEqual(6);
    expect(await sizeOf(directoryOf(followed))).toBeLessThan(MIB / 2);
    const before = contentsIn(directoryOf(followed));
    expect(before).toHaveLength(300);

    await followed.repository.commit({ 'docs/7.md': '# Seven\n', 'docs/8.md': '# Eight\n' });
    host.requests.length = 0;
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 2, filesUnchanged: 298 });
    expect(host.requests.length).toBeLessThanOrEqual(6);
    const after = contentsIn(directoryOf(followed));
    expect(after).toHaveLength(302);
    expect(after).toEqual(expect.arrayContaining(before));
  });
});

describe('the caches', () => {
  it('heal in the sync that finds them damaged', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n\nText.\n' });
    await sync(app, followed);
    for (const path of await filesBelow(directoryOf(followed))) {
      await chmod(path, 0o644);
      await truncate(path, 10);
    }
    await followed.repository.commit({ 'a.md': '# A\n\nNew text.\n' });
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 1, filesUnchanged: 1, error: null });
    const documents = await documentsOf(app, followed.projectDocId, 'content');
    expect(documents['a.md']!.content).toBe('# A\n\nNew text.\n');
  });

  it('stay together below GIT_CACHE_MAX_MB', async () => {
    // Read to find out that it is binary: in the cache, but nothing to embed.
    const large = () => ({ 'a.md': '# A\n', 'b.md': Buffer.concat([Buffer.alloc(1), randomBytes(0.6 * MIB)]) });
    const [first, second] = [await followRepository(app, host, large()), await followRepository(app, host, large())];
    for (const followed of [first, second]) {
      expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
      expect(await sizeOf(directoryOf(followed))).toBeGreaterThan(0.6 * MIB);
      expect(await sizeOf(join(app.config.dataDir, 'git'))).toBeLessThanOrEqual(MIB);
    }
    expect(existsSync(directoryOf(first))).toBe(false);
    await first.repository.commit({ 'a.md': '# Another\n' });
    expect(await sync(app, first)).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 1 });
  });
});

describe('a repository whose history changes', () => {
  const FILES = { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n\nText.\n' };

  it('is followed through a force-push', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    await followed.repository.forcePush({ 'b.md': FILES['b.md'], 'c.md': '# C\n' });
    const counts = { filesAdded: 1, filesUnchanged: 1, filesDeleted: 1 };
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', ...counts });
    expect(await pathsOf(followed)).toEqual(['b.md', 'c.md']);
  });

  it('is followed when its branch is deleted and made anew', async () => {
    const followed = await followRepository(app, host, FILES, { branch: 'docs' });
    await followed.repository.commit({ 'c.md': '# C\n' }, { branch: 'docs' });
    await sync(app, followed);
    await followed.repository.deleteBranch('docs');
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error: { code: 'SOURCE_NOT_FOUND' } });
    expect(await pathsOf(followed)).toEqual(['a.md', 'b.md', 'c.md']);
    await followed.repository.forcePush({ 'd.md': '# D\n' }, { branch: 'docs' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, filesDeleted: 3 });
    expect(await pathsOf(followed)).toEqual(['d.md']);
  });

  it('is followed to its new default branch', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    await followed.repository.commit({ 'c.md': '# C\n' }, { branch: 'trunk' });
    await followed.repository.setDefaultBranch('trunk');
    await followed.repository.deleteBranch('main');
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, filesUnchanged: 2 });
    expect(run.commitSha).toBe(await followed.repository.head('trunk'));
  });

  it('is followed when an unrelated one takes its place', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    await host.removeRepository(followed.name);
    await host.createRepository(followed.name, { 'other.md': '# Other\n' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, filesDeleted: 2 });
    expect(await pathsOf(followed)).toEqual(['other.md']);
  });

  it('is followed on a host that knows no filters', async () => {
    const followed = await followRepository(app, host, FILES);
    await followed.repository.configure('uploadpack.allowFilter', 'false');
    await followed.repository.configure('uploadpack.allowAnySHA1InWant', 'false');
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 2 });
    await followed.repository.commit({ 'b.md': '# New\n' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 1, filesUnchanged: 1 });
  });
});
