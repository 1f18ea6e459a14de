import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type ScriptedApp, startScriptedApp } from './support/scripted-app.js';
import { breaksDown, embedsWith, fails, failsOn, rateLimited } from './support/scripted-provider.js';
import { documentsOf, followRepository, outcomesOf, sync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, provider, app, reset, stop } = {} as ScriptedApp;
beforeAll(async () => {
  ({ host, provider, app, reset, stop } = await startScriptedApp({ OPENAI_COMPATIBLE_API_KEY: 'sk-not-to-be-seen' }));
});
afterAll(() => stop());
afterEach(() => reset());

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

  it('is only the passages that changed, where others of their file did not', async () => {
    const section = (name: string): string => `## ${name}\n\n${`The words of ${name}. `.repeat(60)}\n\n`;
    const page = (...names: string[]): string => `# Page\n\n${names.map(section).join('')}`;
    const followed = await followRepository(app, host, { 'a.md': page('One', 'Two', 'Three', 'Four') });
    const { chunksEmbedded } = await sync(app, followed);
    provider.reset();
    await followed.repository.commit({ 'a.md': page('One', 'Two', 'New', 'Four') });
    const run = await sync(app, followed);
    expect(run).toMatchObject({ filesUpdated: 1, chunksEmbedded: 1, chunksReused: chunksEmbedded - 1 });
    expect(inputs()).toEqual([[expect.stringContaining('The words of New.')]]);
  });

  it('is a text that is in two files only once', async () => {
    const followed = await followRepository(app, host, {
      'a.md': '# Same\n\nText.\n',
      'sub/b.md': '# Same\n\nText.\n',
    });
    expect(await sync(app, followed)).toMatchObject({ filesAdded: 2, chunksEmbedded: 1, chunksReused: 1 });
    expect(inputs()).toEqual([['Same\n\n# Same\n\nText.']]);
    await followed.repository.commit({ 'c.md': '# Same\n\nText.\n' });
    expect(await sync(app, followed)).toMatchObject({ filesAdded: 1, chunksEmbedded: 0, chunksReused: 1 });
    expect(provider.requests).toHaveLength(1);
  });

  it('is nothing that another ProjectDoc of the same project has, and nothing of another project helps', async () => {
    const files = { 'a.md': '# Shared\n\nBy two.\n' };
    const first = await followRepository(app, host, files);
    await sync(app, first);
    const sibling = await followRepository(app, host, files, { projectId: first.projectId });
    expect(await sync(app, sibling)).toMatchObject({ filesAdded: 1, chunksEmbedded: 0, chunksReused: 1 });
    const stranger = await followRepository(app, host, files);
    expect(await sync(app, stranger)).toMatchObject({ filesAdded: 1, chunksEmbedded: 1, chunksReused: 0 });
  });

  it('is nothing for an empty file', async () => {
    const followed = await followRepository(app, host, { 'empty.md': '' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, chunksEmbedded: 0 });
    expect(provider.requests).toEqual([]);
  });
});

describe('a sync whose embedding model fails', () => {
  it('succeeds when the model answers after a while', async () => {
    provider.scriptEmbeddings(breaksDown(408), breaksDown(504), breaksDown());
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 1 });
    expect(provider.requests).toHaveLength(4);
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

  it('waits as long as the provider asks for, and tries four times', async () => {
    provider.scriptEmbeddings(rateLimited(1), rateLimited(0), rateLimited(0));
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    const { startedAt, finishedAt, ...run } = await sync(app, followed);
    expect(run).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 1 });
    expect(provider.requests).toHaveLength(4);
    expect(Date.parse(finishedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(1_000);
  });

  it('is PARTIAL when one batch fails, and the next sync makes up for it', async () => {
    provider.scriptEmbeddings(rateLimited(0), rateLimited(0), rateLimited(0), rateLimited(0));
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
      reason: 'The provider is over its rate limit. Try again in a minute.',
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

  it.each([
    ['breaks down', breaksDown()],
    ['refuses', fails(400, { message: 'no' })],
  ])('loses only the files that the model %s on, whatever is embedded with them', async (_, failure) => {
    provider.alwaysEmbed(failsOn('poison', failure));
    const followed = await followRepository(app, host, { ...MANY, 'page-03.md': '# Bad\n\nIt is poison.\n' });
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'PARTIAL', filesAdded: 39, filesFailed: 1, chunksEmbedded: 39 });
    expect((await outcomesOf(app, run.id))['page-03.md']).toMatchObject({ outcome: 'FAILED' });
    await followed.repository.commit({ 'page-03.md': '# Worse\n\nStill poison.\n' });
    expect(await sync(app, followed)).toMatchObject({ status: 'PARTIAL', filesFailed: 1, filesUnchanged: 39 });
  });

  it('embeds again only the passages that it has no vector for', async () => {
    const section = (index: number): string => `## Part ${index}\n\n${`Words of part ${index}. `.repeat(60)}\n\n`;
    const long = `# Long\n\n${Array.from({ length: 50 }, (_, index) => section(index)).join('')}`;
    // The second of the file's two requests.
    provider.alwaysEmbed(failsOn('Words of part 45.', rateLimited(0)));
    const followed = await followRepository(app, host, { 'a.md': '# A\n', 'long.md': long });
    const run = await sync(app, followed);
    expect(run).toMatchObject({ status: 'PARTIAL', filesAdded: 1, filesFailed: 1, chunksEmbedded: 32 });
    const embedded = new Set(
      inputs()
        .filter((texts) => !texts.join().includes('Words of part 45.'))
        .flat(),
    );
    expect(embedded.size).toBe(32);
    provider.reset();
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, chunksReused: 31 });
    expect(
      inputs()
        .flat()
        .filter((text) => embedded.has(text)),
    ).toEqual([]);
    provider.reset();
    await followed.repository.commit({ 'long.md': '# Short\n' });
    await sync(app, followed);
    await followed.repository.commit({ 'long.md': long });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', chunksReused: 0 });
  });

  it('fails as a whole when the model works for no file at all', async () => {
    provider.alwaysEmbed(breaksDown());
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    expect(await sync(app, followed)).toMatchObject({
      status: 'FAILED',
      error: { code: 'PROVIDER_ERROR', message: expect.stringMatching(/^The provider failed/), retryable: true },
    });
    expect(await syncStatus(followed.projectDocId)).toMatchObject({ syncStatus: 'FAILED', lastSyncedAt: null });
    provider.reset();
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
  });

  it('fails when the vectors cannot be stored', async () => {
    provider.alwaysEmbed(embedsWith(1024));
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    expect(await sync(app, followed)).toMatchObject({
      status: 'FAILED',
      error: { code: 'PROVIDER_ERROR', message: expect.stringMatching(/vectors of 1024 numbers/), retryable: false },
    });
  });

  it('never shows the key', async () => {
    provider.scriptEmbeddings(fails(403));
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    const run = await sync(app, followed);
    expect(JSON.stringify([run, await outcomesOf(app, run.id)])).not.toMatch(/sk-not|secret/);
  });
});
