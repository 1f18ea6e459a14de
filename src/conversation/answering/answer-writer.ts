import type { Context } from '../../context.js';
import { throughOutages } from '../../platform/database/through-outages.js';
import { type AnswerEnd, answerTopic, endAnswer, recordAttempts, recordVerdicts } from './record-answer.js';
import type { Addition, Retrieved } from './answer-records.js';
import { createAnswerText } from './answer-text.js';
import type { CheckedCitation } from './check-claim.js';
import { type CitationVerdict, MessageStatus } from '../message.enums.js';
import type { MessageAttempt } from '../message-attempt.js';

/**
 * The first of the text is written at once. What follows is written at the ticks of a clock of this many
 * milliseconds. All answers of the process share it, so that their texts are written together. While the database does
 * not take them, they are written RETRY_MS later.
 */
const TICK_MS = 100;
const RETRY_MS = 1_000;
/** How long the end of an answer that is ended from outside may take while the database is away, in milliseconds. */
const LAST_WORD_MS = 3_000;

/** Thrown when the record has been ended by somebody else, or is gone: there is nothing left to do. */
export class AnswerEndedElsewhere extends Error {}

export interface FinishedText {
  text: string;
  cited: readonly CheckedCitation[];
}

/** Writes an answer down in order: its sources, its text with the citations in it, its end. */
export interface AnswerWriter {
  /** @throws AnswerEndedElsewhere */
  sources(found: Retrieved): Promise<void>;
  /**
   * Writes whom it has asked so far, at once.
   * @throws AnswerEndedElsewhere
   */
  attempts(made: readonly MessageAttempt[]): Promise<void>;
  /** The same, together with what is written next: the first of the text, or the end. */
  attemptsLater(made: readonly MessageAttempt[]): void;
  /** Takes more of the text, which is written in the background, each citation once its sentence is complete. */
  text(more: string): void;
  /**
   * The text has come to its end: writes what is left of it, and all citations in it.
   * @param brokenOff whether the model had more to say: then the last sentence may be a part of one
   * @throws AnswerEndedElsewhere
   */
  finish(brokenOff: boolean): Promise<FinishedText>;
  /**
   * What the judge says to each of those citations; null: nothing.
   * @throws AnswerEndedElsewhere
   */
  verdicts(judged: readonly (CitationVerdict | null)[]): Promise<void>;
  /**
   * Finishes the text, then writes the end.
   * @throws AnswerEndedElsewhere
   */
  end(end: AnswerEnd): Promise<void>;
  /** Writes nothing any more; resolves when nothing is being written. */
  close(): Promise<void>;
}

/**
 * Each write is tried again while the database is away: none is lost with a connection.
 * @param signal aborts when the answer is to end: then only the end is still tried again, for 3 seconds
 * @param onLost called when a write in the background finds that the answer has been ended elsewhere
 */
export function createAnswerWriter(
  ctx: Context,
  messageId: string,
  signal: AbortSignal,
  onLost: () => void,
): AnswerWriter {
  let patience = signal;
  const text = createAnswerText();
  /** How many characters of it are written, citations in it, and events. */
  let written = 0;
  let recorded = 0;
  let seq = 0;
  /** What could not be written for now, or was without anybody hearing of it: goes first, as it is. */
  let unsure: Addition | null = null;
  let unwritten: readonly MessageAttempt[] | null = null;
  /** Milliseconds until text that comes now is written. */
  let wait = (): number => 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let closed = false;

  /** @param change what is the same when it is done twice; false where the answer has ended, or is gone */
  async function write(change: () => Promise<boolean>): Promise<void> {
    if (!(await throughOutages(ctx.database, patience, change))) throw new AnswerEndedElsewhere();
  }

  /** Tells subscribers once it is written. */
  async function tell(change: () => Promise<boolean>): Promise<void> {
    await write(change);
    ctx.topics.publish(answerTopic(messageId));
  }

  async function add(addition: Addition): Promise<void> {
    const made = unwritten;
    const whole = made ? { ...addition, attempts: made } : addition;
    unsure = whole;
    await tell(() => ctx.answerRecords.add(messageId, whole));
    unsure = null;
    if (unwritten === made) unwritten = null;
    seq += addition.events.length;
    written = addition.content?.length ?? written;
    recorded = addition.citations?.length ?? recorded;
  }

  async function flush(final: boolean, brokenOff = false): Promise<void> {
    if (unsure) await add(unsure);
    const { content } = text;
    await text.check(content, final, brokenOff);
    const { cited } = text;
    if (written === content.length && recorded === cited.length) return;
    const delta = content.slice(written);
    const positions = Array.from({ length: cited.length - recorded }, (_, index) => recorded + index);
    await add({
      seq: seq + 1,
      events: [
        ...(delta === '' ? [] : [{ kind: 'delta' as const, data: { offset: written, text: delta } }]),
        ...positions.map((position) => ({ kind: 'citation' as const, data: { position } })),
      ],
      content,
      citations: positions.length > 0 ? cited.map(({ citation }) => citation) : undefined,
    });
  }

  function schedule(): void {
    if (closed || writing || written === text.content.length) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      writing = flushInBackground().finally(() => {
        writing = undefined;
        schedule();
      });
    }, wait());
  }

  async function flushInBackground(): Promise<void> {
    wait = () => TICK_MS - (Date.now() % TICK_MS);
    try {
      await flush(false);
    } catch (error) {
      if (error instanceof AnswerEndedElsewhere) {
        closed = true;
        return onLost();
      }
      // Nothing is lost: the text is still here, for the next write or the last one. An end meanwhile is no fault.
      if (error !== signal.reason) ctx.logger.warn({ err: error }, 'an answer could not be written for now');
      wait = () => RETRY_MS;
    }
  }

  async function close(): Promise<void> {
    closed = true;
    clearTimeout(timer);
    await writing;
  }

  async function finish(brokenOff: boolean): Promise<FinishedText> {
    await close();
    text.end();
    await flush(true, brokenOff);
    return { text: text.content, cited: text.cited };
  }

  return {
    sources(found) {
      text.mayCite(found.sources);
      return add({ seq: 1, events: [{ kind: 'sources', data: null }], ...found });
    },
    attempts(made) {
      unwritten = null;
      return write(() => recordAttempts(ctx.database.fork(), messageId, made));
    },
    attemptsLater(made) {
      unwritten = made;
    },
    text(more) {
      text.push(more);
      schedule();
    },
    finish,
    async verdicts(judged) {
      text.judge(judged);
      const citations = text.cited.map(({ citation }) => citation);
      await tell(() => recordVerdicts(ctx.database.fork(), messageId, citations));
    },
    async end(end) {
      if (signal.aborted) patience = AbortSignal.timeout(LAST_WORD_MS);
      await finish(end.status !== MessageStatus.COMPLETE);
      const made = unwritten;
      await tell(() =>
        ctx.database
          .fork()
          .transactional(
            async (tx) => (!made || (await recordAttempts(tx, messageId, made))) && endAnswer(tx, messageId, end),
          ),
      );
    },
    close,
  };
}
