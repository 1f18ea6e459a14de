import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { FailureCode } from '../src/platform/errors.js';
import { createLogger } from '../src/platform/logger.js';
import { SyncRun, SyncRunStatus } from '../src/project-doc/sync-run.entity.js';
import { jobOf } from '../src/project-doc/sync-run.service.js';
import { runSync } from '../src/project-doc/sync/run-sync.job.js';
import { takeUpLostRuns } from '../src/project-doc/take-up-lost-runs.js';
import { setClockOff } from './support/clock.js';
import { buildSyncRun } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { describeOnServer } from './support/kind-of-database.js';
import { documentsOf, followRepository, startSync, sync, untilRun } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome, type Values } from './support/test-app.js';

let host: GitHost;
let home: TestHome;
let app: TestApp;
const start = () => startTestApp({ env: { GIT_HOSTS: host.hostEntry }, home });
beforeAll(async () => void (host = await startGitHost()));
afterAll(() => host.stop());

const FILES = { 'a.md': '# A\n\nText.\n' };
const runsOf = async (id: string): Promise<Values[]> => {
  const fields = 'id status finishedAt error { code message retryable }';
  const { projectDoc } = await app.query(
    `query($id: ID!) { projectDoc(id: $id) { syncRuns { nodes { ${fields} } } } }`,
    { id },
  );
  return projectDoc.syncRuns.nodes;
};
const ended = ({ finishedAt }: Values): boolean => finishedAt !== null;
const HOUR = 3_600_000;
const longAgo = new Date(Date.now() - HOUR);
/** The embedded database has no clock of its own. */

describe('a run that is going when the service stops', () => {
  beforeEach(async () => {
    home = await createTestHome();
    app = await start();
  });
  afterEach(async () => {
    await app.stop();
    await home.remove();
  });

  it('ends INTERRUPTED, and the next process finishes another one', async () => {
    const followed = await followRepository(app, host, FILES);
    host.respondWith('hang');
    const { id } = await startSync(app, followed.projectDocId);
    await untilRun(app, id, ({ status }) => status === 'RUNNING');
    await app.stop();
    host.respondWith(null);
    app = await start();
    const [next, interrupted] = await runsOf(followed.projectDocId);
    expect(interrupted).toEqual({
      id,
      status: 'INTERRUPTED',
      finishedAt: expect.any(String),
      error: {
        code: 'INTERRUPTED',
        message: 'The process that ran this sync ended, or lost its database. A new run takes it up.',
        retryable: true,
      },
    });
    expect(await untilRun(app, next!.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    expect(await runsOf(followed.projectDocId)).toHaveLength(2);
  });

  it('keeps what is stored, and what was synced stays unchanged', async () => {
    const followed = await followRepository(app, host, FILES);
    await sync(app, followed);
    const before = await documentsOf(app, followed.projectDocId, 'content chunks { nodes { id } }');
    await app.stop();
    app = await start();
    expect(await documentsOf(app, followed.projectDocId, 'content chunks { nodes { id } }')).toEqual(before);
    expect(await sync(app, followed)).toMatchObject({ filesUnchanged: 1, chunksEmbedded: 0 });
  });
});

describe('a service that finds what others left', () => {
  beforeAll(async () => void (app = await startTestApp({ env: { GIT_HOSTS: host.hostEntry } })));
  afterAll(() => app.stop());

  describe('a run whose process died', () => {
    it('is taken up by another run once it has shown no life for long', async () => {
      const followed = await followRepository(app, host, FILES);
      const { id } = await buildSyncRun(app, {
        projectDocId: followed.projectDocId,
        status: SyncRunStatus.RUNNING,
        finishedAt: null,
        heartbeatAt: longAgo,
      });
      await takeUpLostRuns(app.app.services);
      const [next, lost] = await runsOf(followed.projectDocId);
      expect(lost).toMatchObject({ id, status: 'INTERRUPTED' });
      expect(await untilRun(app, next!.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    });

    /** Runs that lost their process one after the other, the last of them not found yet. */
    async function buildDeaths(projectDocId: string, count: number, filesAddedByTheSecond = 0): Promise<void> {
      const error = { code: FailureCode.INTERRUPTED, message: 'The process ended.', retryable: true };
      for (let death = 1; death <= count; death += 1) {
        await buildSyncRun(app, {
          projectDocId,
          ...(death === count
            ? { status: SyncRunStatus.RUNNING, finishedAt: null, heartbeatAt: longAgo }
            : { status: SyncRunStatus.INTERRUPTED, error }),
          filesUnchanged: 1,
          filesAdded: death === 2 ? filesAddedByTheSecond : 0,
          createdAt: new Date(longAgo.getTime() + death),
        });
      }
    }

    it('is given up as the fifth in a row that died without having done anything, until somebody syncs again', async () => {
      const followed = await followRepository(app, host, FILES);
      await buildDeaths(followed.projectDocId, 5);
      await takeUpLostRuns(app.app.services);
      const runs = await runsOf(followed.projectDocId);
      expect(runs).toHaveLength(5);
      expect(runs[0]).toMatchObject({
        status: 'FAILED',
        error: {
          code: 'INTERRUPTED',
          message: expect.stringMatching(/^The process ended 5 times in a row while it ran this sync/),
          retryable: false,
        },
      });
      expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    });

    it('is given up at once when it dies again after that', async () => {
      const followed = await followRepository(app, host, FILES);
      await buildDeaths(followed.projectDocId, 5);
      await takeUpLostRuns(app.app.services);
      const again = { status: SyncRunStatus.RUNNING, finishedAt: null, heartbeatAt: longAgo };
      await buildSyncRun(app, { projectDocId: followed.projectDocId, ...again });
      await takeUpLostRuns(app.app.services);
      expect(await runsOf(followed.projectDocId)).toMatchObject([
        { status: 'FAILED' },
        { status: 'FAILED' },
        {},
        {},
        {},
        {},
      ]);
    });

    it.each([
      ['it is the fourth', 4, 0],
      ['one of them stored something', 5, 1],
    ])('is taken up again when %s', async (_, count, filesAdded) => {
      const followed = await followRepository(app, host, FILES);
      await buildDeaths(followed.projectDocId, count, filesAdded);
      await takeUpLostRuns(app.app.services);
      const [next, lost] = await runsOf(followed.projectDocId);
      expect(lost).toMatchObject({ status: 'INTERRUPTED', error: { retryable: true } });
      expect(await untilRun(app, next!.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    });

    it('is left alone while it shows life', async () => {
      const followed = await followRepository(app, host, FILES);
      const { id } = await buildSyncRun(app, {
        projectDocId: followed.projectDocId,
        status: SyncRunStatus.RUNNING,
        finishedAt: null,
        heartbeatAt: new Date(),
      });
      await takeUpLostRuns(app.app.services);
      expect(await runsOf(followed.projectDocId)).toMatchObject([{ id, status: 'RUNNING' }]);
    });

    it('is done when it was queued and its job is gone', async () => {
      const followed = await followRepository(app, host, FILES);
      const { id } = await buildSyncRun(app, {
        projectDocId: followed.projectDocId,
        status: SyncRunStatus.QUEUED,
        startedAt: null,
        finishedAt: null,
        createdAt: longAgo,
      });
      await takeUpLostRuns(app.app.services);
      expect(await untilRun(app, id, ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
      expect(await runsOf(followed.projectDocId)).toHaveLength(1);
    });
  });

  describe('a run whose database fails it once', () => {
    // Runs that others left may be taken up meanwhile: the fault is not theirs.
    const own = new AsyncLocalStorage<true>();

    /** Does a run; `code`: what the database says once, when it is asked which passages lack a vector. */
    async function runAgainst(code: string) {
      const followed = await followRepository(app, host, FILES);
      const { projectDocId } = followed;
      const waiting = { status: SyncRunStatus.QUEUED, startedAt: null, finishedAt: null };
      const { id } = await buildSyncRun(app, { projectDocId, ...waiting });
      const { database } = app.app.services;
      database.onStatement = (statement) => {
        if (!own.getStore() || !statement.includes('as d(digest)')) return;
        database.onStatement = null;
        throw Object.assign(new Error('out of order'), { code });
      };
      await own.run(true, () => runSync(app.app.services, createLogger('silent'), id, new AbortController().signal));
      return { id, projectDocId };
    }

    it.each([
      ['by a connection that is lost', '57P01'],
      ['by having none left', '53300'],
      ['by taking no writes', '25006'],
    ])('%s has not failed: another one takes it up', async (_, code) => {
      const { id, projectDocId } = await runAgainst(code);
      expect(await runsOf(projectDocId)).toMatchObject([{ id, status: 'RUNNING' }]);
      await app.app.services.database.fork().nativeUpdate(SyncRun, id, { heartbeatAt: longAgo });
      await takeUpLostRuns(app.app.services);
      const [next, lost] = await runsOf(projectDocId);
      expect(lost).toMatchObject({ id, status: 'INTERRUPTED' });
      expect(await untilRun(app, next!.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    });

    it.each([
      ['a full disk', '53100', 'INTERNAL', /^The disk of the service's database is full/],
      ['a statement that takes too long', '57014', 'TIMEOUT', /^The service's database took too long/],
    ])('by %s is FAILED: the next one would fail as well', async (_, sqlState, code, message) => {
      const { id, projectDocId } = await runAgainst(sqlState);
      expect(await runsOf(projectDocId)).toMatchObject([
        { id, status: 'FAILED', error: { code, message: expect.stringMatching(message), retryable: true } },
      ]);
    });
  });

  describeOnServer('a run of a process with a slow clock', () => {
    afterEach(() => {
      setClockOff(0);
      host.respondWith(null);
    });

    it('is not taken for dead by one with a fast clock', async () => {
      const followed = await followRepository(app, host, FILES);
      host.respondWith('hang');
      setClockOff(-HOUR);
      const { id } = await startSync(app, followed.projectDocId);
      await untilRun(app, id, ({ status }) => status === 'RUNNING');
      setClockOff(HOUR);
      await takeUpLostRuns(app.app.services);
      setClockOff(0);
      expect(await runsOf(followed.projectDocId)).toMatchObject([{ id, status: 'RUNNING' }]);
      await app.mutate('cancelSyncRun', 'syncRun { id }', { id });
    });
  });

  describe('many runs that wait for their turn', () => {
    it('are given the jobs that they may lack with one statement', async () => {
      const followed = await Promise.all([1, 2, 3].map(() => followRepository(app, host, FILES)));
      const waiting = { status: SyncRunStatus.QUEUED, startedAt: null, finishedAt: null, createdAt: longAgo };
      const runs = await Promise.all(
        followed.map(({ projectDocId }) => buildSyncRun(app, { projectDocId, ...waiting })),
      );
      const { database, jobs } = app.app.services;
      const sent: string[][] = [];
      const sendAll: typeof jobs.sendAll = async (all) => {
        sent.push(all.map(({ key }) => key));
        await jobs.sendAll(all);
      };
      await takeUpLostRuns({ database, topics: app.app.services.topics, jobs: { ...jobs, sendAll } });
      expect(sent).toEqual([expect.arrayContaining(runs.map(({ id }) => id))]);
      for (const { id } of runs) expect(await untilRun(app, id, ended)).toMatchObject({ status: 'SUCCEEDED' });
    });
  });

  describe('a job whose run is gone', () => {
    it('does no harm', async () => {
      const followed = await followRepository(app, host, FILES);
      const { database, jobs } = app.app.services;
      await jobs.send(database.fork(), jobOf({ id: '0190c0de-0000-7000-8000-000000000000' }));
      const { id } = await sync(app, followed);
      await jobs.send(database.fork(), jobOf({ id }));
      expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await runsOf(followed.projectDocId)).toHaveLength(2);
      expect(
        await database.fork().count(SyncRun, { projectDocId: followed.projectDocId, status: SyncRunStatus.RUNNING }),
      ).toBe(0);
    });
  });
});
