import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { dropUnneededEmbeddings } from '../src/document/drop-embeddings.js';
import { Embedding } from '../src/document/embedding.entity.js';
import { storeVectors } from '../src/document/embeddings.js';
import { digestText } from '../src/platform/text/digest.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { documentsOf, followRepository, outcomesOf, sync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
afterAll(() => stop());

const FILES = {
  'README.md': '# Handbook\n\nWhere everything begins.\n',
  'docs/guide.md': '# Guide\n\nThe first edition.\n\n## Steps\n\nWalk slowly.\n',
  'docs/moving.md': '# Moving\n\nThis one will have another place.\n',
  'docs/leaving.md': '# Leaving\n\nThis one will go.\n',
  'docs/empty.md': '',
};
const PASSAGES = 'chunks(first: 50) { nodes { id chunkText } }';
const texts = (document: Values) => document.chunks.nodes.map((chunk: Values) => chunk.chunkText);

describe('syncProjectDoc', () => {
  it('makes a document of each file', async () => {
    const followed = await followRepository(app, host, FILES);
    const run = await sync(app, followed);
    expect(run).toEqual({
      id: expect.any(String),
      status: 'SUCCEEDED',
      commitSha: await followed.repository.head(),
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
      progress: 1,
      filesTotal: 5,
      filesProcessed: 5,
      filesAdded: 5,
      filesUpdated: 0,
      filesRenamed: 0,
      filesDeleted: 0,
      filesUnchanged: 0,
      filesSkipped: 0,
      filesFailed: 0,
      chunksEmbedded: 4,
      chunksReused: 0,
      error: null,
    });
    const documents = await documentsOf(app, followed.projectDocId, PASSAGES);
    expect(Object.keys(documents)).toEqual(Object.keys(FILES).toSorted());
    expect(texts(documents['docs/empty.md']!)).toEqual([]);
  });

  it('leaves on the ProjectDoc what was synced, and when', async () => {
    const followed = await followRepository(app, host, {});
    const date = new Date('2024-05-06T07:08:09Z');
    const commitSha = await followed.repository.commit(FILES, { date });
    const { finishedAt } = await sync(app, followed);
    const { projectDoc } = await app.query(
      'query($id: ID!) { projectDoc(id: $id) { syncStatus lastSyncedAt lastGithubCommitDate lastGithubCommitSha } }',
      { id: followed.projectDocId },
    );
    expect(projectDoc).toEqual({
      syncStatus: 'SYNCED',
      lastSyncedAt: finishedAt,
      lastGithubCommitDate: '2024-05-06T07:08:09.000Z',
      lastGithubCommitSha: commitSha,
    });
  });

  it('does again only what changed', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    await followed.repository.commit({
      'docs/guide.md': '# Guide\n\nThe second edition.\n',
      'docs/new.md': '# New\n\nFresh.\n',
      'docs/leaving.md': null,
    });
    await followed.repository.rename('docs/moving.md', 'archive/moved.md');
    const run = await sync(app, followed);
    expect(run).toMatchObject({
      status: 'SUCCEEDED',
      commitSha: await followed.repository.head(),
      filesTotal: 5,
      filesProcessed: 5,
      filesAdded: 1,
      filesUpdated: 1,
      filesRenamed: 1,
      filesDeleted: 1,
      filesUnchanged: 2,
      filesSkipped: 0,
      filesFailed: 0,
      chunksEmbedded: 2,
    });
    const documents = await documentsOf(app, followed.projectDocId);
    const id = (path: string) => ({ id: documents[path]!.id });
    const plain = { previousPath: null, reason: null };
    expect(await outcomesOf(app, run.id)).toEqual({
      'README.md': { path: 'README.md', outcome: 'UNCHANGED', document: id('README.md'), ...plain },
      'docs/empty.md': { path: 'docs/empty.md', outcome: 'UNCHANGED', document: id('docs/empty.md'), ...plain },
      'docs/guide.md': { path: 'docs/guide.md', outcome: 'UPDATED', document: id('docs/guide.md'), ...plain },
      'docs/new.md': { path: 'docs/new.md', outcome: 'ADDED', document: id('docs/new.md'), ...plain },
      'docs/leaving.md': {
        path: 'docs/leaving.md',
        outcome: 'DELETED',
        document: null,
        previousPath: null,
        reason: 'It is no longer in the repository or the folder.',
      },
      'archive/moved.md': {
        path: 'archive/moved.md',
        outcome: 'RENAMED',
        document: id('archive/moved.md'),
        previousPath: 'docs/moving.md',
        reason: 'The same content at another path.',
      },
    });
  });

  it('keeps the id of a changed document and replaces its passages', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    const before = (await documentsOf(app, followed.projectDocId, PASSAGES))['docs/guide.md']!;
    await followed.repository.commit({ 'docs/guide.md': '# Guide\n\nThe second edition.\n' });
    await sync(app, followed);
    const after = (await documentsOf(app, followed.projectDocId, `content commitSha ${PASSAGES}`))['docs/guide.md']!;
    expect(after.id).toBe(before.id);
    expect(after.content).toBe('# Guide\n\nThe second edition.\n');
    expect(after.commitSha).toBe(await followed.repository.head());
    expect(texts(after)).toEqual(['# Guide\n\nThe second edition.']);
    const { nodes } = await app.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: before.chunks.nodes.map((chunk: Values) => chunk.id),
    });
    expect(nodes).toEqual(before.chunks.nodes.map(() => null));
  });

  it('leaves no vector of a text that no passage has any more, and none that one still has goes', async () => {
    const followed = await followRepository(app, host, { ...FILES, 'copy.md': FILES['docs/leaving.md'] });
    await sync(app, followed);
    const { projectId } = followed;
    const vectors = () => app.app.services.database.fork().count(Embedding, { projectId });
    expect(await vectors()).toBe(4);
    await followed.repository.commit({ 'docs/leaving.md': null, 'docs/guide.md': '# Guide\n\nThe second edition.\n' });
    await sync(app, followed);
    expect(await vectors()).toBe(4);
    await followed.repository.commit({ 'copy.md': null });
    await sync(app, followed);
    expect(await vectors()).toBe(3);
  });

  it('looks for such vectors only where it took passages away: the rest is found when the database is tidied', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    const { projectId } = followed;
    const { embedder, database } = app.app.services;
    const vectors = () => database.fork().count(Embedding, { projectId });
    const before = await vectors();
    const place = { projectId, embeddingModel: embedder.model };
    await storeVectors(database.fork(), place, new Map([[digestText('gone'), new Float64Array(768).fill(1)]]));
    await sync(app, followed);
    expect(await vectors()).toBe(before + 1);
    await followed.repository.commit({ 'docs/new.md': '# New\n' });
    await sync(app, followed);
    expect(await vectors()).toBe(before + 2);
    await dropUnneededEmbeddings(app.app.services);
    expect(await vectors()).toBe(before + 1);
  });

  it('leaves documents whose file is the same at the commit that they were read at', async () => {
    const followed = await followRepository(app, host, FILES);
    const { commitSha } = await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId, `commitSha updatedAt ${PASSAGES}`);
    await followed.repository.commit({ 'docs/new.md': '# New\n' });
    await sync(app, followed);
    const after = await documentsOf(app, followed.projectDocId, `commitSha updatedAt ${PASSAGES}`);
    expect(after['docs/guide.md']).toEqual(before['docs/guide.md']);
    expect(after['docs/guide.md']!.commitSha).toBe(commitSha);
  });

  it('takes only the folder and the branch that it is given', async () => {
    const followed = await followRepository(app, host, FILES, { branch: 'release/2.0', githubFolderPath: 'docs' });
    await followed.repository.commit({ 'docs/only-here.md': '# Only here\n' }, { branch: 'release/2.0' });
    const run = await sync(app, followed);
    expect(run).toMatchObject({
      filesTotal: 5,
      filesAdded: 5,
      commitSha: await followed.repository.head('release/2.0'),
    });
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toContain('docs/only-here.md');
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).not.toContain('README.md');
  });

  it('answers NOT_FOUND for what is no ProjectDoc', async () => {
    for (const id of ['0190c0de-0000-7000-8000-000000000000', 'not-an-id']) {
      const { syncRun, userErrors } = await app.mutate('syncProjectDoc', 'syncRun { id }', { id });
      expect(syncRun).toBeNull();
      expect(userErrors).toEqual([{ code: 'NOT_FOUND', message: expect.any(String), field: ['input', 'id'] }]);
    }
  });
});
