import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGitSources, type SourceSnapshot } from '../../src/platform/git/source.js';
import { plainGitEnvironment } from '../support/git-repository.js';

let path: string;

beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'ibid-checkout-'));
  await mkdir(join(path, 'docs/deep'), { recursive: true });
  await writeFile(join(path, 'README.md'), '# Hello');
  await writeFile(join(path, 'secret.md'), 'not asked for');
  await writeFile(join(path, 'docs/b.md'), 'b');
  await writeFile(join(path, 'docs/deep/c é\n.md'), 'c'.repeat(100));
  await writeFile(Buffer.concat([Buffer.from(`${path}/docs/`), Buffer.from([0xff])]), 'odd');
  await symlink('b.md', join(path, 'docs/link.md'));
});

afterEach(async () => {
  await rm(path, { recursive: true, force: true });
});

function git(...args: string[]): string {
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.org'];
  return execFileSync('git', [...identity, ...args], {
    cwd: path,
    env: plainGitEnvironment(),
    encoding: 'utf8',
  }).trim();
}

function open(include = ['README.md', 'docs', 'missing']) {
  return createGitSources({ cacheDir: join(path, 'cache'), hosts: [] }).openCheckout({ path, include });
}

async function contents(snapshot: SourceSnapshot, maxBytes = 50) {
  const read = [];
  for await (const { size, content } of snapshot.read(
    snapshot.entries.map(({ blobSha }) => blobSha),
    maxBytes,
  )) {
    read.push(content?.toString() ?? size);
  }
  return read;
}

const PATHS = ['README.md', 'docs/b.md', 'docs/deep/c é\n.md', 'docs/link.md', null];
const CONTENTS = ['# Hello', 'b', 100, 'b.md', 'odd'];

describe('opening a checkout', () => {
  it('reads what is committed at its HEAD', async () => {
    git('init', '--quiet', '--template=');
    git('add', '.');
    git('commit', '--quiet', '--message', 'One', '--date', '2024-01-01T00:00:00Z');
    await writeFile(join(path, 'docs/b.md'), 'not committed');
    const snapshot = await open();
    expect(snapshot.commitSha).toBe(git('rev-parse', 'HEAD'));
    expect(snapshot.commitDate.getTime() / 1000).toBe(Number(git('log', '-1', '--format=%ct')));
    expect(snapshot.entries.map((entry) => entry.path)).toEqual(PATHS);
    expect(await contents(snapshot)).toEqual(CONTENTS);
  });

  it.each([
    ['there is no git', () => {}],
    ['there is no commit', () => void git('init', '--quiet', '--template=')],
  ])('reads the files where %s', async (_, prepare) => {
    prepare();
    const snapshot = await open();
    expect(snapshot.commitSha).toBe('0'.repeat(40));
    expect(snapshot.entries.map((entry) => entry.path)).toEqual(PATHS);
    expect(snapshot.entries.map(({ kind }) => kind)).toEqual(['file', 'file', 'file', 'symlink', 'file']);
    expect(snapshot.entries[0]!.blobSha).toBe(git('hash-object', 'README.md'));
    expect(await contents(snapshot)).toEqual(CONTENTS);
  });

  it('dates files without a commit by the newest of them', async () => {
    const newest = new Date('2037-01-01T00:00:00Z');
    await utimes(join(path, 'docs/b.md'), newest, newest);
    expect((await open()).commitDate).toEqual(newest);
  });

  it('does not take the repository of a folder above for its own', async () => {
    git('init', '--quiet', '--template=');
    git('add', '.');
    git('commit', '--quiet', '--message', 'One');
    const below = await createGitSources({ cacheDir: path, hosts: [] }).openCheckout({
      path: join(path, 'docs'),
      include: ['b.md'],
    });
    expect(below.commitSha).toBe('0'.repeat(40));
    expect(below.entries.map((entry) => entry.path)).toEqual(['b.md']);
  });
});
