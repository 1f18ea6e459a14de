import { findMissing, type Vectors } from '../../document/embeddings.js';
import { FailureError } from '../../platform/errors.js';
import type { Patience } from '../../platform/embedding/embedder.js';
import { ABOUT_THE_ACCOUNT, probeModel } from '../../platform/embedding/probe-model.js';
import type { ReadFile } from './read-changed.js';
import type { SyncWork } from './sync-work.js';

export interface Embedded {
  /** What the model made. With what the project has, each passage of the files that are not refused has a vector. */
  readonly vectors: Vectors;
  /** Files that lack vectors, and why; files that failed together are together. */
  readonly refused: readonly { files: readonly ReadFile[]; error: FailureError }[];
}

/** A model that takes 60 s to fail is not asked for every file of a batch. */
const FILES_BETWEEN_PROBES = 4;

/**
 * Gives the passages of `files` their vectors. Each text is embedded once: what the project has a vector for, or is
 * about to have (`underWay`), is not sent, and what is in two files is sent once.
 * @throws the signal's reason when aborted; what is no failure of the model
 */
export async function embedPassages(
  { services, embedder, place, signal }: SyncWork,
  files: readonly ReadFile[],
  underWay: Vectors,
): Promise<Embedded> {
  const texts = new Map(
    files.flatMap(({ passages }) => passages.map(({ digest, embedded }) => [digest, embedded] as const)),
  );
  const toBeMade = new Set(
    await findMissing(
      services.database.fork(),
      place,
      [...texts.keys()].filter((digest) => !underWay.has(digest)),
    ),
  );
  const vectors = new Map<string, ArrayLike<number>>();
  const refused: { files: readonly ReadFile[]; error: FailureError }[] = [];

  const missingOf = (some: readonly ReadFile[]): string[] => [
    ...new Set(
      some.flatMap(({ passages }) => passages.map(({ digest }) => digest)).filter((digest) => toBeMade.has(digest)),
    ),
  ];

  async function embed(some: readonly ReadFile[], patience?: Patience): Promise<void> {
    try {
      const missing = missingOf(some);
      for (let start = 0; start < missing.length; start += embedder.batchSize) {
        const digests = missing.slice(start, start + embedder.batchSize);
        const asked = digests.map((digest) => texts.get(digest)!);
        const made = await embedder.embedDocuments(asked, signal, patience);
        for (const [index, digest] of digests.entries()) {
          vectors.set(digest, made[index]!);
          toBeMade.delete(digest);
        }
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FailureError)) throw error;
      const lacking = some.filter((file) => missingOf([file]).length > 0);
      if (lacking.length === 1 || ABOUT_THE_ACCOUNT.has(error.code)) refused.push({ files: lacking, error });
      else await embedEach(lacking);
    }
  }

  /** One text that the model will not take must not cost the others their place. */
  async function embedEach(some: readonly ReadFile[]): Promise<void> {
    for (const [index, file] of some.entries()) {
      await embed([file], { attempts: 1 });
      if ((index + 1) % FILES_BETWEEN_PROBES > 0 || refused.length === 0) continue;
      const error = await probeModel(embedder, signal);
      if (error) return void refused.push({ files: some.slice(index + 1), error });
    }
  }

  await embed(files);
  return { vectors, refused };
}
