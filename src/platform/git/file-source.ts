import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { FailureCode, FailureError } from '../errors.js';
import { blobId, NO_COMMIT } from './blob-id.js';
import type { CheckoutLocation, SourceBlob, SourceEntry, SourceSnapshot } from './source.js';
import { namePath } from './tree-entries.js';

interface FoundFile {
  readonly entry: SourceEntry;
  /** Bytes: a path need not be text. */
  readonly location: Buffer;
  readonly modified: Date;
}

/** The files below a folder as they are on disk, with the ids that git would give them. */
export async function openFiles({ path, include }: CheckoutLocation, signal?: AbortSignal): Promise<SourceSnapshot> {
  const found: FoundFile[] = [];
  for (const name of include) await walk(Buffer.from(path), Buffer.from(name), found, signal);
  const files = new Map(found.map((file) => [file.entry.blobSha, file]));
  return {
    commitSha: NO_COMMIT,
    parentShas: [],
    commitDate: new Date(Math.max(0, ...found.map(({ modified }) => modified.getTime()))),
    entries: found.map(({ entry }) => entry),
    read: (blobShas, maxBytes, readSignal) => readFiles(files, blobShas, maxBytes, readSignal),
  };
}

async function walk(root: Buffer, name: Buffer, found: FoundFile[], signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const location = joined(root, name);
  const stats = await lstat(location).catch(() => null);
  if (!stats) return;
  if (stats.isDirectory()) {
    if (await stat(joined(location, Buffer.from('.git'))).catch(() => null)) {
      const entry: SourceEntry = { ...namePath(name), kind: 'submodule', blobSha: NO_COMMIT };
      found.push({ entry, location, modified: stats.mtime });
      return;
    }
    const names = await readdir(location, { encoding: 'buffer' });
    for (const child of names.toSorted(Buffer.compare)) await walk(root, joined(name, child), found, signal);
  } else if (stats.isFile() || stats.isSymbolicLink()) {
    const blobSha = stats.isFile()
      ? await hashFile(location, stats.size)
      : blobId(await readlink(location, { encoding: 'buffer' }));
    const entry: SourceEntry = { ...namePath(name), kind: stats.isFile() ? 'file' : 'symlink', blobSha };
    found.push({ entry, location, modified: stats.mtime });
  }
}

async function* readFiles(
  files: ReadonlyMap<string, FoundFile>,
  blobShas: readonly string[],
  maxBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<SourceBlob> {
  for (const blobSha of new Set(blobShas)) {
    signal?.throwIfAborted();
    const file = files.get(blobSha);
    if (!file) throw new FailureError(FailureCode.SOURCE_NOT_FOUND, 'A file is no longer there. Sync again.', true);
    if (file.entry.kind === 'symlink') {
      const content = await readlink(file.location, { encoding: 'buffer' });
      yield { blobSha, size: content.length, content: content.length > maxBytes ? null : content };
    } else {
      const { size } = await stat(file.location);
      yield { blobSha, size, content: size > maxBytes ? null : await readFile(file.location) };
    }
  }
}

function joined(parent: Buffer, name: Buffer): Buffer {
  return Buffer.concat([parent, Buffer.from('/'), name]);
}

async function hashFile(location: Buffer, size: number): Promise<string> {
  const hash = createHash('sha1').update(`blob ${size}\0`);
  for await (const chunk of createReadStream(location)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
