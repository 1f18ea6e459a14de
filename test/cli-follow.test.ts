import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Followed, syncToTheEnd, takeBack } from '../src/cli/sync-repository.js';
import { createContext } from '../src/context.js';
import type { Row } from '../src/platform/database/rows.js';
import { createLogger } from '../src/platform/logger.js';
import type { SyncRun } from '../src/project-doc/sync-run.entity.js';
import { takeUpAgain } from '../src/project-doc/take-up-lost-runs.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { buildConversation, buildProject, buildProjectDoc } from './support/factories.js';
import { followRepository } from './support/sync-bench.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
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

describe('what was made for a source that cannot be opened', () => {
  /** Whether the project and its ProjectDoc are left. */
  const left = async (
    isNew: Followed['isNew'],
    comesIntoIt: (projectId: string) => Promise<unknown> = async () => null,
  ) => {
    const project = await buildProject(app);
    const projectDoc = await buildProjectDoc(app, { projectId: project.id });
    await comesIntoIt(project.id);
    const ctx = createContext(app.app.services, { requestId: 'test', logger });
    const told = await takeBack(ctx, { project, projectDoc, isNew });
    const find = async (id: string): Promise<string | null> =>
      (await app.query('query($id: ID!) { node(id: $id) { id } }', { id })).node?.id ?? null;
    const found = [await find(project.id), await find(projectDoc.id)];
    expect([told.project.id, told.projectDoc.id]).toEqual(found);
    return found.map((id) => id !== null);
  };

  it('is deleted', async () => {
    expect(await left({ project: true, projectDoc: true })).toEqual([false, false]);
  });

  it('is all that is deleted', async () => {
    expect(await left({ project: false, projectDoc: true })).toEqual([true, false]);
    expect(await left({ project: false, projectDoc: false })).toEqual([true, true]);
  });

  it.each([
    ['another repository', (projectId: string) => buildProjectDoc(app, { projectId })],
    ['a conversation', (projectId: string) => buildConversation(app, { projectId })],
  ])('leaves the project into which %s has come meanwhile', async (_, build) => {
    expect(await left({ project: true, projectDoc: true }, build)).toEqual([true, false]);
  });
});
