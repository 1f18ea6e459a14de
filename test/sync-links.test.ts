import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type ScriptedApp, startScriptedApp } from './support/scripted-app.js';
import { failsOn } from './support/scripted-provider.js';
import { documentsOf, type Followed, followRepository, sync } from './support/sync-bench.js';

let { host, provider, app, reset, stop } = {} as ScriptedApp;
beforeAll(async () => void ({ host, provider, app, reset, stop } = await startScriptedApp()));
afterAll(() => stop());
afterEach(() => reset());

const FILES = { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n\nText.\n' };

async function linkTo(path: string, { projectDocId }: Followed): Promise<string | null> {
  const { url, chunks } = (await documentsOf(app, projectDocId, 'url chunks { nodes { url } }'))[path]!;
  expect(chunks.nodes).toEqual([{ url: url && `${url}#L1-L3` }]);
  return url;
}

async function followedAndSynced(): Promise<{ followed: Followed; link: (sha: string, path?: string) => string }> {
  const followed = await followRepository(app, host, FILES);
  await sync(app, followed);
  const link = (sha: string, path = 'a.md') => `${host.url(followed.name)}/blob/${sha}/${path}`;
  return { followed, link };
}

describe('the link to a document whose file is the same', () => {
  it('stays at the commit that the file was read at while the history goes on', async () => {
    const { followed, link } = await followedAndSynced();
    const first = await followed.repository.head();
    for (const text of ['two', 'three']) {
      await followed.repository.commit({ 'b.md': `# B\n\n${text}\n` });
      expect(await sync(app, followed)).toMatchObject({ filesUnchanged: 1, filesUpdated: 1 });
    }
    await sync(app, followed);
    expect(await linkTo('a.md', followed)).toBe(link(first));
  });

  it('leads to the commit that took its place when the history is rewritten', async () => {
    const { followed, link } = await followedAndSynced();
    const sha = await followed.repository.forcePush({ ...FILES, 'c.md': '# C\n' });
    expect(await sync(app, followed)).toMatchObject({ filesUnchanged: 2, filesAdded: 1 });
    expect(await linkTo('a.md', followed)).toBe(link(sha));
  });

  it('leads to a repository that was made anew at the same address', async () => {
    const { followed, link } = await followedAndSynced();
    await host.removeRepository(followed.name);
    const repository = await host.createRepository(followed.name, { 'a.md': FILES['a.md'] });
    expect(await sync(app, followed)).toMatchObject({ filesUnchanged: 1, filesDeleted: 1 });
    expect(await linkTo('a.md', followed)).toBe(link(await repository.head()));
  });

  it('leads to the head after a file failed in a rewritten history and then came to be as it was', async () => {
    const { followed, link } = await followedAndSynced();
    await followed.repository.forcePush({ ...FILES, 'b.md': '# B\n\npoison\n' });
    provider.alwaysEmbed(failsOn('poison'));
    expect(await sync(app, followed)).toMatchObject({ status: 'PARTIAL', filesUnchanged: 1, filesFailed: 1 });
    const sha = await followed.repository.commit(FILES);
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesUnchanged: 2 });
    expect(await linkTo('b.md', followed)).toBe(link(sha, 'b.md'));
  });

  it('is gone after a new URL, and leads to the other repository once that is synced', async () => {
    const { followed } = await followedAndSynced();
    const name = `${followed.name}-moved`;
    const repository = await host.createRepository(name, { 'a.md': FILES['a.md'] });
    const before = await documentsOf(app, followed.projectDocId, 'updatedAt');
    await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, githubUrl: host.url(name) });
    expect(await linkTo('a.md', followed)).toBeNull();
    expect(await sync(app, followed)).toMatchObject({ filesUnchanged: 1, filesDeleted: 1 });
    expect(await linkTo('a.md', followed)).toBe(`${host.url(name)}/blob/${await repository.head()}/a.md`);
    expect((await documentsOf(app, followed.projectDocId, 'updatedAt'))['a.md']).toEqual(before['a.md']);
  });

  it('stays when a branch or a folder is changed', async () => {
    const { followed, link } = await followedAndSynced();
    const first = await followed.repository.head();
    await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, branch: 'main' });
    expect(await linkTo('a.md', followed)).toBe(link(first));
    await sync(app, followed);
    expect(await linkTo('a.md', followed)).toBe(link(first));
  });
});
