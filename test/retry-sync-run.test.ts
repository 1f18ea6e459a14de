import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { SyncRunStatus } from '../src/project-doc/sync-run.entity.js';
import { buildSyncRun } from './support/factories.js';
import { type ScriptedApp, startScriptedApp } from './support/scripted-app.js';
import { failsOn } from './support/scripted-provider.js';
import { documentsOf, type Followed, followRepository, outcomesOf, RUN, sync, untilRun } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, provider, app, reset, stop } = {} as ScriptedApp;
beforeAll(async () => void ({ host, provider, app, reset, stop } = await startScriptedApp()));
afterAll(() => stop());
afterEach(() => reset());

const retry = (id: string): Promise<Values> => app.mutate('retrySyncRun', `syncRun { ${RUN} retryOf { id } }`, { id });
const ended = ({ finishedAt }: Values): boolean => finishedAt !== null;
async function retried(id: string): Promise<Values> {
  const { syncRun, userErrors } = await retry(id);
  expect(userErrors).toEqual([]);
  expect(syncRun.retryOf).toEqual({ id });
  return untilRun(app, syncRun.id, ended);
}
const stateOf = async ({ projectDocId }: Followed): Promise<Values> =>
  (
    await app.query('query($id: ID!) { projectDoc(id: $id) { syncStatus freshness lastGithubCommitSha } }', {
      id: projectDocId,
    })
  ).projectDoc;

/** A run of which poisoned files failed. */
async function partial(): Promise<{ followed: Followed; run: Values }> {
  const followed = await followRepository(app, host, {
    'good.md': '# Good\n',
    'bad.md': '# Bad\n\npoison one\n',
    'sub/worse.md': '# Worse\n\npoison two\n',
  });
  provider.alwaysEmbed(failsOn('poison'));
  const run = await sync(app, followed);
  expect(run).toMatchObject({ status: 'PARTIAL', filesAdded: 1, filesFailed: 2 });
  provider.reset();
  return { followed, run };
}

describe('retrySyncRun', () => {
  it('takes up only the files that failed', async () => {
    const { followed, run } = await partial();
    const next = await retried(run.id);
    expect(next).toMatchObject({
      status: 'SUCCEEDED',
      commitSha: run.commitSha,
      filesTotal: 2,
      filesProcessed: 2,
      filesAdded: 2,
      filesUnchanged: 0,
      chunksEmbedded: 2,
    });
    expect(Object.keys(await outcomesOf(app, next.id)).sort()).toEqual(['bad.md', 'sub/worse.md']);
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toHaveLength(3);
    expect(await stateOf(followed)).toEqual({
      syncStatus: 'SYNCED',
      freshness: 'UP_TO_DATE',
      lastGithubCommitSha: run.commitSha,
    });
  });

  it('is still to be done, by freshness, after a sync that could not read the repository, and while it is done', async () => {
    const { followed, run } = await partial();
    host.respondWith(503);
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED' });
    host.respondWith(null);
    expect(await stateOf(followed)).toMatchObject({ freshness: 'NEEDS_UPDATE', lastGithubCommitSha: run.commitSha });
    await buildSyncRun(app, { projectDocId: followed.projectDocId, status: SyncRunStatus.RUNNING, finishedAt: null });
    expect(await stateOf(followed)).toMatchObject({ freshness: 'NEEDS_UPDATE' });
  });

  it('stores a newer commit than the rest has, which is not the whole of the older one when that is pushed again', async () => {
    const { followed, run } = await partial();
    await followed.repository.commit({ 'bad.md': '# Newer\n' });
    expect(await retried(run.id)).toMatchObject({ status: 'SUCCEEDED' });
    await followed.repository.moveBranch('main', run.commitSha);
    expect(await stateOf(followed)).toMatchObject({ freshness: 'NEEDS_UPDATE', lastGithubCommitSha: run.commitSha });
  });

  it('can be done again while something fails', async () => {
    const { followed, run } = await partial();
    provider.alwaysEmbed(failsOn('poison two'));
    const second = await retried(run.id);
    expect(second).toMatchObject({ status: 'PARTIAL', filesTotal: 2, filesAdded: 1, filesFailed: 1 });
    provider.reset();
    expect(await retried(second.id)).toMatchObject({ status: 'SUCCEEDED', filesTotal: 1, filesAdded: 1 });
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toHaveLength(3);
  });

  it('reads the failed files as they are now, and leaves other changes to the next sync', async () => {
    const { followed, run } = await partial();
    await followed.repository.commit({ 'bad.md': null, 'sub/worse.md': '# Better\n', 'good.md': '# Changed\n' });
    const head = await followed.repository.head();
    expect(await retried(run.id)).toMatchObject({
      status: 'SUCCEEDED',
      commitSha: head,
      filesTotal: 1,
      filesAdded: 1,
      filesUpdated: 0,
    });
    const documents = await documentsOf(app, followed.projectDocId, 'title');
    expect(Object.values(documents).map(({ title }) => title)).toEqual(['Good', 'Better']);
    expect(await stateOf(followed)).toMatchObject({ freshness: 'NEEDS_UPDATE', lastGithubCommitSha: run.commitSha });
    expect(await sync(app, followed)).toMatchObject({ filesUpdated: 1, filesUnchanged: 1 });
    expect(await stateOf(followed)).toMatchObject({ freshness: 'UP_TO_DATE', lastGithubCommitSha: head });
  });

  it('keeps the document of a failed file', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n' });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId);
    await followed.repository.commit({ 'a.md': '# A\n\npoison\n' });
    provider.alwaysEmbed(failsOn('poison'));
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'PARTIAL', filesFailed: 1 });
    provider.reset();
    expect(await retried(run.id)).toMatchObject({ filesTotal: 1, filesUpdated: 1 });
    expect((await documentsOf(app, followed.projectDocId))['a.md']!.id).toBe(before['a.md']!.id);
  });

  it('leaves the document of a file that was renamed since to the next sync', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nText.\n' });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId, 'title chunks { nodes { id } }');
    await followed.repository.commit({ 'a.md': '# A\n\npoison\n' });
    provider.alwaysEmbed(failsOn('poison'));
    const run = await sync(app, followed);
    provider.reset();
    await followed.repository.commit({ 'a.md': null, 'b.md': '# A\n\nText.\n' });
    const next = await retried(run.id);
    expect(next).toMatchObject({ status: 'SUCCEEDED', filesTotal: 0, filesDeleted: 0 });
    expect(await outcomesOf(app, next.id)).toEqual({});
    expect(await documentsOf(app, followed.projectDocId, 'title chunks { nodes { id } }')).toEqual(before);
    expect(await stateOf(followed)).toMatchObject({ freshness: 'NEEDS_UPDATE' });
    expect(await sync(app, followed)).toMatchObject({ filesRenamed: 1, filesDeleted: 0, chunksEmbedded: 0 });
    expect((await documentsOf(app, followed.projectDocId))['b.md']!.id).toBe(before['a.md']!.id);
  });

  it('leaves the document of a file that is there again, beside the one that failed, where it is', async () => {
    const followed = await followRepository(app, host, { 'a.txt': 'Text with poison.\n' });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId, 'title chunks { nodes { id } }');
    await followed.repository.commit({ 'a.txt': null, 'a.md': 'Text with poison.\n' });
    provider.alwaysEmbed(failsOn('poison'));
    const run = await sync(app, followed);
    provider.reset();
    await followed.repository.commit({ 'a.txt': 'Text with poison.\n' });
    const next = await retried(run.id);
    expect(next).toMatchObject({ status: 'SUCCEEDED', filesTotal: 1 });
    expect(await outcomesOf(app, next.id)).toMatchObject({ 'a.md': { outcome: 'ADDED', previousPath: null } });
    const after = await documentsOf(app, followed.projectDocId, 'title chunks { nodes { id } }');
    expect(after).toEqual({ ...before, 'a.md': expect.anything() });
  });

  it('takes the document of a file away that cannot be one any more', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n' });
    await sync(app, followed);
    await followed.repository.commit({ 'a.md': '# A\n\npoison\n' });
    provider.alwaysEmbed(failsOn('poison'));
    const run = await sync(app, followed);
    provider.reset();
    await followed.repository.commit({ 'a.md': { symlink: 'b.md' } });
    expect(await retried(run.id)).toMatchObject({ status: 'SUCCEEDED', filesTotal: 1, filesSkipped: 1 });
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toEqual(['b.md']);
  });

  it('takes everything when the run failed as a whole', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n', 'b.md': '# B\n' });
    host.respondWith(500);
    const run = await sync(app, followed);
    expect(run.status).toBe('FAILED');
    host.respondWith(null);
    const { syncRun } = await retry(run.id);
    expect(syncRun.retryOf).toBeNull();
    expect(await untilRun(app, syncRun.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesTotal: 2, filesAdded: 2 });
  });

  it('knows a run by its id in upper case too', async () => {
    const { run } = await partial();
    const { syncRun } = await retry(run.id.toUpperCase());
    expect(await untilRun(app, syncRun.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesTotal: 2 });
  });

  it('answers the run that is going', async () => {
    const { run } = await partial();
    host.respondWith('hang');
    const first = await retry(run.id);
    expect((await retry(run.id)).syncRun.id).toBe(first.syncRun.id);
    await app.mutate('cancelSyncRun', 'syncRun { id }', { id: first.syncRun.id });
  });

  it('answers CONFLICT when nothing failed, and when a newer run has ended', async () => {
    const { followed, run } = await partial();
    const next = await sync(app, followed);
    expect(await retry(run.id)).toMatchObject({
      syncRun: null,
      userErrors: [
        { code: 'CONFLICT', message: 'A newer run has ended since. Retry that one, or use syncProjectDoc.' },
      ],
    });
    expect(await retry(next.id)).toMatchObject({
      syncRun: null,
      userErrors: [{ code: 'CONFLICT', message: 'Nothing failed in this run.' }],
    });
  });

  it.each(['0190c0de-0000-7000-8000-000000000000', 'nonsense'])('answers NOT_FOUND for %j', async (id) => {
    expect(await retry(id)).toMatchObject({ syncRun: null, userErrors: [{ code: 'NOT_FOUND' }] });
  });
});
