import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type GitHost, startGitHost } from './support/git-host.js';
import { breaksDown, embedsWith, fails, rateLimited, startScriptedProvider } from './support/scripted-provider.js';
import type { ScriptedProvider } from './support/scripted-provider.js';
import { documentsOf, followRepository, outcomesOf, sync } from './support/sync-bench.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let host: GitHost;
let provider: ScriptedProvider;
let app: TestApp;
beforeAll(async () => {
  [host, provider] = await Promise.all([startGitHost(), startScriptedProvider()]);
  app = await startTestApp({
    env: {
      GIT_HOSTS: host.hostEntry,
      LLM_HOSTS: provider.hostEntry,
      EMBEDDING_PROVIDER: 'openai-compatible',
      EMBEDDING_MODEL: 'scripted',
      EMBEDDING_BASE_URL: provider.baseUrl,
      OPENAI_COMPATIBLE_API_KEY: 'sk-not-to-be-seen',
    },
  });
});
afterAll(async () => {
  await app.stop();
  await provider.stop();
  await host.stop();
});
afterEach(() => provider.reset());

/** More than one batch: 32 texts go into one. */
const MANY = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`page-${String(index).padStart(2, '0')}.md`, `# Page ${index}\n\nText.\n`]),
);
const inputs = (): string[][] => provider.requests.map(({ body }) => body.input);
const syncStatus = async (id: string): Promise<Values> =>
  (await app.query('query($id: ID!) { projectDoc(id: $id) { syncStatus freshness lastSyncedAt } }', { id })).projectDoc;

describe('what a sync asks of the embedding model', () => {
  it('is all passages, several documents at a time, each with its title and headings', async () => {
    const followed = await followRepository(app, host, MANY);
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 40, chunksEmbedded: 40 });
    expect(inputs().map(({ length }) => length)).toEqual([32, 8]);
    expect(inputs()[0]![0]).toBe('Page 0\n\n# Page 0\n\nText.');
    expect(provider.requests[0]!.body).toMatchObject({ model: 'scripted', dimensions: 768 });
  });

  it('is nothing when nothing changed, and nothing for a rename', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n\nText.\n' });
    await sync(app, followed);
    provider.reset();
    expect(await sync(app, followed)).toMatchObject({ filesUnchanged: 2, chunksEmbedded: 0 });
    await followed.repository.rename('b.md', 'c.md');
    expect(await sync(app, followed)).toMatchObject({ filesUnchanged: 1, filesRenamed: 1, chunksEmbedded: 0 });
    expect(provider.requests).toEqual([]);
  });

  it('is only the passages of the files that changed', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n\nText.\n' });
    await sync(app, followed);
    provider.reset();
    await followed.repository.commit({ 'b.md': '# B\n\nOther.\n' });
    await sync(app, followed);
    expect(inputs()).toEqual([['B\n\n# B\n\nOther.']]);
  });

  it('is nothing for an empty file', async () => {
    const followed = await followRepository(app, host, { 'empty.md': '' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, chunksEmbedded: 0 });
    expect(provider.requests).toEqual([]);
  });
});

describe('a sync whose embedding model fails', () => {
  it('succeeds when the model answers after a while', async () => {
    provider.scriptEmbeddings(rateLimited(0), breaksDown());
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 1 });
    expect(provider.requests).toHaveLength(3);
  });

  it('fails with AUTH when the key is refused, and stores nothing', async () => {
    provider.scriptEmbeddings(fails(401));
    const followed = await followRepository(app, host, MANY);
    expect(await sync(app, followed)).toMatchObject({
      status: 'FAILED',
      error: {
        code: 'AUTH',
        message: expect.stringMatching(/^The provider refused the API key\. Set OPENAI_COMPATIBLE_API_KEY/),
        retryable: false,
      },
    });
    expect(provider.requests).toHaveLength(1);
    expect(await documentsOf(app, followed.projectDocId)).toEqual({});
    expect(await syncStatus(followed.projectDocId)).toMatchObject({ syncStatus: 'FAILED', freshness: 'NOT_SYNCED' });
  });

  it('is PARTIAL when one batch fails, and the next sync makes up for it', async () => {
    provider.scriptEmbeddings(breaksDown(), breaksDown(), breaksDown());
    const followed = await followRepository(app, host, MANY);
    const run = await sync(app, followed);
    expect(run).toMatchObject({
      status: 'PARTIAL',
      filesTotal: 40,
      filesProcessed: 40,
      filesAdded: 8,
      filesFailed: 32,
    });
    expect(run).toMatchObject({ error: null, chunksEmbedded: 8, progress: 1 });
    expect((await outcomesOf(app, run.id))['page-00.md']).toMatchObject({
      outcome: 'FAILED',
      reason: 'The provider failed with a fault of its own, try again in a moment (HTTP 500).',
      document: null,
    });
    expect(await syncStatus(followed.projectDocId)).toMatchObject({ syncStatus: 'SYNCED', freshness: 'NEEDS_UPDATE' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 32, filesUnchanged: 8 });
    expect(await syncStatus(followed.projectDocId)).toMatchObject({ freshness: 'UP_TO_DATE' });
  });

  it('keeps what is stored of a file that fails', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nFirst.\n' });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId, 'content commitSha chunks { nodes { id } }');
    await followed.repository.commit({ 'a.md': '# A\n\nSecond.\n' });
    provider.scriptEmbeddings(fails(400, { message: 'maximum context length' }));
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'PARTIAL', filesFailed: 1, filesUpdated: 0 });
    expect(await documentsOf(app, followed.projectDocId, 'content commitSha chunks { nodes { id } }')).toEqual(before);
  });

  it('loses only the one file that the model does not take', async () => {
    provider.scriptEmbeddings(fails(400, { message: 'content filter' }), fails(400, { message: 'content filter' }));
    const followed = await followRepository(app, host, { 'a.md': '# A\n', 'b.md': '# B\n', 'c.md': '# C\n' });
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'PARTIAL', filesAdded: 2, filesFailed: 1 });
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toEqual(['b.md', 'c.md']);
  });

  it('fails as a whole when the model works for no file at all', async () => {
    provider.scriptEmbeddings(breaksDown(), breaksDown(), breaksDown());
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    expect(await sync(app, followed)).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERNAL', message: expect.stringMatching(/^The provider failed/), retryable: true },
    });
    expect(await syncStatus(followed.projectDocId)).toMatchObject({ syncStatus: 'FAILED', lastSyncedAt: null });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
  });

  it('fails when the vectors cannot be stored', async () => {
    provider.scriptEmbeddings(embedsWith(1024));
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    expect(await sync(app, followed)).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERNAL', message: expect.stringMatching(/vectors of 1024 numbers/), retryable: false },
    });
  });

  it('never shows the key', async () => {
    provider.scriptEmbeddings(fails(403));
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    const run = await sync(app, followed);
    expect(JSON.stringify([run, await outcomesOf(app, run.id)])).not.toMatch(/sk-not|secret/);
  });
});
