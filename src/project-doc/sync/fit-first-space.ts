import { newId } from '../../platform/database/columns.js';
import { type Em, execute, query } from '../../platform/database/query.js';
import { HASHING_MODEL, spaceModel } from '../../platform/embedding/builtin-embedders.js';
import { hashText } from '../../platform/embedding/hash-text.js';
import { decodeText, MAX_FILE_BYTES } from '../../platform/passages/file-types.js';
import { ThreadFault } from '../../platform/worker-thread.js';
import { lockProject } from '../../project/project-lock.js';
import { SAMPLE_PASSAGES, storeSpace } from '../../term-space/stored-spaces.js';
import { MIN_PASSAGES } from '../../term-space/wanted-model.js';
import type { ChangedFile } from './plan-sync.js';
import type { SyncWork } from './sync-work.js';

/** With fewer files a project may well be too small, and a space that comes after the sync costs little. */
const MIN_FILES = 250;
/** In characters: as the longest passages have them. */
const MAX_PIECE = 2_500;
/** In characters: with less, a heading does not begin another one. */
const MIN_PIECE = 200;
/**
 * Where there are files enough. Pieces of one file share their words: with four of each, a space brought nothing to the
 * documentation of five programs (nDCG@10 .375), with two .388.
 */
const PIECES_OF_A_FILE = 2;

type Work = Pick<SyncWork, 'services' | 'logger' | 'snapshot' | 'progress' | 'stages' | 'signal'>;

/**
 * Before the first sync of a project with the builtin embedder: fits a space to some of its passages, so that nothing
 * has to be embedded twice. Where that fails, the sync goes on without.
 * @throws FailureError when the source fails; RunEnded when the run has; the signal's reason when aborted
 */
export async function fitFirstSpace(work: Work, projectId: string, changed: readonly ChangedFile[]): Promise<void> {
  const { services, logger, progress, stages, signal } = work;
  const { database, embedder, embedders } = services;
  if (embedder.model !== HASHING_MODEL || changed.length < MIN_FILES) return;
  if (!(await isFresh(database.fork(), projectId))) return;
  const texts = await readSample(work, changed);
  if (texts.length < MIN_PASSAGES) return;
  try {
    const space = await stages.during('embed', () => embedders.fitSpace(texts));
    signal.throwIfAborted();
    const id = newId();
    await database.fork().transactional(async (em) => {
      // Against another first sync of the project, and against batches, which hold it.
      await lockProject(em, projectId, 'vectors');
      if (!(await isFresh(em, projectId))) return;
      await progress.record(em, []);
      await storeSpace(em, id, projectId, space);
      await execute(em)`update project set embedding_model = ${spaceModel(id)} where id = ${projectId}`;
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ThreadFault)) throw error;
    logger.warn({ err: error, projectId }, 'no space could be fitted; the sync goes on without');
  }
}

async function isFresh(em: Em, projectId: string): Promise<boolean> {
  const rows = await query(em)`
    select from project p where id = ${projectId} and embedding_model = ${HASHING_MODEL}
      and not exists (select from chunk where project_id = p.id)`;
  return rows.length > 0;
}

/**
 * Pieces of files in an order that has nothing to do with what they are about, and is always the same. They are no
 * passages: those take ten times as long to cut, while the database would wait, and make no better space.
 */
async function readSample({ snapshot, stages, signal }: Work, changed: readonly ChangedFile[]): Promise<string[]> {
  const blobs = mixed([...new Set(changed.map(({ blobSha }) => blobSha))]);
  const pieces: { turn: number; text: string }[] = [];
  let missing = SAMPLE_PASSAGES;
  for await (const { content } of stages.each('fetch', snapshot.read(blobs, MAX_FILE_BYTES, signal))) {
    const decoded = content && decodeText(content);
    if (!decoded || !('text' in decoded)) continue;
    const texts = mixed(cutRoughly(decoded.text));
    pieces.push(...texts.map((text, turn) => ({ turn, text })));
    missing -= Math.min(texts.length, PIECES_OF_A_FILE);
    if (missing <= 0) break;
  }
  const byTurn = pieces.sort((a, b) => a.turn - b.turn).slice(0, SAMPLE_PASSAGES);
  return byTurn.map(({ text }) => text);
}

/** As good as by chance, and always the same. */
function mixed(texts: readonly string[]): string[] {
  const placed = texts.map((text) => ({ text, place: hashText(text) }));
  return placed.sort((a, b) => a.place - b.place).map(({ text }) => text);
}

/** At headings and between paragraphs. */
function cutRoughly(text: string): string[] {
  const pieces = [''];
  for (const paragraph of text.split(/\n\s*?\n/u)) {
    const piece = pieces.at(-1)!;
    const isFull = piece.length + paragraph.length > MAX_PIECE || (paragraph[0] === '#' && piece.length >= MIN_PIECE);
    if (isFull) pieces.push(paragraph.slice(0, MAX_PIECE));
    else pieces[pieces.length - 1] = `${piece}\n${paragraph}`;
  }
  return pieces.filter((piece) => piece.trim() !== '');
}
