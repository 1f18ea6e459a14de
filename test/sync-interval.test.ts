import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import type { HeadAnswer, Heads } from '../src/platform/git/heads.js';
import { Document } from '../src/document/document.entity.js';
import { FailureCode } from '../src/platform/errors.js';
import { createLogger } from '../src/platform/logger.js';
import { CUT_VERSION } from '../src/platform/passages/cut-file.js';
import { pollDue } from '../src/project-doc/poll-heads.js';
import { ProjectDoc, SourceKind, SyncStatus } from '../src/project-doc/project-doc.entity.js';
import { SyncRun } from '../src/project-doc/sync-run.entity.js';
import { buildProject, buildProjectDoc } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { type Followed, followRepository, startSync, sync, untilRun } from './support/sync-bench.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';
import { until } from './support/until.js';

let host: GitHost;
let other: GitHost;
let app: TestApp;
beforeAll(async () => {
  [host, other] = await Promise.all([startGitHost(), startGitHost()]);
  app = await startTestApp({ env: { GIT_HOSTS: `${host.hostEntry},${other.hostEntry}` } });
});
afterEach(() => {
  for (const each of [host, other]) each.respondWith(null);
});
afterAll(async () => {
  await app.stop();
  await Promise.all([host.stop(), other.stop()]);
});

const FILES = { 'a.md': '# A\n\nText.\n' };
const HOUR = 3_600_000;
const ended = ({ finishedAt }: Values): boolean => finishedAt !== null;
const fork = (of = app) => of.app.services.database.fork();
const docOf = (id: string) => fork().findOneOrFail(ProjectDoc, id);
/** Oldest first. */
const runsOf = ({ projectDocId }: Pick<Followed, 'projectDocId'>, of = app) =>
  fork(of).find(SyncRun, { projectDocId }, { orderBy: { id: 'asc' } });

/** One sweep as a process with SYNC_INTERVAL=1h makes it, and what it logs. This app makes none by itself. */
async function sweep({ heads }: { heads: Heads } = app.app.services): Promise<Values[]> {
  const lines: string[] = [];
  const { services } = app.app;
  const config = { ...services.config, syncIntervalMs: HOUR };
  await pollDue({ ...services, config, heads }, createLogger('info', { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line));
}

/** Heads that keep what they are asked; all the same where `answer` is given. */
function countReads(answer?: HeadAnswer): { heads: Heads; urls: string[] } {
  const { heads } = app.app.services;
  const urls: string[] = [];
  const read: Heads['read'] = async (at, since) => {
    urls.push(at.url);
    return answer ?? heads.read(at, since);
  };
  return { heads: { ...heads, read }, urls };
}

/** As if its head had been looked at that long ago. */
const polled = ({ projectDocId: id }: Pick<Followed, 'projectDocId'>, msAgo: number) =>
  fork().nativeUpdate(ProjectDoc, { id }, { polledAt: new Date(Date.now() - msAgo) });

async function followSynced(on = host, where = {}): Promise<Followed> {
  const followed = await followRepository(app, on, FILES, where);
  await sync(app, followed);
  await polled(followed, HOUR + 1_000);
  return followed;
}

describe('a sweep', () => {
  it('starts a run where the head has moved', async () => {
    const followed = await followSynced();
    const commitSha = await followed.repository.commit({ 'b.md': '# B\n' });
    expect(await sweep()).toEqual([]);
    const runs = await runsOf(followed);
    expect(runs).toHaveLength(2);
    expect(await untilRun(app, runs[1]!.id, ended)).toMatchObject({ status: 'SUCCEEDED', commitSha });
  });

  it('starts a run where a document was cut by an older version, though the head has not moved', async () => {
    const followed = await followSynced();
    await fork().nativeUpdate(Document, { projectDocId: followed.projectDocId }, { cutVersion: CUT_VERSION - 1 });
    await sweep();
    const runs = await runsOf(followed);
    expect(runs).toHaveLength(2);
    expect(await untilRun(app, runs[1]!.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 1 });
    await polled(followed, HOUR + 1_000);
    await sweep();
    expect(await runsOf(followed)).toHaveLength(2);
  });

  it('starts none where nothing is new, and looks again after the interval', async () => {
    const followed = await followSynced();
    host.requests.length = 0;
    await sweep();
    expect(await runsOf(followed)).toHaveLength(1);
    const asked = host.requests.length;
    expect(asked).toBeGreaterThan(0);
    await sweep();
    expect(host.requests).toHaveLength(asked);
    await polled(followed, HOUR + 1_000);
    await followed.repository.commit({ 'b.md': '# B\n' });
    await sweep();
    expect(await runsOf(followed)).toHaveLength(2);
  });

  it('looks at what was never looked at an interval after it was made', async () => {
    const followed = await followSynced();
    await followed.repository.commit({ 'b.md': '# B\n' });
    const made = (msAgo: number) =>
      fork().nativeUpdate(
        ProjectDoc,
        { id: followed.projectDocId },
        { polledAt: null, createdAt: new Date(Date.now() - msAgo) },
      );
    await made(HOUR - 60_000);
    await sweep();
    expect(await runsOf(followed)).toHaveLength(1);
    await made(HOUR + 1_000);
    await sweep();
    expect(await runsOf(followed)).toHaveLength(2);
  });

  it('follows the branch', async () => {
    const followed = await followRepository(app, host, FILES, { branch: 'next' });
    await followed.repository.commit({ 'b.md': '# B\n' }, { branch: 'next' });
    await sync(app, followed);
    await polled(followed, HOUR + 1_000);
    await followed.repository.commit({ 'c.md': '# C\n' });
    await sweep();
    expect(await runsOf(followed)).toHaveLength(1);
  });

  it('starts a run where the last one did not succeed, though the head is the same', async () => {
    const followed = await followSynced();
    host.respondWith(500);
    await sync(app, followed);
    host.respondWith(null);
    await sweep();
    const runs = await runsOf(followed);
    expect(runs.map(({ status }) => status).slice(0, 2)).toEqual(['SUCCEEDED', 'FAILED']);
    expect(await untilRun(app, runs[2]!.id, ended)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it.each([
    ['was larger than a sync may fetch', FailureCode.LIMIT_EXCEEDED],
    ['ended its process each time', FailureCode.INTERRUPTED],
  ])('starts no run within a day of one that %s, while a manual sync does', async (_, code) => {
    const followed = await followSynced();
    await followed.repository.commit({ 'b.md': '# B\n' });
    const [first] = await runsOf(followed);
    const error = { code, message: 'It costs too much.', retryable: false };
    const failed = (runId: string, msAgo: number) =>
      fork().nativeUpdate(SyncRun, runId, { status: 'FAILED', error, finishedAt: new Date(Date.now() - msAgo) });
    await failed(first!.id, 23 * HOUR);
    await sweep();
    expect(await runsOf(followed)).toHaveLength(1);
    await failed(first!.id, 25 * HOUR);
    await polled(followed, HOUR + 1_000);
    await sweep();
    const [, second] = await runsOf(followed);
    expect(await untilRun(app, second!.id, ended)).toMatchObject({ status: 'SUCCEEDED' });
    await failed(second!.id, 0);
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('adds nothing to a run that is going and has not fetched', async () => {
    const followed = await followSynced();
    await followed.repository.commit({ 'b.md': '# B\n' });
    host.respondWith('hang');
    const { id } = await startSync(app, followed.projectDocId);
    await untilRun(app, id, ({ status }) => status === 'RUNNING');
    host.respondWith(null);
    await sweep();
    expect(await docOf(followed.projectDocId)).toMatchObject({ syncAgain: false });
    await app.mutate('cancelSyncRun', 'syncRun { id }', { id });
    expect(await runsOf(followed)).toHaveLength(2);
  });

  it('has a run after the one that is going where that one has another commit', async () => {
    const followed = await followSynced();
    await followed.repository.commit({ 'b.md': '# B\n' });
    host.respondWith('hang');
    const { id } = await startSync(app, followed.projectDocId);
    await untilRun(app, id, ({ status }) => status === 'RUNNING');
    await fork().nativeUpdate(SyncRun, { id }, { commitSha: '1'.repeat(40) });
    host.respondWith(null);
    await sweep();
    expect(await docOf(followed.projectDocId)).toMatchObject({ syncAgain: true });
    await app.mutate('cancelSyncRun', 'syncRun { id }', { id });
    expect(await runsOf(followed)).toHaveLength(3);
  });

  it('leaves out what was never synced, and what is no repository', async () => {
    const { id: projectId } = await buildProject(app);
    const values = { projectId, githubUrl: host.url('owner/never'), createdAt: new Date(0) };
    const never = await buildProjectDoc(app, values);
    const synced = { syncStatus: SyncStatus.SYNCED, sourceKind: SourceKind.CHECKOUT };
    const checkout = await buildProjectDoc(app, { ...values, ...synced });
    host.requests.length = 0;
    await sweep();
    expect(host.requests).toEqual([]);
    for (const { id } of [never, checkout]) expect(await docOf(id)).toMatchObject({ polledAt: null });
  });

  it.each([500, 404, 'reset'] as const)('is not stopped by a host that fails (%s), and says so', async (what) => {
    const [failing, fine] = [await followSynced(other), await followSynced()];
    await polled(failing, HOUR * 2);
    await fine.repository.commit({ 'b.md': '# B\n' });
    other.respondWith(what);
    const logged = await sweep();
    expect(logged).toMatchObject([
      { msg: 'a head could not be read', url: other.url(failing.name), projectDocIds: [failing.projectDocId] },
    ]);
    expect(await runsOf(failing)).toHaveLength(1);
    expect(await runsOf(fine)).toHaveLength(2);
  });

  it('asks once for ProjectDocs of one branch', async () => {
    const first = await followSynced();
    const input = { projectId: first.projectId, name: 'Another', githubUrl: host.url(first.name) };
    const { projectDoc } = await app.mutate('createProjectDoc', 'projectDoc { id }', input);
    const second = { ...first, projectDocId: projectDoc.id };
    await sync(app, second);
    await polled(second, HOUR + 1_000);
    await first.repository.commit({ 'b.md': '# B\n' });
    const asked = countReads();
    await sweep(asked);
    expect(asked.urls).toEqual([host.url(first.name)]);
    expect(await Promise.all([first, second].map(async (each) => (await runsOf(each)).length))).toEqual([2, 2]);
  });

  it('shares the work with others at the same time', async () => {
    const { id: projectId } = await buildProject(app);
    const asked = countReads({ askedAt: 0, commitSha: '2'.repeat(40), failure: null });
    const urls = Array.from({ length: 60 }, (_, index) => host.url(`work/${index}`));
    for (const githubUrl of urls)
      await buildProjectDoc(app, {
        projectId,
        githubUrl,
        syncStatus: SyncStatus.SYNCED,
        lastGithubCommitSha: '1'.repeat(40),
        polledAt: new Date(0),
      });
    await Promise.all(Array.from({ length: 4 }, () => sweep(asked)));
    expect(asked.urls.toSorted()).toEqual(urls.toSorted());
    await app.mutate('deleteProject', 'deletedId', { id: projectId });
  });
});

describe('SYNC_INTERVAL', () => {
  it('makes the service sweep by itself', async () => {
    const first = await startTestApp({ env: { GIT_HOSTS: host.hostEntry, SYNC_INTERVAL: '1m' } });
    try {
      const followed = await followRepository(first, host, FILES);
      await sync(first, followed);
      const commitSha = await followed.repository.commit({ 'b.md': '# B\n' });
      await fork(first).nativeUpdate(ProjectDoc, { id: followed.projectDocId }, { polledAt: new Date(0) });
      const runs = await until(
        () => runsOf(followed, first),
        ([, second]) => Boolean(second?.finishedAt),
      );
      expect(runs).toMatchObject([{}, { status: 'SUCCEEDED', commitSha }]);
    } finally {
      await first.stop();
    }
  });
});
