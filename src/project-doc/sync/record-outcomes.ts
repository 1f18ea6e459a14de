import { Document } from '../../document/document.entity.js';
import { FailureError } from '../../platform/errors.js';
import { toFailure } from '../../platform/failure.js';
import { RunEnded } from '../../platform/jobs/background-run.js';
import { ThreadFault } from '../../platform/worker-thread.js';
import { SyncFileOutcome } from '../sync-run-file.entity.js';
import type { ChangedFile, StoredFile, SyncPlan } from './plan-sync.js';
import type { SyncWork } from './sync-work.js';

/** Of a file whose document only changes its place. */
export function renamedOutcome({ path, document: { filePath, id } }: SyncPlan['renamed'][number]) {
  const reason = 'The same content at another path.';
  return { path, previousPath: filePath, documentId: id, outcome: SyncFileOutcome.RENAMED, reason };
}

export function deletedOutcome({ filePath: path }: StoredFile) {
  return { path, outcome: SyncFileOutcome.DELETED, reason: 'It is no longer in the repository or the folder.' };
}

/** What became of a file that was stored. `fault`: which part of it was left out. */
export function outcomeOf(file: ChangedFile, documentId: string | null, fault: string | null = null) {
  const { path, document } = file;
  const isMoved = document !== null && document.filePath !== path;
  const outcome = isMoved ? SyncFileOutcome.RENAMED : document ? SyncFileOutcome.UPDATED : SyncFileOutcome.ADDED;
  const reason = isMoved ? reasonToStore(file, fault) : fault;
  return { path, previousPath: isMoved ? document.filePath : null, documentId, outcome, reason };
}

/** Why a file is read and stored, and which part of it is left out. */
export function reasonToStore(file: ChangedFile, fault: string | null): string {
  return [reasonToRead(file), fault].filter((each) => each !== null).join(' ');
}

function reasonToRead({ document, blobSha }: ChangedFile): string {
  if (!document) return 'It is new.';
  if (document.blobSha !== blobSha) return 'Its content changed.';
  return document.outdated ?? 'At its new path it is cut differently.';
}

/** What was a document and cannot be one any more leaves the index. */
export async function recordSkipped({ progress }: SyncWork, { path, document }: ChangedFile, reason: string) {
  await progress.transact(async (em) => {
    if (document) await em.nativeDelete(Document, document.id);
    await progress.record(em, [{ path, outcome: SyncFileOutcome.SKIPPED, reason }]);
  });
}

/** What is stored of them stays. */
export async function recordFailed({ progress }: SyncWork, files: readonly ChangedFile[], reason: string) {
  const outcome = SyncFileOutcome.FAILED;
  await progress.transact((em) =>
    progress.record(
      em,
      files.map(({ path, document }) => ({ path, documentId: document?.id, outcome, reason })),
    ),
  );
}

/**
 * A file that our own code or the database cannot take is a fault of ours, but of this file alone.
 * @throws `error` when it is about more than the file
 */
export async function recordFault(work: SyncWork, file: ChangedFile, error: unknown): Promise<void> {
  if (!isAboutOneFile(error)) throw error;
  work.logger.error({ err: error, path: file.path, ...work.place }, 'a file could not be synced');
  await recordFailed(work, [file], reasonOf(error));
}

/** Why a file FAILED, for people. */
export function reasonOf(error: unknown): string {
  return error instanceof ThreadFault ? error.message : toFailure(error).message;
}

/**
 * Whether the database refused a value (classes 22, 23, 54), or our own code threw on it; false for a failed connection
 * and the end of the run.
 */
export function isAboutOneFile(error: unknown): boolean {
  if (error instanceof RunEnded || error instanceof FailureError) return false;
  const { code } = error as { code?: unknown };
  return typeof code === 'string'
    ? /^(22|23|54)/.test(code)
    : error instanceof ThreadFault || error instanceof RangeError || error instanceof TypeError;
}
