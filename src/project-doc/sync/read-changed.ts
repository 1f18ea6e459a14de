import type { Cutter } from '../../platform/passages/cutter.js';
import type { CutFile } from '../../platform/passages/cut-file.js';
import { MAX_FILE_BYTES } from '../../platform/passages/file-types.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import type { ChangedFile } from './plan-sync.js';
import type { Stages } from './stages.js';

/** A file that was read and cut, before its passages have vectors. */
export interface ReadFile extends CutFile {
  readonly file: ChangedFile;
  /** In bytes. */
  readonly size: number;
}

/** What became of a file: it was read, or it cannot be a document, or our own code threw on it. */
export type ReadResult =
  | ReadFile
  | { readonly file: ChangedFile; readonly skipReason: string }
  | { readonly file: ChangedFile; readonly error: unknown };

/** How many files are cut ahead of those that are worked on. It bounds the memory of a run. */
const AHEAD = 32;

/**
 * Reads and cuts files with new content, as their blobs come.
 * @throws FailureError when the source fails; the signal's reason when aborted
 */
export async function* readChanged(
  { snapshot, cutter, stages }: { snapshot: SourceSnapshot; cutter: Cutter; stages: Stages },
  changed: readonly ChangedFile[],
  signal: AbortSignal,
): AsyncGenerator<ReadResult> {
  const byBlob = Map.groupBy(changed, ({ blobSha }) => blobSha);
  const blobs = snapshot.read([...byBlob.keys()], MAX_FILE_BYTES, signal);
  const ahead: Promise<ReadResult>[] = [];
  for await (const { blobSha, size, content } of stages.each('fetch', blobs)) {
    signal.throwIfAborted();
    for (const file of byBlob.get(blobSha)!) {
      ahead.push(readFile(cutter, file, size, content));
      if (ahead.length > AHEAD) yield await stages.during('parse', () => ahead.shift()!);
    }
  }
  for (const read of ahead) yield await stages.during('parse', () => read);
}

async function readFile(cutter: Cutter, file: ChangedFile, size: number, content: Buffer | null): Promise<ReadResult> {
  if (content === null) return { file, skipReason: `Larger than 1 MiB: ${size.toLocaleString('en')} bytes` };
  try {
    return { ...(await cutter.cut(file.path, content)), file, size };
  } catch (error) {
    return { file, error };
  }
}
