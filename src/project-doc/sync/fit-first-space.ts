import { type QueryExecutorProvider as Db, sql } from 'kysely';

import { newId } from '../../platform/database/columns.js';
import { HASHING_MODEL, spaceModel } from '../../platform/embedding/builtin-embedders.js';
import { hashText } from '../../platform/embedding/hash-text.js';
import { ThreadFault } from '../../platform/worker-thread.js';
import { SAMPLE_PASSAGES, storeSpace } from '../../term-space/stored-spaces.js';
import { MIN_PASSAGES } from '../../term-space/wanted-model.js';
import type { ChangedFile } from './plan-sync.js';
import { readChanged } from './read-changed.js';
import type { SyncWork } from './sync-work.js';

/** With fewer files a project may well be too small, and a space that comes after the sync costs little. */
const MIN_FILES = 250;
/**
 * Of a file, where there are files enough. Passages of one file have their words from each other: with four of each a
 * space brought nothing to the documentation of five programs (nDCG@10 .375), with two .388.
 */
const PASSAGES_OF_A_FILE = 2;

type Work = Pick<SyncWork, 'services' | 'logger' | 'snapshot' | 'progress' | 'stages' | 'signal'>;

/**
 * Before the first sync of a project with the builtin embedder: fits a space to some of its passages, so that nothing has to
 * be embedded twice. Where that fails, the sync goes on without.
 * @throws FailureError when the source fails; RunEnded when the run has; the signal's reason when aborted
 */
export async function fitFirstSpace(work: Work, projectId: string, changed: readonly ChangedFile[]): Promise<void> {
  const { services, logger, progress, stages, signal } = work;
  const { database, embedder, embedders } = services;
  if (embedder.model !== HASHING_MODEL || changed.length < MIN_FILES) return;
  if (!(await isFresh(database.fork().getKysely(), projectId))) return;
  const texts = await readSample(work, changed);
  if (texts.length < MIN_PASSAGES) return;
  try {
    const space = await stages.during('embed', () => embedders.fitSpace(texts));
    signal.throwIfAborted();
    const id = newId();
    await database.fork().transactional(async (em) => {
      const db = em.getKysely();
      // Against another first sync of the project, and against batches, which hold it.
      await sql`select from project where id = ${projectId} for no key update`.execute(db);
      if (!(await isFresh(db, projectId))) return;
      await progress.record(em, []);
      await storeSpace(db, id, projectId, space);
      await sql`update project set embedding_model = ${spaceModel(id)} where id = ${projectId}`.execute(db);
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ThreadFault)) throw error;
    logger.warn({ err: error, projectId }, 'no space could be fitted; the sync goes on without');
  }
}

async function isFresh(db: Db, projectId: string): Promise<boolean> {
  const { rows } = await sql`
    select from project p where id = ${projectId} and embedding_model = ${HASHING_MODEL}
      and not exists (select from chunk where project_id = p.id)`.execute(db);
  return rows.length > 0;
}

/**
 * Passages of files in an order that has nothing to do with what they are about; always the same. The sync reads these files
 * once more, while it waits for the database: kept, they would take up memory and save no time.
 */
async function readSample(
  { services, snapshot, stages, signal }: Work,
  changed: readonly ChangedFile[],
): Promise<string[]> {
  const order = new Map(changed.map((file) => [file, hashText(file.path)]));
  const files = changed.toSorted((a, b) => order.get(a)! - order.get(b)!);
  const found: { turn: number; text: string }[] = [];
  let missing = SAMPLE_PASSAGES;
  for await (const read of readChanged({ snapshot, cutter: services.cutter, stages }, files, signal)) {
    if (!('passages' in read)) continue;
    const passages = read.passages.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
    found.push(...passages.map(({ embedded }, turn) => ({ turn, text: embedded })));
    missing -= Math.min(passages.length, PASSAGES_OF_A_FILE);
    if (missing <= 0) break;
  }
  const byTurn = found.sort((a, b) => a.turn - b.turn).slice(0, SAMPLE_PASSAGES);
  return byTurn.map(({ text }) => text);
}
