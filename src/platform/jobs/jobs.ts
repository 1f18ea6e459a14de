import { setTimeout as pause } from 'node:timers/promises';

import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { fromKysely, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Logger } from 'pino';

import type { Database } from '../database/database.js';

export interface JobOptions<Data extends object = object> {
  /** How many of this queue run at once in this process; 0: they are left to other processes. */
  concurrency: number;
  /** Whether a job is left to other processes. Default: none is. */
  isForOthers?(data: Data): Promise<boolean>;
}

export interface Job {
  readonly queue: string;
  /** A job is not queued while another one with this key waits. */
  readonly key: string;
  readonly data: object;
}

export interface Jobs {
  /** Says how a queue's jobs are done; before `start`. `signal` aborts when the process stops. */
  handle<Data extends object>(
    queue: string,
    options: JobOptions<Data>,
    work: (data: Data, signal: AbortSignal) => Promise<void>,
  ): void;
  /**
   * Queues a job in the transaction of `em`: it exists if, and only if, what it is about does.
   * @param afterMs nobody takes it before; default: 0
   */
  send(em: SqlEntityManager, job: Job, afterMs?: number): Promise<void>;
  /** Queues jobs for what may have lost its own, by one statement a queue; those that still wait stay as they are. */
  sendAll(jobs: readonly Job[]): Promise<void>;
  /** What a waiting job is about is done: nobody has to take it any more. */
  drop(queue: string, key: string): Promise<void>;
  /** A job that waits for its time waits no more: it begins anew, as what it is given here. Not in a transaction. */
  bringForward(job: Job): Promise<void>;
  /** After the commit: this process looks now instead of at its next poll. */
  wake(queue: string): void;
  start(): Promise<void>;
  /** Takes no more jobs, aborts the running ones and waits for them. Others can still be queued. */
  rest(): Promise<void>;
  /** Rests, and ends. */
  stop(): Promise<void>;
}

/** A job may take long, as a first sync of a large repository does. Its death shows in the record that it works on. */
const SENT = { retryLimit: 0, expireInSeconds: 12 * 3600 };
const POLL_SECONDS = 2;
/** After leaving a job to other processes this one takes none for so long that each of them has looked once. */
const LEAVE_MS = 2 * POLL_SECONDS * 1_000;

type Work = (data: object, signal: AbortSignal) => Promise<void>;

interface Handler {
  queue: string;
  options: JobOptions;
  work: Work;
}

/** Background work: pg-boss in the same database, so that jobs commit with what they are about. */
export function createJobs(database: Database, logger: Logger): Jobs {
  const boss = new PgBoss({
    db: database.forJobs,
    backend: database.embedded ? 'pglite' : 'postgres',
    schema: 'jobs',
    schedule: false,
    reindex: false,
    monitorVacuum: false,
  });
  // Some of its errors are plain objects with an error's properties.
  boss.on('error', (error) => {
    const err = error instanceof Error ? error : Object.assign(new Error(), error);
    if (!database.outages.tells(err)) logger.error({ err }, 'job queue');
  });
  const stopping = new AbortController();
  const handlers: Handler[] = [];
  const workers = new Map<string, string>();
  const running = new Set<Promise<void>>();

  function run(queue: string, work: () => Promise<void>): Promise<void> {
    const job = work().catch((error: unknown) => {
      if (error !== stopping.signal.reason && !database.outages.tells(error))
        logger.error({ err: error, queue }, 'job failed');
    });
    running.add(job);
    return job.finally(() => running.delete(job));
  }

  async function takeOrLeave(job: JobWithMetadata<object>, { isForOthers }: JobOptions, work: Work): Promise<void> {
    if (!(await isForOthers?.(job.data))) return work(job.data, stopping.signal);
    await boss.send(job.name, job.data, { ...SENT, singletonKey: job.singletonKey! });
    await pause(LEAVE_MS, undefined, { signal: stopping.signal }).catch(() => {});
  }

  async function rest(): Promise<void> {
    if (stopping.signal.aborted) return;
    // First, or this process would take what its jobs leave to the next one.
    await Promise.all(handlers.map(({ queue }) => boss.offWork(queue, { wait: false })));
    stopping.abort(new Error('The service is stopping'));
    await Promise.allSettled(running);
  }

  const jobs: Jobs = {
    handle: (queue, options, work) => void handlers.push({ queue, options, work } as unknown as Handler),
    async send(em, { queue, key, data }, afterMs = 0) {
      const options = { ...SENT, singletonKey: key, startAfter: Math.ceil(afterMs / 1000) };
      await boss.send(queue, data, { ...options, db: fromKysely(em.getKysely() as never) });
    },
    async sendAll(jobs) {
      for (const [queue, those] of Map.groupBy(jobs, (job) => job.queue))
        await boss.insert(
          queue,
          those.map(({ key, data }) => ({ ...SENT, singletonKey: key, data })),
        );
    },
    async drop(queue, key) {
      const waiting = await boss.findJobs(queue, { key, queued: true });
      if (waiting.length > 0)
        await boss.deleteJob(
          queue,
          waiting.map(({ id }) => id),
        );
    },
    async bringForward(job) {
      // Where the process dies in between, what the job is about is taken up as one that lost its job.
      await jobs.drop(job.queue, job.key);
      await jobs.sendAll([job]);
    },
    wake(queue) {
      const worker = workers.get(queue);
      if (worker) boss.notifyWorker(worker);
    },
    async start() {
      await database.alone(async () => {
        await boss.start();
        for (const { queue } of handlers) {
          await boss.createQueue(queue, { policy: 'short' });
          // It remembers the queue now. In the transaction of `send` it could not look: the embedded database would
          // wait for itself.
          await boss.findJobs(queue, { key: '' });
        }
      });
      for (const { queue, options, work } of handlers) {
        if (options.concurrency === 0) continue;
        const worker = await boss.work(
          queue,
          { localConcurrency: options.concurrency, pollingIntervalSeconds: POLL_SECONDS, includeMetadata: true },
          async ([job]) => run(queue, () => takeOrLeave(job as JobWithMetadata<object>, options, work)),
        );
        workers.set(queue, worker);
      }
    },
    rest,
    async stop() {
      await rest();
      await boss.stop({ graceful: true, close: false, timeout: 2_000 });
    },
  };
  return jobs;
}
