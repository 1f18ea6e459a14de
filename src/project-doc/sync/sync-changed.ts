import { FailureCode } from '../../platform/errors.js';
import { storeVectors } from '../../document/embeddings.js';
import { probeModel } from '../../platform/embedding/probe-model.js';
import { createBatchWriter } from './batch-writer.js';
import { embedPassages } from './embed-passages.js';
import { recordFailed, recordFault, recordSkipped } from './record-outcomes.js';
import type { ChangedFile } from './plan-sync.js';
import { type ReadFile, readChanged } from './read-changed.js';
import type { SyncWork } from './sync-work.js';

/**
 * Files that are embedded and stored together are as many as fill the model's batch, up to these limits, in characters
 * and files.
 */
const MAX_BATCH_TEXT = 1_000_000;
const MAX_BATCH_FILES = 100;
/** The embedded database does nothing else while it stores them. */
const MAX_BATCH_PASSAGES = { postgresql: 1_000, embedded: 64 };
/**
 * After this many batches in a row of which nothing could be embedded, the run ends, unless a probe of the model
 * succeeds.
 */
const MAX_FAILED_BATCHES = 3;

/**
 * Reads, cuts, embeds and stores new content, a batch of files at a time, each batch in one transaction; while one is
 * being written, the next is read and embedded. A file that fails is recorded and does not stop the others.
 * @throws FailureError when it is the model or the source that fails; VectorsChanged when the vectors are not what they
 * were
 */
export async function syncChanged(work: SyncWork, changed: readonly ChangedFile[]): Promise<void> {
  const { services, embedder, stages, place, progress, signal } = work;
  const writer = createBatchWriter(work);
  const batchSize = Math.min(
    embedder.batchSize,
    MAX_BATCH_PASSAGES[services.database.embedded ? 'embedded' : 'postgresql'],
  );
  let batch: ReadFile[] = [];
  let failedInARow = 0;

  async function flush(): Promise<void> {
    const files = batch;
    batch = [];
    const { vectors, refused } = await stages.during('embed', () =>
      embedPassages(work, files, writer.vectorsUnderWay()),
    );
    const failed = new Set(refused.flatMap((group) => group.files));
    const taken = files.filter((file) => !failed.has(file));
    await writer.write(taken, vectors);
    if (vectors.size > 0) failedInARow = 0;
    if (failed.size === 0) return;
    const stored = new Set(taken.flatMap(({ passages }) => passages.map(({ digest }) => digest)));
    const spare = new Map([...vectors].filter(([digest]) => !stored.has(digest)));
    await progress.transact(async (em) => {
      await storeVectors(em, place, spare);
      await progress.record(em, [], { embedded: spare.size, reused: 0 });
    });
    const error = refused.at(-1)!.error;
    if (vectors.size === 0) failedInARow += 1;
    if (error.code === FailureCode.AUTH) throw error;
    if (failedInARow === MAX_FAILED_BATCHES) await requireModel();
    for (const group of refused) await recordFailed(work, filesOf(group.files), group.error.message);
  }

  async function requireModel(): Promise<void> {
    const fault = await probeModel(embedder, signal);
    if (fault) throw fault;
    failedInARow = 0;
  }

  try {
    for await (const read of readChanged({ ...work, cutter: services.cutter }, changed, signal)) {
      if ('passages' in read) batch.push(read);
      else if ('skipReason' in read) await recordSkipped(work, read.file, read.skipReason);
      else await recordFault(work, read.file, read.error);
      if (isFull(batch, batchSize)) await flush();
    }
    if (batch.length > 0) await flush();
    if (failedInARow > 0) await requireModel();
  } finally {
    await writer.settled();
  }
}

function isFull(batch: readonly ReadFile[], batchSize: number): boolean {
  const passages = batch.reduce((sum, file) => sum + file.passages.length, 0);
  const text = batch.reduce((sum, { content }) => sum + content.length, 0);
  return passages >= batchSize || text >= MAX_BATCH_TEXT || batch.length >= MAX_BATCH_FILES;
}

function filesOf(files: readonly ReadFile[]): ChangedFile[] {
  return files.map(({ file }) => file);
}
