import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { Chunk } from '../src/document/chunk.entity.js';
import { execute } from '../src/platform/database/query.js';
import { SyncRun } from '../src/project-doc/sync-run.entity.js';
import { type ScriptedApp, startScriptedApp } from './support/scripted-app.js';
import { documentsOf, type Followed, followRepository, outcomesOf, sync } from './support/sync-bench.js';
import { startTestApp, type Values } from './support/test-app.js';

let { host, provider, app, reset, stop } = {} as ScriptedApp;
beforeAll(async () => void ({ host, provider, app, reset, stop } = await startScriptedApp()));
afterAll(() => stop());
afterEach(() => reset());

const FILES = 'files(first: 100) { totalCount nodes { path previousPath outcome reason document { id } } }';
const preview = (id: string, files = FILES): Promise<Values> =>
  app.mutate('previewSync', `preview { commitSha filesUnchanged chunksToEmbed ${files} }`, { id });

async function changedRepository(): Promise<Followed> {
  const followed = await followRepository(app, host, {
    'same.md': '# Same\n',
    'changed.md': '# Changed\n\nBefore.\n',
    'old-name.md': '# Renamed\n',
    'gone.md': '# Gone\n',
  });
  await sync(app, followed);
  await followed.repository.rename('old-name.md', 'new-name.md');
  await followed.repository.commit({
    'changed.md': '# Changed\n\nAfter.\n',
    'gone.md': null,
    'new.md': '# New\n\nText.\n',
    'copy.md': '# New\n\nText.\n',
    'picture.png': 'png',
    'binary.md': Buffer.from([0, 1, 2]),
  });
  provider.reset();
  return followed;
}

describe('previewSync', () => {
  it('tells file by file what a sync would do now, and how many passages it would embed', async () => {
    const followed = await changedRepository();
    const stored = await documentsOf(app, followed.projectDocId);
    const { preview: found, userErrors } = await preview(followed.projectDocId);
    expect(userErrors).toEqual([]);
    expect(found).toMatchObject({
      commitSha: await followed.repository.head(),
      filesUnchanged: 1,
      // changed.md, and what new.md and copy.md have in common.
      chunksToEmbed: 2,
      files: { totalCount: 7 },
    });
    const line = (path: string, outcome: string, reason: string, document: string | null, previousPath = null) => ({
      path,
      previousPath,
      outcome,
      reason,
      document: document && { id: stored[document]!.id },
    });
    expect(found.files.nodes).toEqual([
      line('binary.md', 'SKIPPED', 'Binary file: it contains NUL bytes', null),
      line('changed.md', 'UPDATED', 'Its content changed.', 'changed.md'),
      line('copy.md', 'ADDED', 'It is new.', null),
      line('gone.md', 'DELETED', 'It is no longer in the repository or the folder.', 'gone.md'),
      line('new-name.md', 'RENAMED', 'The same content at another path.', 'old-name.md', 'old-name.md' as never),
      line('new.md', 'ADDED', 'It is new.', null),
      line('picture.png', 'SKIPPED', 'Not documentation: .png extension', null),
    ]);
  });

  it('is what the sync then does', async () => {
    const followed = await changedRepository();
    const { preview: found } = await preview(followed.projectDocId);
    const run = await sync(app, followed);
    expect(run).toMatchObject({
      commitSha: found.commitSha,
      filesUnchanged: found.filesUnchanged,
      chunksEmbedded: found.chunksToEmbed,
    });
    const count = (outcome: string) =>
      found.files.nodes.filter((file: Values) => file.outcome === outcome).length as number;
    expect(run).toMatchObject({
      filesAdded: count('ADDED'),
      filesUpdated: count('UPDATED'),
      filesRenamed: count('RENAMED'),
      filesDeleted: count('DELETED'),
      filesSkipped: count('SKIPPED'),
    });
    const outcomes = await outcomesOf(app, run.id);
    for (const { path, outcome, reason } of found.files.nodes.filter(
      (file: Values) => file.outcome !== 'ADDED' && file.outcome !== 'UPDATED',
    ))
      expect(outcomes[path]).toMatchObject({ outcome, reason });
    expect((await preview(followed.projectDocId)).preview).toMatchObject({
      filesUnchanged: 5,
      chunksToEmbed: 0,
      files: { totalCount: 2 },
    });
  });

  it('tells which documents an older version cut and indexed; the sync makes them anew and embeds no text twice', async () => {
    const followed = await followRepository(app, host, {
      'old.md': '# Old\n\nText.\n',
      'same.md': '# Same\n\nText.\n',
    });
    await sync(app, followed);
    const { id } = (await documentsOf(app, followed.projectDocId))['old.md']!;
    const em = app.app.services.database.fork();
    await execute(em)`update document set cut_version = 1, title = 'As it was' where id = ${id}`;
    provider.reset();
    const { preview: found } = await preview(followed.projectDocId);
    expect(found).toMatchObject({ filesUnchanged: 1, chunksToEmbed: 0 });
    const [file] = found.files.nodes;
    expect(file).toMatchObject({ path: 'old.md', outcome: 'UPDATED', document: { id } });
    expect(file.reason).toBe('This version of ibid cuts and indexes it differently.');
    const counts = { filesUpdated: 1, filesUnchanged: 1, chunksEmbedded: 0, chunksReused: 1 };
    expect(await sync(app, followed)).toMatchObject(counts);
    expect(provider.requests).toEqual([]);
    expect((await documentsOf(app, followed.projectDocId, 'title'))['old.md']).toMatchObject({ id, title: 'Old' });
    expect(await sync(app, followed)).toMatchObject({ filesUpdated: 0, filesUnchanged: 2 });
  });

  it('writes nothing and embeds nothing', async () => {
    const followed = await changedRepository();
    const db = app.app.services.database;
    const state = async () => [
      await documentsOf(app, followed.projectDocId, 'content commitSha updatedAt chunks { nodes { id } }'),
      await db.fork().count(Chunk),
      await db.fork().count(SyncRun),
      (
        await app.query('query($id: ID!) { projectDoc(id: $id) { syncStatus lastSyncedAt lastGithubCommitSha } }', {
          id: followed.projectDocId,
        })
      ).projectDoc,
    ];
    const before = await state();
    await preview(followed.projectDocId);
    expect(await state()).toEqual(before);
    expect(provider.requests).toEqual([]);
  });

  it('pages through the files, of one outcome or of all', async () => {
    const followed = await changedRepository();
    const paths = ({ preview: found }: Values) => found.files.nodes.map((file: Values) => file.path);
    const page = (args: string) =>
      preview(followed.projectDocId, `files(${args}) { nodes { path } totalCount pageInfo { hasNextPage endCursor } }`);
    expect(paths(await page('outcome: ADDED'))).toEqual(['copy.md', 'new.md']);
    const first = await page('first: 3');
    expect(paths(first)).toEqual(['binary.md', 'changed.md', 'copy.md']);
    const { hasNextPage, endCursor } = first.preview.files.pageInfo;
    expect([hasNextPage, first.preview.files.totalCount]).toEqual([true, 7]);
    expect(paths(await page(`first: 2, after: "${endCursor}"`))).toEqual(['gone.md', 'new-name.md']);
    expect(paths(await page('last: 2'))).toEqual(['new.md', 'picture.png']);
  });

  it('says why when the repository cannot be had', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n' }, { branch: 'nowhere' });
    const refused = (code: string, message: string) => ({
      preview: null,
      userErrors: [{ code, message, field: ['input', 'id'] }],
    });
    expect(await preview(followed.projectDocId)).toEqual(
      refused('INVALID', 'There is no branch "nowhere" in the repository.'),
    );
    host.respondWith('reset');
    expect(await preview(followed.projectDocId)).toEqual(
      refused('UNAVAILABLE', 'The connection to the git host failed.'),
    );
  });

  it('is made for four callers at once, and others are told to come again', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    host.respondWith('hang');
    const answers = await Promise.all(Array.from({ length: 5 }, () => preview(followed.projectDocId)));
    expect(answers.map(({ userErrors }) => userErrors[0].message).sort()).toEqual([
      'Other previews are being made. Try again in a moment.',
      ...Array.from({ length: 4 }, () => 'The git host took too long to answer.'),
    ]);
    host.respondWith(null);
    expect((await preview(followed.projectDocId)).preview).toMatchObject({ chunksToEmbed: 1 });
  });

  it('is given up when the service stops, which waits for the end of its git', async () => {
    const other = await startTestApp({ env: { GIT_HOSTS: host.hostEntry } });
    const followed = await followRepository(other, host, { 'a.md': '# A\n' });
    const { git } = other.app.services;
    const { openRemote } = git;
    const events: string[] = [];
    const watched: typeof openRemote = (...args) =>
      openRemote(...args).finally(() => void events.push('git has ended'));
    Object.assign(git, { openRemote: watched });
    host.respondWith('hang', 'transfer');
    host.requests.length = 0;
    const answer = other
      .mutate('previewSync', 'preview { commitSha }', { id: followed.projectDocId })
      .catch(() => null);
    while (!host.requests.some(({ method }) => method === 'POST')) await pause(10);
    await other.stop();
    events.push('the service has stopped');
    expect(events).toEqual(['git has ended', 'the service has stopped']);
    expect(await answer).toBeNull();
  });

  it.each(['0190c0de-0000-7000-8000-000000000000', 'nonsense'])('answers NOT_FOUND for %j', async (id) => {
    expect(await preview(id)).toMatchObject({ preview: null, userErrors: [{ code: 'NOT_FOUND' }] });
  });
});
