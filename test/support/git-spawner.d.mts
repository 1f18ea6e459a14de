import type { Readable, Writable } from 'node:stream';

export interface SpawnedGit {
  readonly stdin: Writable;
  kill(): void;
  stdout(): Promise<Readable>;
  /** Once all of `stdout` has been read. `code`: NaN when it was killed. */
  end(): Promise<{ code: number; stderr: string }>;
}

/** Runs git with this environment and no other. */
export function spawnGit(args: readonly string[], env: NodeJS.ProcessEnv): Promise<SpawnedGit>;
