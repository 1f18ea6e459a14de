import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { documentsOf, followRepository, outcomesOf, sync } from './support/sync-bench.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
afterAll(() => stop());

const CHUNKS = 'chunks { nodes { id chunkText headerAnchor createdAt } }';
const TEXT = '# Backups\n\nEvery night at three.\n\n## Restore\n\nIn the morning.\n';

describe('a sync after a file was renamed', () => {
  it('keeps the document, its passages and their ids, and embeds nothing', async () => {
    const followed = await followRepository(app, host, { 'docs/backup.md': TEXT });
    await sync(app, followed);
    const before = (await documentsOf(app, followed.projectDocId, CHUNKS))['docs/backup.md']!;
    await followed.repository.rename('docs/backup.md', 'operations/Backup Plan.markdown');
    const run = await sync(app, followed);
    expect(run).toMatchObject({ filesTotal: 1, filesRenamed: 1, filesAdded: 0, filesDeleted: 0, chunksEmbedded: 0 });
    const fields = `${CHUNKS} fileName fileType title commitSha url`;
    const documents = await documentsOf(app, followed.projectDocId, fields);
    const head = await followed.repository.head();
    expect(documents).toEqual({
      'operations/Backup Plan.markdown': {
        ...before,
        filePath: 'operations/Backup Plan.markdown',
        fileName: 'Backup Plan.markdown',
        fileType: 'markdown',
        title: 'Backups',
        commitSha: head,
        url: `${host.url(followed.name)}/blob/${head}/operations/Backup%20Plan.markdown`,
      },
    });
  });

  it.each(['txt', 'md', 'yaml'])('finds a .%s that is titled by its file name by the new one alone', async (type) => {
    const followed = await followRepository(app, host, { [`zebra.${type}`]: 'bread: butter\n' });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId);
    await followed.repository.rename(`zebra.${type}`, `elephant.${type}`);
    const run = await sync(app, followed);
    expect(run).toMatchObject({ filesRenamed: 1, filesAdded: 0, filesDeleted: 0, chunksEmbedded: 1 });
    const id = before[`zebra.${type}`]!.id;
    const title = `elephant.${type}`;
    expect(await documentsOf(app, followed.projectDocId, 'title')).toEqual({ [title]: { id, filePath: title, title } });
    for (const mode of ['KEYWORD', 'HYBRID', 'SEMANTIC']) {
      const found = async (query: string): Promise<unknown[]> => {
        const { project } = await app.query(
          `query($id: ID!, $query: String!) { project(id: $id) { search(query: $query, mode: ${mode}) { hits { document { id } } } } }`,
          { id: followed.projectId, query },
        );
        return project.search.hits;
      };
      expect(await found('elephant')).toEqual([{ document: { id } }]);
      expect(await found('zebra')).toEqual([]);
    }
  });

  it('keeps the passages of one that is titled by its file name where only its folder is another', async () => {
    const followed = await followRepository(app, host, { 'notes.txt': 'Bread and butter.\n' });
    await sync(app, followed);
    const before = (await documentsOf(app, followed.projectDocId, CHUNKS))['notes.txt'];
    await followed.repository.rename('notes.txt', 'kitchen/notes.txt');
    expect(await sync(app, followed)).toMatchObject({ filesRenamed: 1, chunksEmbedded: 0, chunksReused: 0 });
    const after = await documentsOf(app, followed.projectDocId, CHUNKS);
    expect(after).toEqual({ 'kitchen/notes.txt': { ...before, filePath: 'kitchen/notes.txt' } });
  });

  it('gives each of several files with the same content its own document', async () => {
    const followed = await followRepository(app, host, { 'old/b/index.md': TEXT, 'old/a/start.md': TEXT });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId);
    await followed.repository.commit({
      'old/b/index.md': null,
      'old/a/start.md': null,
      'new/index.md': TEXT,
      'new/start.md': TEXT,
    });
    expect(await sync(app, followed)).toMatchObject({ filesRenamed: 2, filesAdded: 0, filesDeleted: 0 });
    const after = await documentsOf(app, followed.projectDocId);
    expect(after['new/index.md']!.id).toBe(before['old/b/index.md']!.id);
    expect(after['new/start.md']!.id).toBe(before['old/a/start.md']!.id);
  });

  it('keeps the document where the copies have become fewer, and adds one where they have become more', async () => {
    const followed = await followRepository(app, host, { 'a.md': TEXT, 'b.md': TEXT });
    await sync(app, followed);
    await followed.repository.commit({ 'a.md': null, 'b.md': null, 'c.md': TEXT });
    expect(await sync(app, followed)).toMatchObject({ filesTotal: 1, filesRenamed: 1, filesDeleted: 1, filesAdded: 0 });
    await followed.repository.commit({ 'd.md': TEXT });
    expect(await sync(app, followed)).toMatchObject({ filesTotal: 2, filesUnchanged: 1, filesAdded: 1 });
  });

  it('cuts it anew where the new name makes another kind of file of it', async () => {
    const followed = await followRepository(app, host, { 'backup.txt': TEXT });
    await sync(app, followed);
    const before = (await documentsOf(app, followed.projectDocId, `title ${CHUNKS}`))['backup.txt']!;
    expect(before.title).toBe('backup.txt');
    await followed.repository.rename('backup.txt', 'backup.md');
    const run = await sync(app, followed);
    expect(run).toMatchObject({ filesRenamed: 1, filesAdded: 0, filesDeleted: 0 });
    const document = { id: before.id };
    const reason = 'At its new path it is cut differently.';
    expect(await outcomesOf(app, run.id)).toEqual({
      'backup.md': { path: 'backup.md', previousPath: 'backup.txt', outcome: 'RENAMED', reason, document },
    });
    const after = await documentsOf(app, followed.projectDocId, `title fileType ${CHUNKS}`);
    expect(after).toMatchObject({ 'backup.md': { id: before.id, title: 'Backups', fileType: 'md' } });
    expect(after['backup.md']!.chunks.nodes[0]).toMatchObject({ headerAnchor: 'backups' });
  });

  it('takes what was renamed and edited for another file', async () => {
    const followed = await followRepository(app, host, { 'a.md': TEXT });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId);
    await followed.repository.commit({ 'a.md': null, 'b.md': `${TEXT}More.\n` });
    expect(await sync(app, followed)).toMatchObject({ filesAdded: 1, filesDeleted: 1, filesRenamed: 0 });
    expect((await documentsOf(app, followed.projectDocId))['b.md']!.id).not.toBe(before['a.md']!.id);
  });

  it('updates both of two files that changed places', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# One\n', 'b.md': '# Two\n' });
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId);
    await followed.repository.commit({ 'a.md': '# Two\n', 'b.md': '# One\n' });
    expect(await sync(app, followed)).toMatchObject({ filesUpdated: 2, filesRenamed: 0 });
    const after = await documentsOf(app, followed.projectDocId, 'title');
    expect(after).toEqual({
      'a.md': { ...before['a.md'], title: 'Two' },
      'b.md': { ...before['b.md'], title: 'One' },
    });
  });
});
