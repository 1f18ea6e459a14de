import type { Services } from '../../context.js';
import { Document } from '../../document/document.entity.js';
import { FailureCode, FailureError } from '../../errors.js';
import { toFailure } from '../../platform/failure.js';
import type { SourceBlob, SourceSnapshot } from '../../platform/git/source.js';
import type { Logger } from '../../platform/logger.js';
import { cutDocument, indexedText } from '../../platform/passages/cut.js';
import { decodeText, MAX_FILE_BYTES } from '../../platform/passages/file-types.js';
import { createStemmer } from '../../search/terms.js';
import { SyncFileOutcome } from '../sync-run-file.entity.js';
import type { SyncPlan } from './plan-sync.js';
import { RunEnded, type RunProgress } from './run-progress.js';
import { type Place, type PreparedDocument, storeDocument } from './store-document.js';

type Changed = SyncPlan['changed'][number];
type Cut = Omit<PreparedDocument, 'vectors'> & { changed: Changed };

/** Documents that are embedded together: as many as fill the embedder's batch, but not more text than this, in characters. */
const MAX_BATCH_TEXT = 1_000_000;
/** When the model refuses this many batches in a row, it is the model that fails and not the files. */
const MAX_FAILED_BATCHES = 3;
/** What a model refuses for a text's own sake. */
const ABOUT_THE_TEXT = new Set<FailureCode>([FailureCode.CONTEXT_TOO_LONG, FailureCode.CONTENT_FILTER]);

/**
 * Reads, cuts, embeds and stores new content, several documents at a time; each is stored in a transaction of its own.
 * A file that fails is recorded and does not stop the others.
 * @throws FailureError when it is the model or the source that fails
 */
export async function embedChanged(
  services: Services,
  logger: Logger,
  progress: RunProgress,
  snapshot: SourceSnapshot,
  place: Place,
  changed: readonly Changed[],
  signal: AbortSignal,
): Promise<void> {
  const stemmer = createStemmer();
  const byBlob = Map.groupBy(changed, ({ blobSha }) => blobSha);
  let batch: Cut[] = [];
  let passages = 0;
  let text = 0;
  let isModelKnownToWork = false;
  const failuresInARow: FailureError[] = [];

  function add(file: Changed, blob: SourceBlob, content: string): void {
    const { path, blobSha } = file;
    const cut = cutDocument({ filePath: path, content });
    batch.push({ changed: file, path, blobSha, size: blob.size, content, cut });
    passages += cut.passages.length;
    text += content.length;
  }

  async function flush(): Promise<void> {
    const files = batch;
    batch = [];
    passages = text = 0;
    await embedAndStore(files);
  }

  async function embedAndStore(files: readonly Cut[]): Promise<void> {
    let vectors: number[][][];
    try {
      vectors = await embed(services, files, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FailureError)) throw error;
      if (files.length === 1 || error.retryable || error.code === FailureCode.AUTH) return refused(files, error);
      // One text that the model will not take must not cost the others their place.
      for (const file of files) await embedAndStore([file]);
      return;
    }
    if (vectors.flat().length > 0) {
      isModelKnownToWork = true;
      failuresInARow.length = 0;
    }
    for (const [index, { changed: file, ...cut }] of files.entries())
      await unlessItFails(file, () => store({ ...cut, vectors: vectors[index]! }, file));
  }

  async function refused(files: readonly Cut[], error: FailureError): Promise<void> {
    if (!ABOUT_THE_TEXT.has(error.code)) failuresInARow.push(error);
    if (error.code === FailureCode.AUTH || failuresInARow.length >= MAX_FAILED_BATCHES) throw error;
    await recordFailed(
      files.map((file) => file.changed),
      error.message,
    );
  }

  async function store(prepared: PreparedDocument, { path, document }: Changed): Promise<void> {
    const isMoved = document !== null && document.filePath !== path;
    const outcome = isMoved ? SyncFileOutcome.RENAMED : document ? SyncFileOutcome.UPDATED : SyncFileOutcome.ADDED;
    await progress.transact(async (em) => {
      const documentId = await storeDocument(em, stemmer, place, prepared, document?.id ?? null);
      const previousPath = isMoved ? document.filePath : null;
      await progress.record(em, [{ path, previousPath, documentId, outcome }], prepared.vectors.length);
    });
  }

  /** A file that our own code or the database cannot take is a fault of ours, but of this file alone. */
  async function unlessItFails(file: Changed, work: () => void | Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      logger.error({ err: error, path: file.path, ...place }, 'a file could not be synced');
      await recordFailed([file], toFailure(error).message);
    }
  }

  async function recordFailed(files: readonly Changed[], reason: string): Promise<void> {
    const outcome = SyncFileOutcome.FAILED;
    await progress.transact((em) =>
      progress.record(
        em,
        files.map(({ path, document }) => ({ path, documentId: document?.id, outcome, reason })),
      ),
    );
  }

  for await (const blob of snapshot.read([...byBlob.keys()], MAX_FILE_BYTES, signal)) {
    signal.throwIfAborted();
    const files = byBlob.get(blob.blobSha)!;
    const decoded =
      blob.content === null
        ? { skipReason: `Larger than 1 MiB: ${blob.size.toLocaleString('en')} bytes` }
        : decodeText(blob.content);
    if ('skipReason' in decoded) {
      await skip(progress, files, decoded.skipReason);
      continue;
    }
    for (const file of files) {
      await unlessItFails(file, () => add(file, blob, decoded.text));
      if (passages >= services.embedder.batchSize || text >= MAX_BATCH_TEXT) await flush();
    }
  }
  if (batch.length > 0) await flush();
  // Nothing at all was embedded: what failed is no single file.
  if (!isModelKnownToWork && failuresInARow.length > 0) throw failuresInARow.at(-1);
}

/** A value that the database refuses (classes 22, 23, 54), or what our own code throws on: no failed connection, no end of the run. */
function isAboutOneFile(error: unknown): boolean {
  if (error instanceof RunEnded || error instanceof FailureError) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string'
    ? /^(22|23|54)/.test(code)
    : error instanceof RangeError || error instanceof TypeError;
}

/** What was a document and cannot be one any more leaves the index. */
async function skip(progress: RunProgress, files: readonly Changed[], reason: string): Promise<void> {
  await progress.transact(async (em) => {
    for (const { document } of files) if (document) await em.nativeDelete(Document, document.id);
    await progress.record(
      em,
      files.map(({ path }) => ({ path, outcome: SyncFileOutcome.SKIPPED, reason })),
    );
  });
}

/** The vectors of each file's passages. A file alone may have more passages than the model takes at once. */
async function embed({ embedder }: Services, files: readonly Cut[], signal: AbortSignal): Promise<number[][][]> {
  const texts = files.flatMap(({ cut }) => cut.passages.map((passage) => indexedText(cut.title, passage).text));
  const vectors: number[][] = [];
  for (let start = 0; start < texts.length; start += embedder.batchSize) {
    vectors.push(...(await embedder.embedDocuments(texts.slice(start, start + embedder.batchSize), signal)));
    // Embedding may be plain computation: let others have their turn.
    await new Promise(setImmediate);
  }
  let next = 0;
  return files.map(({ cut }) => vectors.slice(next, (next += cut.passages.length)));
}
