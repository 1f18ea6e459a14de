import { parseBatch } from './batch-output.js';
import type { Git, GitOptions } from './git.js';
import type { SourceBlob } from './source.js';

interface ReadOptions extends Pick<GitOptions, 'cwd' | 'settings' | 'signal'> {
  readonly ids: Iterable<string>;
  readonly maxBytes: number;
}

/** Blobs of a local repository, in the order asked for. Without a time limit: the pace is the consumer's. */
export function readObjects(git: Git, { ids, maxBytes, ...options }: ReadOptions): AsyncGenerator<SourceBlob> {
  const input = Array.from(ids, (id) => `${id}\n`);
  return parseBatch(git.stream(['cat-file', '--batch', '--buffer'], { ...options, input, timeoutMs: null }), maxBytes);
}
