import { createWorkerThread } from '../worker-thread.js';
import { type CutFile, cutFile } from './cut-file.js';

/** Cuts files where it holds up nobody: one after the other, in a thread of its own. */
export interface Cutter {
  /** @throws ThreadFault for a file that cannot be cut in 30 s, or in 1 GB; what the code of cutting itself threw */
  cut(filePath: string, bytes: Buffer): Promise<CutFile | { skipReason: string }>;
  stop(): Promise<void>;
}

export interface CutTask {
  filePath: string;
  bytes: Uint8Array;
}

const TIME_LIMIT_MS = 30_000;
/** The worst files of 1 MiB that we know take half a gigabyte. */
const MEMORY_LIMITS = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 };

export function createCutter({ timeLimitMs = TIME_LIMIT_MS } = {}): Cutter {
  const thread = createWorkerThread({
    program: new URL('./cut-worker.js', import.meta.url),
    work: cutTask,
    faultMessage: 'The file could not be cut into passages: it took too long or too much memory.',
    timeLimitMs,
    memoryLimits: MEMORY_LIMITS,
  });
  return {
    cut: (filePath, bytes) => thread.run({ filePath, bytes }),
    stop: () => thread.stop(),
  };
}

export function cutTask({ filePath, bytes }: CutTask): CutFile | { skipReason: string } {
  return cutFile(filePath, Buffer.from(bytes));
}
