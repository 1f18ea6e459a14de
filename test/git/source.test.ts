import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseHostEntry } from '../../src/platform/network/host-list.js';
import { createGitBench, readAll, readText, type GitBench } from '../support/git-bench.js';

let bench: GitBench;

beforeEach(async () => {
  bench = await createGitBench();
});

afterEach(async () => {
  await bench.remove();
});

describe('opening a remote repository', () => {
  it('lists every entry with its kind, whatever its name', async () => {
    const repository = await bench.host.createRepository('odd', [
      ['README.md', '# Hello'],
      ['docs/a b "c" \'d\' é\n.md', 'odd'],
      ['docs/emoji 🎉.md', 'emoji'],
      [Buffer.from([0x64, 0x2f, 0xff, 0x0a, 0x2e, 0x6d, 0x64]), 'not text'],
      ['link.md', { symlink: 'README.md' }],
      ['vendor', { submodule: '1'.repeat(40) }],
    ]);
    const date = new Date('2024-02-29T12:00:00Z');
    const commitSha = await repository.commit({ empty: '' }, { date });
    const snapshot = await bench.sources().openRemote(bench.at('odd'));
    expect(snapshot).toMatchObject({ commitSha, commitDate: date });
    expect(snapshot.entries.map(({ path, displayPath, kind }) => [path, displayPath, kind])).toEqual([
      ['README.md', 'README.md', 'file'],
      [null, 'd/\\377\\012.md', 'file'],
      ['docs/a b "c" \'d\' é\n.md', 'docs/a b "c" \'d\' é\\n.md', 'file'],
      ['docs/emoji 🎉.md', 'docs/emoji 🎉.md', 'file'],
      ['empty', 'empty', 'file'],
      ['link.md', 'link.md', 'symlink'],
      ['vendor', 'vendor', 'submodule'],
    ]);
    const contents = [...(await readAll(snapshot)).values()].map(({ content }) => content?.toString());
    expect(contents).toEqual(['# Hello', 'not text', 'odd', 'emoji', '', 'README.md']);
  });

  it.each([
    ['a <a@b> 1700000000 +0200', '2023-11-14T22:13:20.000Z'],
    ['a> 5 <a@b> 1700000000 -0200', '2023-11-14T22:13:20.000Z'],
    ['a <a@b> -86400 +0000', '1970-01-01T00:00:00.000Z'],
    ['a <a@b>', '1970-01-01T00:00:00.000Z'],
    ['a <a@b> 8640000000001 +0000', '9999-12-31T23:59:59.000Z'],
    [`a <a@b> ${'9'.repeat(30)} +0000`, '9999-12-31T23:59:59.000Z'],
  ])('reads the parents and the date of a commit, whatever its committer is: %s', async (committer, date) => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'a' });
    const parentShas = [await repository.head()];
    const commitSha = await repository.commitAs(committer);
    const snapshot = await bench.sources().openRemote(bench.at('r'));
    expect(snapshot).toMatchObject({ commitSha, parentShas, commitDate: new Date(date) });
  });

  it('takes a branch and a folder, with full paths', async () => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'a', 'docs/b.md': 'b', 'docs-2/c.md': 'c' });
    await repository.commit({ 'docs/deep/d.md': 'd' }, { branch: 'feature/x' });
    const main = await bench.sources().openRemote(bench.at('r', { folder: 'docs' }));
    expect(main.entries.map(({ path }) => path)).toEqual(['docs/b.md']);
    const feature = await bench.sources().openRemote(bench.at('r', { branch: 'feature/x', folder: 'docs' }));
    expect(feature.entries.map(({ path }) => path)).toEqual(['docs/b.md', 'docs/deep/d.md']);
  });

  it('reads a folder name as it is, not as a pattern', async () => {
    await bench.host.createRepository('r', { ':(glob)*/a.md': 'a', 'b/a.md': 'b' });
    const snapshot = await bench.sources().openRemote(bench.at('r', { folder: ':(glob)*' }));
    expect(snapshot.entries.map(({ path }) => path)).toEqual([':(glob)*/a.md']);
  });

  it('says what is missing', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    await bench.host.createRepository('empty');
    const missing = (message: string) => ({ code: 'SOURCE_NOT_FOUND', retryable: false, message });
    await expect(bench.sources().openRemote(bench.at('none'))).rejects.toMatchObject(
      missing('There is no git repository at this address.'),
    );
    await expect(bench.sources().openRemote(bench.at('r', { branch: 'x' }))).rejects.toMatchObject(
      missing('There is no branch "x" in the repository.'),
    );
    for (const folder of ['docs', 'a.md']) {
      const expected = missing(`There is no folder "${folder}" in the repository.`);
      await expect(bench.sources().openRemote(bench.at('r', { folder }))).rejects.toMatchObject(expected);
    }
    const noCommits = missing(
      'The repository has no commits on its default branch yet. Push one, or name another branch.',
    );
    await expect(bench.sources().openRemote(bench.at('empty'))).rejects.toMatchObject(noCommits);
  });

  it('does not say that a branch is missing where the repository is, as soon as it was found', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a' });
    bench.host.respondWith(404, 'transfer');
    const missing = { code: 'SOURCE_NOT_FOUND', message: 'There is no git repository at this address.' };
    await expect(bench.sources().openRemote(bench.at('r'))).rejects.toMatchObject(missing);
  });

  it('sees a push, a force push and a vanished branch', async () => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'one' });
    const git = bench.sources();
    const first = await git.openRemote(bench.at('r'));
    expect(await readText(first, 'a.md')).toBe('one');
    await repository.commit({ 'a.md': 'two' }, { branch: 'x' });
    await repository.rename('a.md', 'b.md', { branch: 'x' });
    const second = await git.openRemote(bench.at('r', { branch: 'x' }));
    expect(second.commitSha).toBe(await repository.head('x'));
    expect(await readText(second, 'b.md')).toBe('two');
    await repository.forcePush({ 'c.md': 'three' }, { branch: 'x' });
    expect(await readText(await git.openRemote(bench.at('r', { branch: 'x' })), 'c.md')).toBe('three');
    await repository.deleteBranch('x');
    await expect(git.openRemote(bench.at('r', { branch: 'x' }))).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND' });
    expect(await readText(first, 'a.md')).toBe('one');
  });

  it('follows a branch that takes the place of a folder of branches', async () => {
    const repository = await bench.host.createRepository('r', { 'a.md': 'a' });
    await repository.commit({ 'a.md': 'x' }, { branch: 'x' });
    const git = bench.sources();
    await git.openRemote(bench.at('r', { branch: 'x' }));
    await repository.deleteBranch('x');
    await repository.commit({ 'a.md': 'x/y' }, { branch: 'x/y' });
    expect(await readText(await git.openRemote(bench.at('r', { branch: 'x/y' })), 'a.md')).toBe('x/y');
  });

  it('follows a redirect, and talks to localhost at the address that was checked', async () => {
    await bench.host.createRepository('here', { 'a.md': 'a' });
    bench.host.redirect('/old', `http://localhost:${bench.host.port}/here.git`);
    const hosts = [bench.host.hostEntry, `localhost:${bench.host.port}`].map((entry) => parseHostEntry(entry)!);
    const snapshot = await bench.sources({ hosts, resolve: async () => ['127.0.0.1'] }).openRemote(bench.at('old'));
    expect(await readText(snapshot, 'a.md')).toBe('a');
  });

  it('opens one repository many times at once', async () => {
    await bench.host.createRepository('r', { 'a.md': 'a', 'docs/b.md': 'b' });
    const git = bench.sources();
    const opened = await Promise.all(
      Array.from({ length: 6 }, (_, i) => git.openRemote(bench.at('r', { folder: i % 2 ? 'docs' : null }))),
    );
    const texts = await Promise.all(opened.map((snapshot) => readText(snapshot, 'docs/b.md')));
    expect(texts).toEqual(Array.from({ length: 6 }, () => 'b'));
  });
});
