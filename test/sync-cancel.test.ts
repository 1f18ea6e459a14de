import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type ScriptedApp, startScriptedApp } from './support/scripted-app.js';
import { embedsWith, staysSilent } from './support/scripted-provider.js';
import { documentsOf, type Followed, followRepository, RUN, startSync, sync, untilRun } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, provider, app, reset, stop } = {} as ScriptedApp;
beforeAll(async () => void ({ host, provider, app, reset, stop } = await startScriptedApp()));
afterEach(() => reset());
afterAll(() => stop());

const FILES = { 'a.md': '# A\n\nText.\n' };
const cancel = (id: string): Promise<Values> => app.mutate('cancelSyncRun', `syncRun { ${RUN} }`, { id });
const stateOf = async ({ projectDocId: id }: Followed): Promise<Values> =>
  (await app.query('query($id: ID!) { projectDoc(id: $id) { syncStatus freshness } }', { id })).projectDoc;

/** A run that waits for its embedding model. */
async function startAndEmbed(followed: Followed): Promise<Values> {
  provider.scriptEmbeddings(staysSilent());
  const run = await startSync(app, followed.projectDocId);
  await provider.untilRequests(1);
  return run;
}

describe('syncProjectDoc while a run is going', () => {
  it('answers that run, to two calls at once as well', async () => {
    const followed = await followRepository(app, host, FILES);
    host.respondWith('hang');
    const runs = await Promise.all(Array.from({ length: 5 }, () => startSync(app, followed.projectDocId)));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    await untilRun(app, runs[0]!.id, ({ status }) => status === 'RUNNING');
    expect(await startSync(app, followed.projectDocId)).toMatchObject({ id: runs[0]!.id, status: 'RUNNING' });
    await cancel(runs[0]!.id);
  });

  it('starts another one after its end', async () => {
    const followed = await followRepository(app, host, FILES);
    const first = await sync(app, followed);
    const second = await sync(app, followed);
    expect(second.id).not.toBe(first.id);
    const { projectDoc } = await app.query(
      'query($id: ID!) { projectDoc(id: $id) { latestSyncRun { id } syncRuns { nodes { id } } } }',
      { id: followed.projectDocId },
    );
    expect(projectDoc).toEqual({
      latestSyncRun: { id: second.id },
      syncRuns: { nodes: [{ id: second.id }, { id: first.id }] },
    });
  });
});

describe('cancelSyncRun', () => {
  it('cancels a run whose git host hangs, and leaves the ProjectDoc as it was', async () => {
    const followed = await followRepository(app, host, FILES);
    host.respondWith('hang', 'transfer');
    const { id } = await startSync(app, followed.projectDocId);
    await untilRun(app, id, ({ status }) => status === 'RUNNING');
    expect(await stateOf(followed)).toEqual({ syncStatus: 'SYNCING', freshness: 'NOT_SYNCED' });
    const { syncRun, userErrors } = await cancel(id);
    expect(userErrors).toEqual([]);
    expect(syncRun).toMatchObject({
      id,
      status: 'CANCELLED',
      error: null,
      finishedAt: expect.any(String),
      progress: 1,
    });
    expect(await stateOf(followed)).toEqual({ syncStatus: 'NOT_SYNCED', freshness: 'NOT_SYNCED' });
    host.respondWith(null);
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
  });

  it('gives up the request to an embedding model that is silent', async () => {
    const followed = await followRepository(app, host, FILES);
    const { id } = await startAndEmbed(followed);
    expect((await cancel(id)).syncRun).toMatchObject({ status: 'CANCELLED', filesTotal: 1, filesProcessed: 0 });
    await provider.untilAborted(1);
    expect(await documentsOf(app, followed.projectDocId)).toEqual({});
    expect(await untilRun(app, id, () => true)).toMatchObject({ status: 'CANCELLED', filesAdded: 0, filesFailed: 0 });
  });

  it('keeps what was finished before, and the next run does the rest', async () => {
    const pages = Array.from({ length: 40 }, (_, index) => [`${index}.md`, `# ${index}\n\nText.\n`]);
    const followed = await followRepository(app, host, Object.fromEntries(pages));
    provider.scriptEmbeddings(embedsWith(768), staysSilent());
    const { id } = await startSync(app, followed.projectDocId);
    await untilRun(app, id, ({ filesAdded }) => filesAdded === 32);
    await cancel(id);
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toHaveLength(32);
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesUnchanged: 32, filesAdded: 8 });
  });

  it('leaves a ProjectDoc that was synced before SYNCED', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    await followed.repository.commit({ 'b.md': '# B\n' });
    provider.reset();
    const { id } = await startAndEmbed(followed);
    await cancel(id);
    expect(await stateOf(followed)).toEqual({ syncStatus: 'SYNCED', freshness: 'NEEDS_UPDATE' });
  });

  it('leaves one whose branch changed since NOT_SYNCED', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    await followed.repository.commit({ 'b.md': '# B\n' }, { branch: 'next' });
    await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, branch: 'next' });
    provider.reset();
    const { id } = await startAndEmbed(followed);
    await cancel(id);
    expect(await stateOf(followed)).toEqual({ syncStatus: 'NOT_SYNCED', freshness: 'NOT_SYNCED' });
  });

  it('answers CONFLICT for a run that has ended, and changes nothing', async () => {
    const followed = await followRepository(app, host, FILES);
    const run = await sync(app, followed);
    const { syncRun, userErrors } = await cancel(run.id);
    expect(syncRun).toBeNull();
    expect(userErrors).toEqual([{ code: 'CONFLICT', message: 'This run has ended already.', field: ['input', 'id'] }]);
    expect(await untilRun(app, run.id, () => true)).toEqual(run);
  });

  it('answers NOT_FOUND for what is no run', async () => {
    for (const id of ['0190c0de-0000-7000-8000-000000000000', 'not-an-id']) {
      const { userErrors } = await cancel(id);
      expect(userErrors).toEqual([{ code: 'NOT_FOUND', message: expect.any(String), field: ['input', 'id'] }]);
    }
  });
});

describe('deleting during a run', () => {
  it.each([
    ['deleteProjectDoc', 'projectDocId'],
    ['deleteProject', 'projectId'],
  ] as const)('%s ends the run and leaves nothing', async (mutation, key) => {
    const followed = await followRepository(app, host, FILES);
    const { id } = await startAndEmbed(followed);
    const { deletedId, userErrors } = await app.mutate(mutation, 'deletedId', { id: followed[key] });
    expect({ deletedId, userErrors }).toEqual({ deletedId: followed[key], userErrors: [] });
    await provider.untilAborted(1);
    const { node, projectDoc } = await app.query(
      'query($run: ID!, $doc: ID!) { node(id: $run) { id } projectDoc(id: $doc) { id } }',
      { run: id, doc: followed.projectDocId },
    );
    expect({ node, projectDoc }).toEqual({ node: null, projectDoc: null });
  });

  it('succeeds at any moment of it', async () => {
    const pages = Array.from({ length: 160 }, (_, index) => [`${index}.md`, `# ${index}\n\nText.\n`]);
    for (const ms of [0, 30, 60, 90, 120, 150, 200]) {
      const followed = await followRepository(app, host, Object.fromEntries(pages));
      const { id } = await startSync(app, followed.projectDocId);
      await untilRun(app, id, ({ status }) => status !== 'QUEUED');
      await pause(ms);
      const { userErrors } = await app.mutate('deleteProject', 'deletedId', { id: followed.projectId });
      expect(userErrors).toEqual([]);
    }
  });
});
