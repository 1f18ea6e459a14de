import { createWorkerThread } from '../worker-thread.js';
import { hashTexts } from './builtin.js';
import { fitTermSpace, openTermSpace, type FittedSpace } from './term-space.js';

/** What the builtin embedders have done where it holds up nobody. */
export interface BuiltinThread {
  /**
   * @param space null: by hashing
   * @throws ThreadFault
   */
  embed(texts: readonly string[], space: FittedSpace | null): Promise<Float64Array[]>;
  /** @throws ThreadFault */
  fit(texts: readonly string[]): Promise<FittedSpace>;
  stop(): Promise<void>;
}

/** `space` undefined: to be fitted. */
export interface BuiltinTask {
  texts: readonly string[];
  space?: FittedSpace | null;
}

/** Far more than a batch of the longest passages takes, or a space of the most terms. */
const LIMITS = {
  faultMessage: 'The builtin embedder took too long or too much memory.',
  timeLimitMs: 60_000,
  memoryLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 },
};

export function createBuiltinThread(): BuiltinThread {
  const program = new URL('./embed-worker.js', import.meta.url);
  const thread = createWorkerThread<BuiltinTask, unknown>({ program, work: doTask, ...LIMITS });
  return {
    embed: (texts, space) => thread.run({ texts, space }) as Promise<Float64Array[]>,
    fit: (texts) => thread.run({ texts }) as Promise<FittedSpace>,
    stop: () => thread.stop(),
  };
}

export function doTask({ texts, space }: BuiltinTask): Float64Array[] | FittedSpace {
  if (space === undefined) return fitTermSpace(texts);
  return space ? texts.map(openTermSpace(space)) : hashTexts(texts);
}
