import type { Context } from '../context.js';
import { type AnswerEnd, answerTopic, endAnswer, recordDelta, recordSources } from './answer-log.js';
import type { StoredSource } from './message-source.js';

/** Deltas are written together, this many milliseconds apart; further apart while the database does not take them. */
const FLUSH_MS = 100;
const RETRY_MS = 1_000;

/** Thrown when the record has been ended by somebody else, or is gone: there is nothing left to do. */
export class AnswerEndedElsewhere extends Error {}

/** Writes an answer down in order: its sources, its text, its end. */
export interface AnswerWriter {
  /** @throws AnswerEndedElsewhere */
  sources(found: readonly StoredSource[]): Promise<void>;
  /** Takes more of the text, which is written in the background. */
  text(more: string): void;
  /**
   * Writes what is left of the text, then the end.
   * @throws AnswerEndedElsewhere
   */
  end(end: AnswerEnd): Promise<void>;
  /** Writes nothing any more; resolves when nothing is being written. */
  close(): Promise<void>;
}

/** @param onLost called when a write in the background finds that the answer has been ended elsewhere */
export function createAnswerWriter(ctx: Context, messageId: string, onLost: () => void): AnswerWriter {
  let content = '';
  /** The first half of a surrogate pair that came in two parts: it is text once the second one is there. */
  let half = '';
  let written = 0;
  let nextWrite = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let closed = false;

  async function write(change: (em: Context['em']) => Promise<boolean>): Promise<void> {
    if (!(await ctx.database.fork().transactional(change))) throw new AnswerEndedElsewhere();
    ctx.topics.publish(answerTopic(messageId));
  }

  async function flush(): Promise<void> {
    const delta = { offset: written, text: content.slice(written) };
    const all = content;
    if (delta.text === '') return;
    await write((em) => recordDelta(em, messageId, all, delta));
    written = all.length;
  }

  function schedule(): void {
    if (closed || writing || written === content.length) return;
    timer ??= setTimeout(
      () => {
        timer = undefined;
        writing = flushInBackground().finally(() => {
          writing = undefined;
          schedule();
        });
      },
      Math.max(0, nextWrite - Date.now()),
    );
  }

  async function flushInBackground(): Promise<void> {
    let pause = FLUSH_MS;
    try {
      await flush();
    } catch (error) {
      if (error instanceof AnswerEndedElsewhere) {
        closed = true;
        return onLost();
      }
      // Nothing is lost: the text is still here, for the next write or the last one.
      ctx.logger.warn({ err: error }, 'an answer could not be written for now');
      pause = RETRY_MS;
    }
    nextWrite = Date.now() + pause;
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    await writing;
  }

  return {
    sources: (found) => write((em) => recordSources(em, messageId, found)),
    text(more) {
      // NUL and halves of characters cannot be stored, and no answer needs them.
      const text = half + more.replaceAll('\0', '');
      half = /[\uD800-\uDBFF]$/.test(text) ? text.slice(-1) : '';
      content += text.slice(0, text.length - half.length).toWellFormed();
      schedule();
    },
    async end(end) {
      await close();
      content += half.toWellFormed();
      half = '';
      await flush();
      await write((em) => endAnswer(em, messageId, end));
    },
    close,
  };
}
