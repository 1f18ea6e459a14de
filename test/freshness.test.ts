import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { createHeads, type HeadLimits } from '../src/platform/git/heads.js';
import { SourceKind, SyncStatus } from '../src/project-doc/project-doc.entity.js';
import { buildProject, buildProjectDoc, buildSyncRun } from './support/factories.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { type Followed, followRepository, sync } from './support/sync-bench.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
afterEach(() => host.respondWith(null));
afterAll(() => stop());

const FILES = { 'docs/a.md': '# A\n\nText.\n' };
const MINUTE = 60_000;

/** Heads that nobody has asked for yet, on a clock that is moved on by what is returned. */
function startClock(limits: Partial<HeadLimits> = {}): (ms: number) => void {
  let ahead = 0;
  const { services } = app.app;
  const heads = createHeads({ readHead: services.git.readHead, now: () => Date.now() + ahead, limits });
  Object.assign(services, { heads });
  return (ms) => void (ahead += ms);
}

async function freshnessOf({ projectDocId: id }: Pick<Followed, 'projectDocId'>): Promise<string> {
  return (await app.query('query($id: ID!) { projectDoc(id: $id) { freshness } }', { id })).projectDoc.freshness;
}

/** A ProjectDoc whose last sync read another head than the one that was looked at before. */
async function syncedPastKnownHead(): Promise<Followed> {
  startClock();
  const followed = await followRepository(app, host, FILES);
  await sync(app, followed);
  await freshnessOf(followed);
  await followed.repository.commit({ 'docs/b.md': '# B\n' });
  await sync(app, followed);
  return followed;
}

/** How often git asked the host for heads or anything else. */
const transfers = () => host.requests.filter(({ method }) => method === 'POST').length;

describe('freshness', () => {
  it('is UP_TO_DATE after a sync, and NEEDS_UPDATE after a push, without a sync', async () => {
    const followed = await followRepository(app, host, FILES);
    expect(await freshnessOf(followed)).toBe('NOT_SYNCED');
    await sync(app, followed);
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
    const later = startClock();
    await followed.repository.commit({ 'docs/b.md': '# B\n' });
    expect(await freshnessOf(followed)).toBe('NEEDS_UPDATE');
    // The sync reads what was pushed: the head is the stored one again.
    await sync(app, followed);
    later(MINUTE);
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
  });

  it('is not what was known before a sync, though a minute has not passed', async () => {
    startClock();
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
    await followed.repository.commit({ 'docs/b.md': '# B\n' });
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
    await sync(app, followed);
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
  });

  it('is not what was known before a sync, though a process whose clock is ahead ended another one since', async () => {
    const followed = await syncedPastKnownHead();
    const { projectDocId } = followed;
    const ahead = new Date(Date.now() + MINUTE);
    await buildSyncRun(app, { projectDocId, status: 'FAILED', createdAt: ahead, finishedAt: ahead });
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
  });

  it('is what the last sync saw when the host is gone since, not the head from before it', async () => {
    const followed = await syncedPastKnownHead();
    host.respondWith(500);
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
  });

  it('compares with the branch that is followed', async () => {
    startClock();
    const followed = await followRepository(app, host, FILES, { branch: 'next' });
    await followed.repository.commit({ 'docs/b.md': '# B\n' }, { branch: 'next' });
    await sync(app, followed);
    await followed.repository.commit({ 'docs/c.md': '# C\n' });
    expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
  });

  it('is SOURCE_UNAVAILABLE where repository or branch has gone, or access is refused', async () => {
    const later = startClock();
    const followed = await followRepository(app, host, FILES, { branch: 'next' });
    await followed.repository.commit({ 'docs/b.md': '# B\n' }, { branch: 'next' });
    await sync(app, followed);
    for (const what of [404, 410, 403, 401] as const) {
      host.respondWith(what);
      expect([what, await freshnessOf(followed)]).toEqual([what, 'SOURCE_UNAVAILABLE']);
      host.respondWith(null);
      later(MINUTE);
      expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
      later(MINUTE);
    }
    await followed.repository.deleteBranch('next');
    expect(await freshnessOf(followed)).toBe('SOURCE_UNAVAILABLE');
  });

  it.each([429, 500, 504, 'reset', 'hang'] as const)(
    'stays as it is where the host does not answer now (%s)',
    async (what) => {
      startClock({ waitMs: 300 });
      const followed = await followRepository(app, host, FILES);
      await sync(app, followed);
      host.respondWith(what);
      expect(await freshnessOf(followed)).toBe('UP_TO_DATE');
      host.respondWith(null);
      startClock();
      await followed.repository.commit({ 'docs/b.md': '# B\n' });
      expect(await freshnessOf(followed)).toBe('NEEDS_UPDATE');
    },
  );

  it.each([429, 500, 504, 'reset', 'hang'] as const)(
    'is by the last head that is known where it answered before (%s)',
    async (what) => {
      const later = startClock();
      const followed = await followRepository(app, host, FILES);
      await sync(app, followed);
      await followed.repository.commit({ 'docs/b.md': '# B\n' });
      expect(await freshnessOf(followed)).toBe('NEEDS_UPDATE');
      later(MINUTE);
      host.respondWith(what);
      expect(await freshnessOf(followed)).toBe('NEEDS_UPDATE');
    },
  );

  it('is NOT_SYNCED as soon as a repository that could not be synced is there', async () => {
    const later = startClock();
    const followed = await followRepository(app, host, FILES);
    host.respondWith(404);
    await sync(app, followed);
    expect(await freshnessOf(followed)).toBe('SOURCE_UNAVAILABLE');
    host.respondWith(null);
    later(MINUTE);
    expect(await freshnessOf(followed)).toBe('NOT_SYNCED');
  });

  it('is NOT_SYNCED with settings that were never synced, whatever befell the ones before', async () => {
    startClock();
    const followed = await followRepository(app, host, FILES, { githubFolderPath: 'not/here' });
    await sync(app, followed);
    expect(await freshnessOf(followed)).toBe('SOURCE_UNAVAILABLE');
    await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, githubFolderPath: 'docs' });
    expect(await freshnessOf(followed)).toBe('NOT_SYNCED');
  });
});

describe('the freshness of many', () => {
  it('asks once for each branch, in a minute', async () => {
    const later = startClock();
    const { id: projectId } = await buildProject(app);
    const names = ['many/a', 'many/b', 'many/c'];
    const repositories = await Promise.all(names.map((name) => host.createRepository(name, FILES)));
    const heads = await Promise.all(repositories.map((repository) => repository.head()));
    for (let index = 0; index < 100; index += 1)
      await buildProjectDoc(app, {
        projectId,
        githubUrl: host.url(names[index % 3]!),
        githubFolderPath: `folder-${index}`,
        syncStatus: SyncStatus.SYNCED,
        lastSyncedAt: new Date(),
        lastGithubCommitSha: index % 2 ? heads[index % 3]! : '0'.repeat(40),
      });
    const list = () =>
      app.query('query($id: ID!) { project(id: $id) { projectDocs(first: 100) { nodes { freshness } } } }', {
        id: projectId,
      });
    host.requests.length = 0;
    const [first, second] = await Promise.all([list(), list()]);
    const expected = Array.from({ length: 100 }, (_, index) => ({
      freshness: index % 2 ? 'UP_TO_DATE' : 'NEEDS_UPDATE',
    }));
    expect(first.project.projectDocs.nodes).toEqual(expected);
    expect(second).toEqual(first);
    expect(await list()).toEqual(first);
    expect(transfers()).toBe(3);
    later(MINUTE);
    expect(await list()).toEqual(first);
    expect(transfers()).toBe(6);
  });

  it('asks nobody for what has no repository, or nothing to compare', async () => {
    startClock();
    const { id: projectId } = await buildProject(app);
    const githubUrl = host.url('many/a');
    const synced = { syncStatus: SyncStatus.SYNCED, lastSyncedAt: new Date(), lastGithubCommitSha: '0'.repeat(40) };
    const ofCheckout = await buildProjectDoc(app, { projectId, githubUrl, sourceKind: SourceKind.CHECKOUT, ...synced });
    const never = await buildProjectDoc(app, { projectId, githubUrl });
    const failed = await buildProjectDoc(app, { projectId, githubUrl, syncStatus: SyncStatus.FAILED });
    await buildSyncRun(app, { projectDocId: failed.id });
    host.requests.length = 0;
    const shown = [ofCheckout, never, failed].map(({ id }) => freshnessOf({ projectDocId: id }));
    expect(await Promise.all(shown)).toEqual(['UP_TO_DATE', 'NOT_SYNCED', 'NOT_SYNCED']);
    expect(host.requests).toEqual([]);
  });
});
