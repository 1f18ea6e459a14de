import type { Services } from '../../context.js';
import { Document } from '../../document/document.entity.js';
import { FailureCode, FailureError } from '../../errors.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import { cutDocument, indexedText } from '../../platform/passages/cut.js';
import { decodeText, MAX_FILE_BYTES } from '../../platform/passages/file-types.js';
import { createStemmer } from '../../search/terms.js';
import { SyncFileOutcome } from '../sync-run-file.entity.js';
import type { SyncPlan } from './plan-sync.js';
import type { RunProgress } from './run-progress.js';
import { type Place, type PreparedDocument, storeDocument } from './store-document.js';

type Changed = SyncPlan['changed'][number];
type Cut = Omit<PreparedDocument, 'vectors'> & { changed: Changed };

/** Documents that are embedded together: as many as fill the embedder's batch, but not more text than this, in characters. */
const MAX_BATCH_TEXT = 1_000_000;
/** When the model refuses this many batches in a row, it is the model that fails and not the files. */
const MAX_FAILED_BATCHES = 3;

/** Reads, cuts, embeds and stores new content, several documents at a time; each is stored in a transaction of its own. */
export async function embedChanged(
  services: Services,
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
  let failedBatches = 0;

  async function flush(): Promise<void> {
    const files = batch;
    batch = [];
    passages = text = 0;
    const vectors = await embed(services, files, signal).catch((error: unknown) => failed(files, error));
    if (!vectors) return;
    failedBatches = 0;
    for (const [index, { changed: file, ...cut }] of files.entries()) {
      const prepared = { ...cut, vectors: vectors[index]! };
      await progress.transact(async (em) => {
        const documentId = await storeDocument(em, stemmer, place, prepared, file.document?.id ?? null);
        const outcome = file.document ? SyncFileOutcome.UPDATED : SyncFileOutcome.ADDED;
        await progress.record(em, [{ path: file.path, documentId, outcome }], prepared.vectors.length);
      });
    }
  }

  async function failed(files: readonly Cut[], error: unknown): Promise<null> {
    signal.throwIfAborted();
    failedBatches += 1;
    if (!(error instanceof FailureError) || error.code === FailureCode.AUTH || failedBatches >= MAX_FAILED_BATCHES) throw error;
    await progress.transact((em) =>
      progress.record(em, files.map(({ path, changed: { document } }) => ({ path, documentId: document?.id, outcome: SyncFileOutcome.FAILED, reason: error.message }))),
    );
    return null;
  }

  for await (const blob of snapshot.read([...byBlob.keys()], MAX_FILE_BYTES, signal)) {
    signal.throwIfAborted();
    const files = byBlob.get(blob.blobSha)!;
    const decoded = blob.content === null ? { skipReason: `Larger than 1 MiB: ${blob.size.toLocaleString('en')} bytes` } : decodeText(blob.content);
    if ('skipReason' in decoded) {
      await skip(progress, files, decoded.skipReason);
      continue;
    }
    for (const file of files) {
      const cut = cutDocument({ filePath: file.path, content: decoded.text });
      batch.push({ changed: file, path: file.path, blobSha: blob.blobSha, size: blob.size, content: decoded.text, cut });
      passages += cut.passages.length;
      text += decoded.text.length;
      if (passages >= services.embedder.batchSize || text >= MAX_BATCH_TEXT) await flush();
    }
  }
  if (batch.length > 0) await flush();
}

/** What was a document and cannot be one any more leaves the index. */
async function skip(progress: RunProgress, files: readonly Changed[], reason: string): Promise<void> {
  await progress.transact(async (em) => {
    for (const { document } of files) if (document) await em.nativeDelete(Document, document.id);
    await progress.record(em, files.map(({ path }) => ({ path, outcome: SyncFileOutcome.SKIPPED, reason })));
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
