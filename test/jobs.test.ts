import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';

import { query } from '../src/platform/database/query.js';
import { createJobs, type Job, type Jobs } from '../src/platform/jobs/jobs.js';
import { createLogger } from '../src/platform/logger.js';
import { startTestApp, type TestApp } from './support/test-app.js';

const QUEUE = 'of-a-test';
const HOUR = 3_600_000;

let app: TestApp;
let jobs: Jobs;
let logged: string[];
beforeAll(async () => void (app = await startTestApp()));
afterEach(() => jobs.stop());
afterAll(() => app.stop());

/** Jobs of another process, all of which are done by `work`. */
async function start(work: (data: object, signal: AbortSignal) => Promise<void>): Promise<void> {
  logged = [];
  jobs = createJobs(app.app.services.database, createLogger('warn', { write: (line) => void logged.push(line) }));
  jobs.handle(QUEUE, { concurrency: 1 }, work);
  await jobs.start();
}

const job = (key: string): Job => ({ queue: QUEUE, key, data: { key } });
const fork = () => app.app.services.database.fork();

describe('a job', () => {
  it('that a stop cuts off has not failed', async () => {
    const begun = Promise.withResolvers<void>();
    await start(async (_, signal) => {
      begun.resolve();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
    });
    await jobs.send(fork(), job('long'));
    jobs.wake(QUEUE);
    await begun.promise;
    await jobs.stop();
    expect(logged).toEqual([]);
  });

  it('that throws is told in the log', async () => {
    await start(() => Promise.reject(new Error('out of order')));
    await jobs.send(fork(), job('failing'));
    jobs.wake(QUEUE);
    while (logged.length === 0) await new Promise(setImmediate);
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { level: 50, queue: QUEUE, msg: 'job failed', err: { message: 'out of order' } },
    ]);
  });
});

describe('jobs for what may have lost its own', () => {
  it('are new where none waits; one that waits stays as it is', async () => {
    await start(async () => {});
    const keys = ['waiting', 'lost', 'lost too'];
    await jobs.send(fork(), job('waiting'), HOUR);
    const all = async () => {
      const rows = await query(fork())<{ key: string; isLater: boolean }>`
        select singleton_key as key, start_after > now() + interval '30 min' as "isLater" from jobs.job
        where name = ${QUEUE} and singleton_key in (${sql.join(keys)}) order by created_on, key desc`;
      return rows;
    };
    await jobs.rest();
    await jobs.sendAll(keys.map(job));
    expect(await all()).toEqual([
      { key: 'waiting', isLater: true },
      { key: 'lost too', isLater: false },
      { key: 'lost', isLater: false },
    ]);
  });
});
