import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { dropUnneededEmbeddings } from '../src/document/drop-embeddings.js';
import { Embedding } from '../src/document/embedding.entity.js';
import { ThreadFault } from '../src/platform/worker-thread.js';
import { Project } from '../src/project/project.entity.js';
import { Reembedding } from '../src/reembedding/reembedding.entity.js';
import { TermSpace } from '../src/term-space/term-space.entity.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { modelOf, untilReembedding } from './support/reembed-bench.js';
import { type Followed, followRepository, startSync, sync, untilRun } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome, type Values } from './support/test-app.js';
import { pageOfOneWord, topicPages, wordOf } from './support/topic-pages.js';

const HASHING = 'builtin/hashing-1';
const A_SPACE = expect.stringMatching(/^builtin\/lsa-1\/[0-9a-f-]{36}$/);

let host: GitHost;
let home: TestHome;
let app: TestApp;
let logged: string[] = [];

const start = async (): Promise<void> => {
  app = await startTestApp({ env: { GIT_HOSTS: host.hostEntry }, home, log: (line) => void logged.push(line) });
};
beforeAll(async () => {
  [host, home] = await Promise.all([startGitHost(), createTestHome()]);
  await start();
});
afterAll(async () => {
  await app.stop();
  await Promise.all([host.stop(), home.remove()]);
});
afterEach(() => {
  expect(logged.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  logged = [];
});

const em = () => app.app.services.database.fork();
const mutate = (name: string, id: string) => app.mutate(name, 'reembedding { id toModel }', { id });
const spacesOf = ({ projectId }: Pick<Followed, 'projectId'>) => em().find(TermSpace, { projectId });

/** Lets the real work begin when `release` is called; or it fails instead. */
function holdFitting(fault?: Error): { begun: Promise<void>; release: () => void } {
  const { embedders } = app.app.services;
  const fit = embedders.fitSpace;
  const [begun, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  embedders.fitSpace = async (texts) => {
    embedders.fitSpace = fit;
    begun.resolve();
    await released.promise;
    if (fault) throw fault;
    return fit(texts);
  };
  return { begun: begun.promise, release: released.resolve };
}

async function syncOf(followed: Followed, files: Parameters<Followed['repository']['commit']>[0]): Promise<Values> {
  await followed.repository.commit(files);
  return sync(app, followed);
}

/** The newest reembedding at its end; null: there is none. */
async function latestOf({ projectId }: Pick<Followed, 'projectId'>): Promise<Values | null> {
  const { latestReembedding } = await modelOf(app, projectId);
  return latestReembedding && untilReembedding(app, latestReembedding.id);
}

async function pathsFor({ projectId }: Followed, query: string, mode: string): Promise<string[]> {
  const { project } = await app.query(
    `query($id: ID!, $query: String!, $mode: SearchMode!) {
      project(id: $id) { search(query: $query, mode: $mode, topK: 20) { hits { filePath } } } }`,
    { id: projectId, query, mode },
  );
  return project.search.hits.map(({ filePath }: Values) => filePath);
}

describe('the first sync of a project with many files', () => {
  const files = { ...topicPages(260, 2), 'lonely.md': pageOfOneWord(wordOf(3, 0)) };
  let followed: Followed;
  let run: Values;
  beforeAll(async () => {
    followed = await followRepository(app, host, files);
    run = await sync(app, followed);
  });

  it('gives it a space of its own, and embeds nothing twice', async () => {
    expect(run).toMatchObject({ status: 'SUCCEEDED', filesAdded: 261, chunksEmbedded: 521, chunksReused: 0 });
    expect(await modelOf(app, followed.projectId)).toMatchObject({ embeddingModel: A_SPACE, latestReembedding: null });
    expect(await spacesOf(followed)).toMatchObject([{ passages: 521 }]);
  });

  it('lets a search find a passage by a word that is only seen beside its own', async () => {
    const other = wordOf(3, 4);
    expect(await pathsFor(followed, other, 'SEMANTIC')).toContain('lonely.md');
    expect(await pathsFor(followed, other, 'KEYWORD')).not.toContain('lonely.md');
  });

  it('is not followed by another space, whatever comes to it or goes from it', async () => {
    const [space] = await spacesOf(followed);
    await syncOf(followed, { 'new.md': pageOfOneWord(wordOf(5, 0)) });
    await syncOf(followed, Object.fromEntries(Object.keys(files).map((path) => [path, null])));
    await app.stop();
    await start();
    await syncOf(followed, files);
    expect(await modelOf(app, followed.projectId)).toMatchObject({ latestReembedding: null });
    expect(await spacesOf(followed)).toMatchObject([{ id: space!.id, passages: 521 }]);
    expect(await pathsFor(followed, wordOf(3, 4), 'SEMANTIC')).toContain('lonely.md');
  });

  it('goes on with shared words alone where there are too few passages', async () => {
    const small = await followRepository(app, host, topicPages(260, 1));
    expect(await sync(app, small)).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 260 });
    expect(await modelOf(app, small.projectId)).toMatchObject({ embeddingModel: HASHING, latestReembedding: null });
    expect(await spacesOf(small)).toEqual([]);
  });

  it('can be cancelled while a space is being made, and leaves none', async () => {
    const cancelled = await followRepository(app, host, files);
    const held = holdFitting();
    const { id } = await startSync(app, cancelled.projectDocId);
    await held.begun;
    await app.mutate('cancelSyncRun', 'syncRun { status }', { id });
    held.release();
    const again = holdFitting();
    const next = await startSync(app, cancelled.projectDocId);
    await again.begun;
    expect(await spacesOf(cancelled)).toEqual([]);
    again.release();
    expect(await untilRun(app, next.id, ({ finishedAt }) => finishedAt !== null)).toMatchObject({ filesAdded: 261 });
    expect(await spacesOf(cancelled)).toHaveLength(1);
  });

  it('leaves the space to one of two ProjectDocs that are first synced at once', async () => {
    const one = await followRepository(app, host, files);
    const other = await followRepository(app, host, topicPages(260, 2, 1_000), { projectId: one.projectId });
    const held = holdFitting();
    const { id } = await startSync(app, one.projectDocId);
    await held.begun;
    expect(await sync(app, other)).toMatchObject({ status: 'SUCCEEDED' });
    held.release();
    expect(await untilRun(app, id, ({ finishedAt }) => finishedAt !== null)).toMatchObject({ status: 'SUCCEEDED' });
    const [space, ...rest] = await spacesOf(one);
    expect(rest).toEqual([]);
    expect(await modelOf(app, one.projectId)).toMatchObject({ embeddingModel: `builtin/lsa-1/${space!.id}` });
    expect(await em().count(Embedding, { projectId: one.projectId, embeddingModel: HASHING })).toBe(0);
  });

  it('does without where none can be made, which a reembedding tries again', async () => {
    const failing = await followRepository(app, host, files);
    holdFitting(new ThreadFault('It took too long or too much memory.')).release();
    expect(await sync(app, failing)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 261 });
    expect(logged.some((line) => line.includes('no space could be fitted'))).toBe(true);
    expect(await latestOf(failing)).toMatchObject({ status: 'SUCCEEDED', fromModel: HASHING, toModel: A_SPACE });
  });
});

describe('a project that has grown', () => {
  it('gets a space by a reembedding, can be taken back to shared words, and gets another space when it has doubled', async () => {
    const followed = await followRepository(app, host, topicPages(3, 100));
    await sync(app, followed);
    expect(await modelOf(app, followed.projectId)).toMatchObject({ embeddingModel: HASHING, latestReembedding: null });
    await syncOf(followed, topicPages(3, 100, 1_000));
    const first = (await latestOf(followed))!;
    expect(first).toMatchObject({ status: 'SUCCEEDED', fromModel: HASHING, toModel: A_SPACE, chunksDone: 600 });
    expect(await modelOf(app, followed.projectId)).toMatchObject({ embeddingModel: first.toModel });
    expect(await spacesOf(followed)).toMatchObject([{ passages: 600 }]);

    // Taken back, syncs and starts leave it so until it is asked for again.
    const { reembedding } = await mutate('rollBackReembedding', first.id);
    await untilReembedding(app, reembedding.id);
    await syncOf(followed, { 'new.md': pageOfOneWord(wordOf(3, 0)) });
    await app.stop();
    await start();
    expect(await modelOf(app, followed.projectId)).toMatchObject({
      embeddingModel: HASHING,
      latestReembedding: { id: reembedding.id },
    });
    const again = await mutate('reembedProject', followed.projectId);
    expect(again).toMatchObject({ reembedding: { toModel: first.toModel }, userErrors: [] });
    const ended = await untilReembedding(app, again.reembedding.id);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', chunksDone: 601, chunksEmbedded: 1 });
    expect(await mutate('reembedProject', followed.projectId)).toMatchObject({ userErrors: [{ code: 'CONFLICT' }] });

    // The old space goes when nobody can bring it back.
    await syncOf(followed, topicPages(6, 100, 2_000));
    const second = (await latestOf(followed))!;
    expect(second).toMatchObject({
      status: 'SUCCEEDED',
      fromModel: first.toModel,
      toModel: A_SPACE,
      chunksDone: 1_201,
    });
    expect(second.toModel).not.toBe(first.toModel);
    const { services } = app.app;
    await dropUnneededEmbeddings(services);
    expect(await spacesOf(followed)).toHaveLength(2);
    await em().nativeUpdate(Reembedding, { id: second.id }, { keptUntil: new Date(0) });
    await dropUnneededEmbeddings(services);
    expect(await spacesOf(followed)).toMatchObject([{ passages: 1_201 }]);
    expect(await em().count(Embedding, { projectId: followed.projectId, embeddingModel: first.toModel })).toBe(0);
    expect(await pathsFor(followed, wordOf(3, 4), 'SEMANTIC')).toContain('new.md');

    await app.mutate('deleteProject', 'deletedId', { id: followed.projectId });
    expect(await spacesOf(followed)).toEqual([]);
  });
});

describe('a reembedding to a space', () => {
  it('that is cancelled is not begun again by the next sync, but when the project has outgrown it', async () => {
    const followed = await followRepository(app, host, topicPages(6, 100));
    const held = holdFitting();
    await sync(app, followed);
    await held.begun;
    const { latestReembedding } = await modelOf(app, followed.projectId);
    await mutate('cancelReembedding', latestReembedding.id);
    held.release();
    await syncOf(followed, { 'new.md': pageOfOneWord(wordOf(3, 0)) });
    expect(await modelOf(app, followed.projectId)).toMatchObject({
      embeddingModel: HASHING,
      reembeddings: { totalCount: 1, nodes: [{ status: 'CANCELLED' }] },
    });
    await syncOf(followed, topicPages(6, 100, 1_000));
    expect(await latestOf(followed)).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 1_201 });
  });

  it('is begun by the next start for a project that an earlier version left with shared words', async () => {
    const followed = await followRepository(app, host, topicPages(6, 100));
    await sync(app, followed);
    await latestOf(followed);
    const { projectId } = followed;
    await em().nativeUpdate(Project, projectId, { embeddingModel: HASHING });
    await em().nativeDelete(Reembedding, { projectId });
    await em().nativeDelete(TermSpace, { projectId });
    await app.stop();
    await start();
    expect(await latestOf(followed)).toMatchObject({ status: 'SUCCEEDED', fromModel: HASHING, toModel: A_SPACE });
    expect(await modelOf(app, projectId)).toMatchObject({ embeddingModel: A_SPACE, reembeddings: { totalCount: 1 } });
  });
});
