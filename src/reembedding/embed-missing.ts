import type { Context } from '../context.js';
import { type Em, query } from '../platform/database/query.js';
import { FailureError } from '../platform/errors.js';
import type { Embedder, Patience } from '../platform/embedding/embedder.js';
import { ABOUT_THE_ACCOUNT, probeModel } from '../platform/embedding/probe-model.js';
import { indexedText } from '../platform/passages/cut.js';
import { type Change, findMissingTexts, type MissingText } from './missing-texts.js';

/** A text that is to be embedded, and where it stands. */
interface Text extends MissingText {
  text: string;
  place: string;
}

export interface EmbedMissing {
  database: Context['database'];
  change: Change;
  embedder: Embedder;
  signal: AbortSignal;
  /** Takes a batch that is embedded; what it was given is not sent again. */
  store(texts: readonly MissingText[], vectors: readonly ArrayLike<number>[]): Promise<void>;
}

/** Who is to wait for longer, in milliseconds, lets other projects have their turn meanwhile. */
const BRIEF: Patience = { longestWaitMs: 5_000 };
/** After as many the rest is not tried: each costs a request of its own, and one for the probe. */
const MAX_REFUSED = 20;

/**
 * Gives all texts of a project that lack one a vector of the new model, a batch at a time; each is stored before the
 * next is sent. A text that the model does not take stops none of the others.
 * @throws FailureError when the model fails, and at the end when it did not take a text
 */
export async function embedMissing(work: EmbedMissing): Promise<void> {
  const { database, change, embedder, signal, store } = work;
  const em = database.fork();
  const refused: { place: string; error: FailureError }[] = [];
  const missing = await findMissingTexts(em, change);

  async function embed(texts: readonly Text[], patience: Patience = BRIEF): Promise<void> {
    try {
      const vectors = await embedder.embedDocuments(
        texts.map(({ text }) => text),
        signal,
        patience,
      );
      await store(texts, vectors);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof FailureError) || ABOUT_THE_ACCOUNT.has(error.code)) throw error;
      const fault = await probeModel(embedder, signal);
      if (fault) throw fault;
      if (texts.length === 1) refused.push({ place: texts[0]!.place, error });
      else for (const text of texts) if (refused.length < MAX_REFUSED) await embed([text], { attempts: 1 });
    }
  }

  for (let start = 0; start < missing.length && refused.length < MAX_REFUSED; start += embedder.batchSize) {
    signal.throwIfAborted();
    const texts = await readTexts(em, missing.slice(start, start + embedder.batchSize));
    if (texts.length > 0) await embed(texts);
  }
  if (refused.length > 0) throw summaryOf(refused);
}

/** Without those that a sync took away in the meantime. */
export async function readTexts<T extends { chunkId: string }>(
  em: Em,
  missing: readonly T[],
): Promise<(T & Pick<Text, 'text' | 'place'>)[]> {
  const rows = await query(em)<{
    id: string;
    title: string;
    path: string;
    headerPath: string[];
    text: string;
    start: number;
    end: number;
  }>`
    select c.id, d.title, d.file_path as path, c.header_path as "headerPath", c.chunk_text as text, c.start_line as start,
      c.end_line as end
    from chunk c join document d on d.id = c.document_id
    where c.id = any(${missing.map(({ chunkId }) => chunkId)}::uuid[])`;
  const byId = new Map(rows.map((row) => [row.id, row]));
  return missing.flatMap((entry) => {
    const row = byId.get(entry.chunkId);
    return row
      ? { ...entry, text: indexedText(row.title, row).text, place: `${row.path}, lines ${row.start} to ${row.end}` }
      : [];
  });
}

function summaryOf(refused: readonly { place: string; error: FailureError }[]): FailureError {
  const [{ place, error }] = refused as [(typeof refused)[0]];
  const count =
    refused.length === 1 ? 'One text' : `${refused.length === MAX_REFUSED ? 'At least ' : ''}${refused.length} texts`;
  return new FailureError(
    error.code,
    `${count} could not be embedded; the first is at ${place}: ${error.message} What was made is kept: change or exclude the text, then use reembedProject again.`,
    error.retryable,
  );
}
