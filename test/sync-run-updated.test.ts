import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { subscribeSse, subscribeWs } from './support/graphql-clients.js';
import { followRepository, RUN, startSync, sync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
afterEach(() => host.respondWith(null));
afterAll(() => stop());

const FILES = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${index}.md`, `# ${index}\n\nText.\n`]));
const UPDATES = `subscription($id: ID!) { syncRunUpdated(id: $id) { ${RUN} } }`;
const TRANSPORTS = [
  ['graphql-ws', 'ws', subscribeWs],
  ['graphql-sse', 'sse', subscribeSse],
] as const;

describe.each(TRANSPORTS)('syncRunUpdated by %s', (_, over, subscribe) => {
  const follow = async (id: string): Promise<Values[]> =>
    (await app.follow(UPDATES, { id }, over)).map(({ data }) => data?.syncRunUpdated);

  it('follows a run to its end: forwards only, and the end is the last event', async () => {
    const followed = await followRepository(app, host, FILES);
    const { id } = await startSync(app, followed.projectDocId);
    const runs = await follow(id);
    expect(['QUEUED', 'RUNNING']).toContain(runs[0]!.status);
    expect(runs.at(-1)).toMatchObject({ id, status: 'SUCCEEDED', progress: 1, filesProcessed: 100, filesAdded: 100 });
    for (const run of runs) {
      if (!run.finishedAt) expect(run.progress).toBe(run.filesTotal === 0 ? 0 : run.filesProcessed / 100);
      expect(run.filesAdded).toBe(run.filesProcessed);
    }
    const progress = runs.map((run) => run.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(runs.filter(({ finishedAt }) => finishedAt !== null)).toHaveLength(1);
  });

  it('gives one event for a run that has finished, and ends', async () => {
    const run = await sync(app, await followRepository(app, host, { 'a.md': '# A\n' }));
    expect(await follow(run.id)).toEqual([run]);
  });

  it('begins with the run as it is now', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    host.respondWith('hang');
    const { id } = await startSync(app, followed.projectDocId);
    const updates = subscribe(app.url, UPDATES, { id });
    const { value } = await updates.next();
    expect(value.data.syncRunUpdated).toMatchObject({ id, filesTotal: 0, progress: 0, finishedAt: null });
    await app.mutate('cancelSyncRun', 'syncRun { id }', { id });
    const rest: Values[] = [];
    for await (const { data } of updates) rest.push(data.syncRunUpdated);
    expect(rest.at(-1)).toMatchObject({ id, status: 'CANCELLED', progress: 1 });
  });

  it('ends when the ProjectDoc of the run is deleted', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    host.respondWith('hang');
    const { id } = await startSync(app, followed.projectDocId);
    const updates = subscribe(app.url, UPDATES, { id });
    await updates.next();
    await app.mutate('deleteProjectDoc', 'deletedId', { id: followed.projectDocId });
    for await (const { data } of updates) expect(data.syncRunUpdated.finishedAt).toBeNull();
  });

  it('answers NOT_FOUND for what is no run', async () => {
    for (const id of ['0190c0de-0000-7000-8000-000000000000', 'not-an-id']) {
      const [result, ...more] = await app.follow(UPDATES, { id }, over);
      expect(more).toEqual([]);
      expect(result!.errors).toMatchObject([
        { message: 'There is no run with this id.', extensions: { code: 'NOT_FOUND', retryable: false } },
      ]);
    }
  });
});
