import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort, type ResourceLimits, Worker } from 'node:worker_threads';

/** Work that holds up nobody: one task after the other, in a thread of its own. */
export interface WorkerThread<Task, Result> {
  /** @throws ThreadFault for a task that takes too long or too much memory; what the work itself threw */
  run(task: Task): Promise<Result>;
  stop(): Promise<void>;
}

/** One task is to blame, and no other is touched. */
export class ThreadFault extends Error {}

export interface WorkerThreadOptions<Task, Result> {
  /** A module that calls `serveThread`. Where the sources run uncompiled, `work` is done in the caller's thread. */
  program: URL;
  work(task: Task): Result;
  /** What a task fails with that takes too long or too much memory, for people. */
  faultMessage: string;
  /** For one task, in milliseconds. */
  timeLimitMs: number;
  memoryLimits: ResourceLimits;
}

interface Waiting<Task, Result> {
  task: Task;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export function createWorkerThread<Task, Result>({
  program,
  work,
  faultMessage,
  timeLimitMs,
  memoryLimits,
}: WorkerThreadOptions<Task, Result>): WorkerThread<Task, Result> {
  if (!existsSync(fileURLToPath(program))) return { run: async (task) => work(task), stop: async () => {} };

  /** In the order in which the thread has them: the first is the one that it works on. */
  let waiting: Waiting<Task, Result>[] = [];
  let worker: Worker | null = null;
  /** Whether it has loaded its program: that takes its time, and no task is to blame. */
  let isReady = false;
  let timer: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(program, { resourceLimits: memoryLimits });
    isReady = false;
    started.once('message', () => {
      isReady = true;
      started.on('message', receive);
      watch();
    });
    // Out of memory, or stopped for taking too long: the others go to a new thread.
    started.on('error', () => {});
    started.on('exit', () => {
      if (worker !== started) return;
      worker = null;
      waiting.shift()?.reject(new ThreadFault(faultMessage));
      const left = waiting;
      waiting = [];
      left.forEach(send);
    });
    return started;
  }

  function receive(answer: { result: Result } | { error: unknown }): void {
    const { resolve, reject } = waiting.shift()!;
    watch();
    if ('error' in answer) reject(answer.error);
    else resolve(answer.result);
  }

  function send(one: Waiting<Task, Result>): void {
    worker ??= start();
    waiting.push(one);
    worker.postMessage(one.task);
    if (waiting.length === 1) watch();
  }

  function watch(): void {
    clearTimeout(timer);
    const current = worker;
    // A thread that has nothing to do does not keep the process alive.
    if (waiting.length === 0) return void current?.unref();
    current?.ref();
    if (!isReady) return;
    const due = performance.now() + timeLimitMs;
    timer = setTimeout(() => {
      // So late, the whole process stood still, and the task with it.
      if (performance.now() > due + timeLimitMs / 10) watch();
      else void current?.terminate();
    }, timeLimitMs);
  }

  return {
    run: (task) => new Promise((resolve, reject) => send({ task, resolve, reject })),
    async stop() {
      const last = worker;
      worker = null;
      clearTimeout(timer);
      for (const { reject } of waiting.splice(0)) reject(new Error('The service is stopping'));
      await last?.terminate();
    },
  };
}

/** The other half: called once by the program of a thread. */
export function serveThread<Task, Result>(work: (task: Task) => Result): void {
  parentPort!.on('message', (task: Task) => {
    try {
      parentPort!.postMessage({ result: work(task) });
    } catch (error) {
      parentPort!.postMessage({ error });
    }
  });
  // Ready.
  parentPort!.postMessage(null);
}
