import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { FailureCode, FailureError } from '../src/platform/errors.js';
import type { SourceSnapshot } from '../src/platform/git/source.js';
import { createLogger } from '../src/platform/logger.js';
import { runSync } from '../src/project-doc/sync/run-sync.job.js';
import { buildSyncRun } from './support/factories.js';
import { startGitHost } from './support/git-host.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { documentsOf, followRepository, sync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';

let { host, app, stop } = {} as HostedApp;
let logged: string[] = [];
beforeAll(async () => void ({ host, app, stop } = await startHostedApp({}, (line) => logged.push(line))));
afterEach(() => host.respondWith(null));
afterAll(() => stop());

const FILES = { 'docs/a.md': '# A\n\nText.\n' };
const stateOf = async (id: string): Promise<Values> =>
  (await app.query('query($id: ID!) { projectDoc(id: $id) { syncStatus freshness } }', { id })).projectDoc;

const UNREACHABLE = { code: 'NETWORK', message: 'The connection to the git host failed.', retryable: true };

describe('a sync whose source is not there', () => {
  it.each([
    ['repository', {}, 'There is no git repository at this address.'],
    ['branch', { branch: 'nowhere' }, 'There is no branch "nowhere" in the repository.'],
    ['folder', { githubFolderPath: 'not/here' }, 'There is no folder "not/here" in the repository.'],
  ])('fails with SOURCE_NOT_FOUND for a missing %s', async (what, where, message) => {
    const followed = await followRepository(app, host, FILES, where);
    if (what === 'repository') {
      const githubUrl = host.url('owner/never-made');
      await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, githubUrl });
    }
    const run = await sync(app, followed);
    const error = { code: 'SOURCE_NOT_FOUND', message, retryable: false };
    expect(run).toMatchObject({ status: 'FAILED', error, commitSha: null, progress: 1, filesTotal: 0 });
    const state = { syncStatus: 'FAILED', freshness: 'SOURCE_UNAVAILABLE' };
    expect(await stateOf(followed.projectDocId)).toEqual(state);
  });

  it('fails with SOURCE_NOT_FOUND for a repository without a commit', async () => {
    const followed = await followRepository(app, host, FILES);
    await followed.repository.deleteBranch('main');
    expect(await sync(app, followed)).toMatchObject({
      status: 'FAILED',
      error: { code: 'SOURCE_NOT_FOUND', message: expect.stringMatching(/^The repository has no commits/) },
    });
  });

  it('finds it as soon as it is there', async () => {
    const followed = await followRepository(app, host, FILES, { branch: 'later' });
    await sync(app, followed);
    await followed.repository.commit({ 'docs/b.md': '# B\n' }, { branch: 'later' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 2 });
    expect(await stateOf(followed.projectDocId)).toEqual({ syncStatus: 'SYNCED', freshness: 'UP_TO_DATE' });
  });
});

describe('the first sync of a page whose branch has a slash in its name', () => {
  const stored = async (id: string): Promise<Values> =>
    (await app.query('query($id: ID!) { projectDoc(id: $id) { branch githubFolderPath freshness } }', { id }))
      .projectDoc;

  it.each([
    ['a folder', 'release/2.0', 'docs'],
    ['the whole branch', 'release/2.0/docs', null],
  ])('finds where it ends: the page of %s', async (_, branch, githubFolderPath) => {
    const followed = await followRepository(app, host, FILES, { branch: 'release', githubFolderPath: '2.0/docs' });
    await followed.repository.commit({ 'docs/b.md': '# B\n' }, { branch });
    const preview = await app.mutate('previewSync', 'preview { commitSha }', { id: followed.projectDocId });
    const commitSha = await followed.repository.head(branch);
    expect(preview).toMatchObject({ preview: { commitSha }, userErrors: [] });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 2, commitSha });
    const freshness = 'UP_TO_DATE';
    expect(await stored(followed.projectDocId)).toEqual({ branch, githubFolderPath, freshness });
  });

  it('does not look for the folder in a branch with a shorter name', async () => {
    const where = { branch: 'release/2.0', githubFolderPath: 'docs' };
    const followed = await followRepository(app, host, FILES, where);
    await followed.repository.commit({ '2.0/docs/b.md': '# B\n' }, { branch: 'release' });
    const message = 'There is no branch "release/2.0" in the repository.';
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error: { message } });
    expect(await stored(followed.projectDocId)).toMatchObject(where);
  });

  it('finds nothing where there is no such branch, and nothing else once it was synced', async () => {
    const where = { branch: 'release', githubFolderPath: 'docs' };
    const followed = await followRepository(app, host, FILES, where);
    const message = 'There is no branch "release" in the repository.';
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error: { message } });
    await followed.repository.commit({ 'docs/b.md': '# B\n' }, { branch: 'release' });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED' });
    await followed.repository.deleteBranch('release');
    await followed.repository.commit({ 'c.md': '# C\n' }, { branch: 'release/docs' });
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error: { message } });
    expect(await stored(followed.projectDocId)).toMatchObject(where);
  });
});

describe('a sync whose git host fails', () => {
  it.each([
    [
      'answers 401',
      401,
      'SOURCE_NOT_FOUND',
      expect.stringMatching(/^There is no public repository at this address\./),
      false,
    ],
    ['answers 403', 403, 'AUTH', 'The git host refused access to the repository.', false],
    ['answers 404', 404, 'SOURCE_NOT_FOUND', 'There is no git repository at this address.', false],
    ['answers 429', 429, 'RATE_LIMITED', 'The git host is limiting requests. Try again later.', true],
    ['answers 500', 500, 'NETWORK', 'The git host has a problem (HTTP status 500).', true],
    ['answers 504', 504, 'TIMEOUT', 'The git host took too long to answer.', true],
    ['cuts the connection', 'reset', UNREACHABLE.code, UNREACHABLE.message, true],
    ['does not answer', 'hang', 'TIMEOUT', 'The git host took too long to answer.', true],
  ] as const)('fails when it %s', async (_, what, code, message, retryable) => {
    const followed = await followRepository(app, host, FILES);
    host.respondWith(what);
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error: { code, message, retryable } });
    const state = { syncStatus: 'FAILED', freshness: 'SOURCE_UNAVAILABLE' };
    expect(await stateOf(followed.projectDocId)).toEqual(state);
  });

  it('is told to the operator once, in the words of the user', async () => {
    const followed = await followRepository(app, host, FILES);
    host.respondWith(403);
    logged = [];
    const run = await sync(app, followed);
    expect(logged.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40)).toEqual([
      {
        level: 40,
        time: expect.any(String),
        syncRunId: run.id,
        projectDocId: followed.projectDocId,
        code: 'AUTH',
        reason: run.error.message,
        msg: 'sync failed',
      },
    ]);
  });

  it.each([500, 'reset'] as const)('fails with NETWORK when the transfer breaks off (%s)', async (what) => {
    const followed = await followRepository(app, host, FILES);
    host.respondWith(what, 'transfer');
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error: UNREACHABLE });
  });

  it('keeps the documents of earlier syncs, and recovers', async () => {
    const followed = await followRepository(app, host, FILES);
    const { finishedAt } = await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId, 'content commitSha chunks { nodes { id } }');
    await followed.repository.commit({ 'docs/a.md': '# A\n\nOther.\n' });
    host.respondWith(500);
    await sync(app, followed);
    expect(await documentsOf(app, followed.projectDocId, 'content commitSha chunks { nodes { id } }')).toEqual(before);
    const { projectDoc } = await app.query('query($id: ID!) { projectDoc(id: $id) { lastSyncedAt } }', {
      id: followed.projectDocId,
    });
    expect(projectDoc.lastSyncedAt).toBe(finishedAt);
    host.respondWith(null);
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 1 });
    expect(await stateOf(followed.projectDocId)).toEqual({ syncStatus: 'SYNCED', freshness: 'UP_TO_DATE' });
  });
});

describe('a sync whose own disk is full', () => {
  it('says so, and who has to act', async () => {
    const followed = await followRepository(app, host, FILES);
    const { git } = app.app.services;
    const { openRemote } = git;
    const full = Object.assign(new Error('ENOSPC: no space left on device, mkdir'), { code: 'ENOSPC' });
    git.openRemote = () => Promise.reject(full);
    const run = await sync(app, followed).finally(() => (git.openRemote = openRemote));
    const message = 'The disk of the service is full. Whoever runs it has to make room there.';
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'INTERNAL', message, retryable: true } });
  });
});

describe('a sync whose source fails after the ProjectDoc was deleted', () => {
  it('ends without a word', async () => {
    const { projectDocId } = await followRepository(app, host, FILES);
    const { id } = await buildSyncRun(app, { projectDocId, status: 'QUEUED' });
    const { git, ...services } = app.app.services;
    const opening = Promise.withResolvers<void>();
    const opened = Promise.withResolvers<SourceSnapshot>();
    const openRemote = (): Promise<SourceSnapshot> => {
      opening.resolve();
      return opened.promise;
    };
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const running = runSync({ ...services, git: { ...git, openRemote } }, logger, id, new AbortController().signal);
    await opening.promise;
    await app.mutate('deleteProjectDoc', 'deletedId', { id: projectDocId });
    opened.reject(new FailureError(FailureCode.NETWORK, 'The connection to the git host failed.', true));
    await running;
    expect(lines).toEqual([]);
  });
});

describe('a sync whose git host redirects', () => {
  it('follows it to where the repository moved on the same host', async () => {
    const followed = await followRepository(app, host, FILES);
    host.redirect('/moved/here', host.url(followed.name));
    const githubUrl = host.url('moved/here');
    await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, githubUrl });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
  });

  it('does not follow it to a host that is not allowed', async () => {
    const other = await startGitHost();
    try {
      const followed = await followRepository(app, host, FILES);
      host.redirect(`/${followed.name}`, other.url('secret'));
      await other.createRepository('secret', FILES);
      expect(await sync(app, followed)).toMatchObject({
        status: 'FAILED',
        error: {
          code: 'SOURCE_NOT_FOUND',
          message: `The repository is at ${other.hostEntry}, which is not one of the allowed git hosts.`,
          retryable: false,
        },
      });
      expect(other.requests).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});
