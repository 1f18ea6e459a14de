import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { type CutFile, cutFile } from './cut-file.js';

/** Cuts files where it holds up nobody: one after the other, in a thread of its own. */
export interface Cutter {
  /** @throws CutFault for a file that cannot be cut in 30 s, or in 1 GB; what the code of cutting itself threw */
  cut(filePath: string, bytes: Buffer): Promise<CutFile | { skipReason: string }>;
  stop(): Promise<void>;
}

/** One file is to blame, and no other is touched. */
export class CutFault extends Error {}

const TIME_LIMIT_MS = 30_000;
/** The worst files of 1 MiB that we know take half a gigabyte. */
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 };

interface Task {
  filePath: string;
  bytes: Buffer;
  resolve(result: CutFile | { skipReason: string }): void;
  reject(error: unknown): void;
}

/** Where there is no compiled worker, as when the sources are run as they are, files are cut in the caller's thread. */
export function createCutter({ timeLimitMs = TIME_LIMIT_MS } = {}): Cutter {
  const program = new URL('./cut-worker.js', import.meta.url);
  if (!existsSync(fileURLToPath(program)))
    return { cut: async (filePath, bytes) => cutFile(filePath, bytes), stop: async () => {} };

  /** In the order in which the thread has them: the first is the one that it works on. */
  let tasks: Task[] = [];
  let worker: Worker | null = null;
  /** Whether it has loaded its program: that takes its time, and no file is to blame. */
  let isReady = false;
  let timer: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(program, { resourceLimits: MEMORY_LIMITS });
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
      tasks
        .shift()
        ?.reject(new CutFault('The file could not be cut into passages: it took too long or too much memory.'));
      const left = tasks;
      tasks = [];
      left.forEach(send);
    });
    return started;
  }

  function receive(answer: { result: CutFile } | { error: unknown }): void {
    const task = tasks.shift()!;
    watch();
    if ('error' in answer) task.reject(answer.error);
    else task.resolve(answer.result);
  }

  function send(task: Task): void {
    worker ??= start();
    tasks.push(task);
    worker.postMessage({ filePath: task.filePath, bytes: task.bytes });
    if (tasks.length === 1) watch();
  }

  function watch(): void {
    clearTimeout(timer);
    const current = worker;
    // A thread that has nothing to do does not keep the process alive.
    if (tasks.length === 0) return void current?.unref();
    current?.ref();
    if (!isReady) return;
    timer = setTimeout(() => void current?.terminate(), timeLimitMs);
  }

  return {
    cut: (filePath, bytes) => new Promise((resolve, reject) => send({ filePath, bytes, resolve, reject })),
    async stop() {
      const last = worker;
      worker = null;
      clearTimeout(timer);
      for (const task of tasks.splice(0)) task.reject(new Error('The service is stopping'));
      await last?.terminate();
    },
  };
}
