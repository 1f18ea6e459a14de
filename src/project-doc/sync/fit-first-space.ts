import { sql } from 'kysely';

import { newId } from '../../platform/database/columns.js';
import { HASHING_MODEL, spaceModel } from '../../platform/embedding/builtin-embedders.js';
import { hashText } from '../../platform/embedding/hash-text.js';
import { ThreadFault } from '../../platform/worker-thread.js';
import { SAMPLE_PASSAGES, storeSpace } from '../../term-space/stored-spaces.js';
import { MIN_PASSAGES } from '../../term-space/wanted-model.js';
import type { ChangedFile } from './plan-sync.js';
import { readChanged, type ReadResult } from './read-changed.js';
import type { SyncWork } from './sync-work.js';

/** With fewer files a project may well be too small, and a space that comes after the sync costs little. */
const MIN_FILES = 250;
/** What is read is kept until it is stored; in characters. */
const MAX_SAMPLE_TEXT = 16_000_000;

/**
 * Before the first sync of a project with the builtin embedder: fits a space to some of its passages, so that nothing has to
 * be embedded twice. Where that fails, the sync goes on without.
 * @returns what was read for that, in no order that means anything
 * @throws FailureError when the source fails; the signal's reason when aborted
 */
export async function fitFirstSpace(
  { services, logger, snapshot, stages, signal }: Omit<SyncWork, 'embedder' | 'place'>,
  projectId: string,
  changed: readonly ChangedFile[],
): Promise<ReadResult[]> {
  const { cutter, database, embedder, embedders } = services;
  if (embedder.model !== HASHING_MODEL || changed.length < MIN_FILES) return [];
  const fresh = sql`select from project p where id = ${projectId} and embedding_model = ${HASHING_MODEL}
    and not exists (select from chunk where project_id = p.id)`;
  if ((await fresh.execute(database.fork().getKysely())).rows.length === 0) return [];

  const read: ReadResult[] = [];
  const texts: string[] = [];
  let length = 0;
  for await (const one of readChanged({ snapshot, cutter, stages }, atRandom(changed), signal)) {
    read.push(one);
    if (!('passages' in one)) continue;
    texts.push(...one.passages.map(({ embedded }) => embedded));
    length += one.content.length;
    if (texts.length >= SAMPLE_PASSAGES || length >= MAX_SAMPLE_TEXT) break;
  }
  if (texts.length < MIN_PASSAGES) return read;
  try {
    const space = await stages.during('embed', () => embedders.fitSpace(texts.slice(0, SAMPLE_PASSAGES)));
    signal.throwIfAborted();
    const id = newId();
    await database.fork().transactional(async (em) => {
      const db = em.getKysely();
      // Against another first sync of the project, and against batches, which hold it.
      await sql`select from project where id = ${projectId} for no key update`.execute(db);
      if ((await fresh.execute(db)).rows.length === 0) return;
      await storeSpace(db, id, projectId, space);
      await sql`update project set embedding_model = ${spaceModel(id)} where id = ${projectId}`.execute(db);
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ThreadFault)) throw error;
    logger.warn({ err: error, projectId }, 'no space could be fitted; the sync goes on without');
  }
  return read;
}

/** Always the same order, which has nothing to do with what the files are about. */
function atRandom(changed: readonly ChangedFile[]): ChangedFile[] {
  const order = new Map(changed.map((file) => [file, hashText(file.path)]));
  return changed.toSorted((a, b) => order.get(a)! - order.get(b)!);
}
