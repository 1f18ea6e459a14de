import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildSyncRun, buildSyncRunFile } from './support/factories.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { followRepository, sync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
afterAll(() => stop());

describe('SyncRun.files', () => {
  it('is kept for the newest 20 runs of a ProjectDoc, the counters for all', async () => {
    const followed = await followRepository(app, host, { 'README.md': '# Handbook\n' });
    for (let day = 1; day <= 21; day += 1) {
      const createdAt = new Date(Date.UTC(2026, 0, day));
      const { id } = await buildSyncRun(app, { projectDocId: followed.projectDocId, createdAt, filesAdded: 1 });
      await buildSyncRunFile(app, { syncRunId: id, position: 1 });
    }
    await sync(app, followed);
    const { projectDoc } = await app.query(
      'query($id: ID!) { projectDoc(id: $id) { syncRuns(first: 50) { nodes { filesAdded files { totalCount } } } } }',
      { id: followed.projectDocId },
    );
    const runs: Values[] = projectDoc.syncRuns.nodes;
    expect(runs.map(({ files }) => files.totalCount)).toEqual([...Array(20).fill(1), 0, 0]);
    expect(runs.map(({ filesAdded }) => filesAdded)).toEqual(Array(22).fill(1));
  });
});
