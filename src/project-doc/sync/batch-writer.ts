import type { Vectors } from '../../document/embeddings.js';
import { createStemmer } from '../../search/document-terms.js';
import type { ReadFile } from './read-changed.js';
import { isAboutOneFile, outcomeOf, recordFault } from './record-outcomes.js';
import { prepareDocuments, type PreparedDocuments, storeDocuments } from './store-documents.js';
import type { SyncWork } from './sync-work.js';
import { requireVectors } from './vectors-changed.js';

/** Writes batches in the background, one at a time, in their order. */
export interface BatchWriter {
  /**
   * Begins to write a batch, once the one before it is written.
   * @param vectors that the model was asked for it
   * @throws what the batch before it failed with
   */
  write(files: readonly ReadFile[], vectors: Vectors): Promise<void>;
  /** Of the batch that is being written: the database may not show them yet. */
  vectorsUnderWay(): Vectors;
  /** When nothing is being written. @throws what the last batch failed with */
  settled(): Promise<void>;
}

export function createBatchWriter(work: SyncWork): BatchWriter {
  const { services, progress, place, stages } = work;
  const stemmer = createStemmer();
  let last: Promise<void> = Promise.resolve();
  let underWay: Vectors = new Map();

  /** `uncounted`: what the model was sent and no record counts yet. */
  async function store(prepared: PreparedDocuments, uncounted: Set<string>): Promise<void> {
    const { files, ids } = prepared;
    const digests = files.flatMap(({ passages }) => passages.map(({ digest }) => digest));
    const embedded = new Set(digests.filter((digest) => uncounted.has(digest)));
    await progress.transact(async (em) => {
      await storeDocuments(em, place, prepared);
      await requireVectors(em, place, digests);
      const outcomes = files.map(({ file, frontMatterFault }, index) => outcomeOf(file, ids[index]!, frontMatterFault));
      await progress.record(em, outcomes, { embedded: embedded.size, reused: digests.length - embedded.size });
    });
    for (const digest of embedded) uncounted.delete(digest);
  }

  const prepare = (files: readonly ReadFile[], vectors: Vectors) =>
    prepareDocuments(services.database.fork(), stemmer, place, files, vectors);

  /** What the database cannot take of one document must not cost the others of its batch their place. */
  async function storeOrRecordFault(
    prepared: PreparedDocuments,
    vectors: Vectors,
    uncounted: Set<string>,
  ): Promise<void> {
    try {
      await store(prepared, uncounted);
    } catch (error) {
      if (!isAboutOneFile(error)) throw error;
      const { files } = prepared;
      if (files.length === 1) return recordFault(work, files[0]!.file, error);
      for (const file of files) await storeOrRecordFault(await prepare([file], vectors), vectors, uncounted);
    }
  }

  return {
    async write(files, vectors) {
      // The next is made ready while the last is still being written.
      const prepared = files.length > 0 && (await stages.during('write', () => prepare(files, vectors)));
      await last;
      if (!prepared) return;
      underWay = vectors;
      last = stages.during('write', () => storeOrRecordFault(prepared, vectors, new Set(vectors.keys())));
      // It is awaited later; until then its failure is nobody's.
      last.catch(() => {});
    },
    vectorsUnderWay: () => underWay,
    settled: () => last,
  };
}
