import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { syncToTheEnd } from '../src/cli/sync-repository.js';
import { createContext } from '../src/context.js';
import type { Row } from '../src/platform/database/rows.js';
import { createLogger } from '../src/platform/logger.js';
import type { SyncRun } from '../src/project-doc/sync-run.entity.js';
import { takeUpAgain } from '../src/project-doc/take-up-lost-runs.js';
import type { GitHost } from './support/git-host.js';
import { followRepository, startSyncBench } from './support/sync-bench.js';
import type { TestApp } from './support/test-app.js';

let host: GitHost;
let app: TestApp;
let stop: () => Promise<void>;
beforeAll(async () => void ({ host, app, stop } = await startSyncBench()));
afterAll(() => stop());

const logger = createLogger('silent');
/** Syncs as the command does, while others do the work: it only looks on, but for `meanwhile` at each run. */
function follow(projectDocId: string, meanwhile: (syncRunId: string) => Promise<void>) {
  const { services } = app.app;
  const seen: Row<SyncRun>[] = [];
  const run = syncToTheEnd(
    {
      services,
      sync: meanwhile,
      operation: () => createContext(services, { requestId: 'test', logger }),
      stopping: new AbortController().signal,
      onMove: (moved) => void seen.push(moved),
    },
    projectDocId,
  );
  return { run, seen };
}

describe('a run that the command follows', () => {
  it('may lose its process: the run that takes it up is followed', async () => {
    const { projectDocId } = await followRepository(app, host, { 'a.md': '# A\n' });
    host.respondWith('hang');
    let isFirst = true;
    const { run, seen } = follow(projectDocId, async (id) => {
      if (!isFirst) return;
      isFirst = false;
      // As the process does that has it, when it stops.
      await takeUpAgain(app.app.services, id);
      host.respondWith(null);
    });
    expect(await run).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    const statuses = new Map(seen.map(({ id, status }) => [id, status]));
    expect([...statuses.values()]).toEqual(['INTERRUPTED', 'SUCCEEDED']);
  });

  it('may be deleted with what it syncs', async () => {
    const { projectDocId } = await followRepository(app, host, { 'a.md': '# A\n' });
    host.respondWith('hang');
    const { run } = follow(projectDocId, async () => {
      await app.mutate('deleteProjectDoc', 'deletedId', { id: projectDocId });
    });
    await expect(run).rejects.toThrow('It was deleted while it was synced.');
    host.respondWith(null);
  });
});
