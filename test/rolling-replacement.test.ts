import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { createLogger } from '../src/platform/logger.js';
import { runSync } from '../src/project-doc/sync/run-sync.job.js';
import { SyncRunStatus } from '../src/project-doc/sync-run.entity.js';
import { buildSyncRun } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { describeOnServer } from './support/kind-of-database.js';
import { holdAfter, modelOf, textsSentTo, untilReembedding } from './support/reembed-bench.js';
import { embedsWith, type ScriptedProvider, startScriptedProvider } from './support/scripted-provider.js';
import { type Followed, followRepository, sync, untilRun } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome } from './support/test-app.js';
import { until } from './support/until.js';

/** The embedded database belongs to one process. */

const NEW = 'openai-compatible/new';

describeOnServer('a process that is replaced by one with another embedding model, which only that one can call', () => {
  let host: GitHost;
  let provider: ScriptedProvider;
  let home: TestHome;
  let before: TestApp;
  let after: TestApp;
  let followed: Followed[];

  const startAfter = () =>
    startTestApp({
      home,
      env: {
        GIT_HOSTS: host.hostEntry,
        LLM_HOSTS: provider.hostEntry,
        EMBEDDING_PROVIDER: 'openai-compatible',
        EMBEDDING_MODEL: 'new',
        EMBEDDING_BASE_URL: provider.baseUrl,
      },
    });
  beforeAll(async () => {
    [host, provider, home] = await Promise.all([startGitHost(), startScriptedProvider(), createTestHome()]);
    before = await startTestApp({ home, env: { GIT_HOSTS: host.hostEntry } });
    followed = await Promise.all(
      ['Zebras', 'Giraffes', 'Okapis'].map((animal) =>
        followRepository(before, host, { 'a.md': `# ${animal}\n\nThey sleep.\n` }),
      ),
    );
    for (const one of followed) await sync(before, one);
    const held = holdAfter(provider, 0, 512);
    provider.alwaysEmbed(embedsWith(512));
    after = await startAfter();
    // The new one is busy with the first of them, so the old one is who takes the others.
    const left = `select from jobs.job where name = 'reembed' and state = 'completed'`;
    const { forJobs } = before.app.services.database;
    await until(async () => (await forJobs.executeSql(left)).rows.length);
    held.release();
    for (const { projectId } of followed)
      await untilReembedding(after, (await modelOf(after, projectId)).latestReembedding.id);
  });
  afterAll(async () => {
    for (const app of [before, after]) await app.stop();
    await Promise.all([provider.stop(), host.stop(), home.remove()]);
  });

  it('leaves the changes to the new one, however long that takes', async () => {
    for (const { projectId } of followed) {
      const { reembeddings } = await modelOf(after, projectId);
      expect(reembeddings.nodes).toMatchObject([{ status: 'SUCCEEDED', toModel: NEW }]);
    }
  });

  it('leaves syncs of projects that have changed to the new one', async () => {
    const [one] = followed as [Followed];
    await one.repository.commit({ 'b.md': '# Lions\n\nThey hunt.\n' });
    provider.reset();
    provider.alwaysEmbed(embedsWith(512));
    expect(await sync(before, one)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, filesFailed: 0 });
    expect(textsSentTo(provider)).toEqual([expect.stringContaining('Lions')]);
  });

  it('leaves a sync to the new one that was under way when its project changed', async () => {
    const [, one] = followed as [Followed, Followed];
    await one.repository.commit({ 'b.md': '# Lions\n\nThey hunt.\n' });
    const { services } = before.app;
    const { id } = await buildSyncRun(before, { projectDocId: one.projectDocId, status: SyncRunStatus.QUEUED });
    await runSync(services, createLogger('silent'), id, new AbortController().signal);
    const runs =
      'query($id: ID!) { projectDoc(id: $id) { syncRuns(first: 2) { nodes { id status error { message } } } } }';
    const { projectDoc } = await before.query(runs, { id: one.projectDocId });
    const [next, left] = projectDoc.syncRuns.nodes;
    expect(left).toEqual({
      id,
      status: 'INTERRUPTED',
      error: {
        message: 'The project has come to an embedding model of another process. A new run takes it up there.',
      },
    });
    expect(await untilRun(after, next.id, ({ finishedAt }) => finishedAt !== null)).toMatchObject({
      status: 'SUCCEEDED',
      filesAdded: 1,
    });
  });

  it('takes them itself once the new one is gone, and says why it cannot', async () => {
    await after.stop();
    const [, , one] = followed as [Followed, Followed, Followed];
    await one.repository.commit({ 'c.md': '# Hyenas\n\nThey laugh.\n' });
    expect(await sync(before, one)).toMatchObject({ status: 'FAILED', error: { code: 'NETWORK' } });
    after = await startAfter();
  });
});
