import { createContext, type Services } from '../../context.js';
import { newId } from '../../platform/database/columns.js';
import { HEARTBEAT_MS } from '../../platform/heartbeat.js';
import type { Logger } from '../../platform/logger.js';
import { createTurns, type Turn } from '../../platform/turns.js';
import { beat, untilEnded } from './answer-leases.js';
import type { NewAnswer } from './answer-task.js';
import { AnswerEndedElsewhere } from './answer-writer.js';
import { generateAnswer, type Stop } from './generate-answer.js';
import { MessageStatus } from '../message.enums.js';
import { createTokenMeter } from './token-meter.js';

/** The answers that this process generates, and a word to the other processes about theirs. */
export interface AnswerHub {
  /** Begins to generate an answer that is GENERATING, as soon as it is its turn. */
  start(answer: NewAnswer): void;
  /**
   * Ends an answer as CANCELLED, in whichever process it is generated, and waits for its end. Another process may be
   * dead: it is waited for 2 s at most.
   */
  stopAnswer(messageId: string): Promise<void>;
  /** Ends those of a conversation or project that has been deleted, in all processes; waits for none. */
  giveUp(ownerId: string): void;
  /**
   * Ends answers that wait for their turn as INTERRUPTED, and lets those that are going finish for `graceMs`. Then it
   * ends the rest as INTERRUPTED, and at once whatever is started later.
   */
  stop(graceMs: number): Promise<void>;
}

const STOP_WAIT_MS = 2_000;
const stopTopic = (messageId: string): string => `stop:${messageId}`;
const goneTopic = (ownerId: string): string => `gone:${ownerId}`;

/** @param atOnce how many answers are generated at once; more wait in line, GENERATING with nothing written */
export function createAnswerHub(services: () => Services, logger: Logger, atOnce: number): AnswerHub {
  const running = new Map<string, { controller: AbortController; turn: Turn; done: Promise<void> }>();
  const turns = createTurns(atOnce);
  const reason = (status: Stop['status']): Stop => ({ status });
  const allDone = () => Promise.allSettled([...running.values()].map(({ done }) => done));
  let stopping = false;

  async function generate(answer: NewAnswer, controller: AbortController, turn: Turn): Promise<void> {
    const { answerId, projectId, conversationId } = answer;
    const given = { requestId: newId(), logger: logger.child({ messageId: answerId }) };
    const all = services();
    const meter = createTokenMeter({ ...all, ...given }, answer);
    const cancel = (): void => controller.abort(reason(MessageStatus.CANCELLED));
    const ends = [stopTopic(answerId), goneTopic(projectId), goneTopic(conversationId)].map((topic) =>
      all.topics.on(topic, cancel),
    );
    try {
      const ctx = createContext({ ...all, models: meter.models }, given);
      await generateAnswer(ctx, answer, meter, turn, controller.signal);
    } catch (error) {
      given.logger.error({ err: error }, 'an answer could not be recorded');
    } finally {
      for (const end of ends) end();
      turn.leave();
      running.delete(answerId);
    }
  }

  let isBeating = false;
  const beating = setInterval(async () => {
    if (isBeating || running.size === 0) return;
    isBeating = true;
    try {
      for (const messageId of await beat(services().database.fork(), [...running.keys()]))
        running.get(messageId)?.controller.abort(new AnswerEndedElsewhere());
    } catch {
      // The next one is soon enough: a lease outlasts several.
    } finally {
      isBeating = false;
    }
  }, HEARTBEAT_MS).unref();

  return {
    start(answer) {
      const controller = new AbortController();
      if (stopping) controller.abort(reason(MessageStatus.INTERRUPTED));
      const turn = turns.enter();
      const entry = { controller, turn, done: Promise.resolve() };
      running.set(answer.answerId, entry);
      entry.done = generate(answer, controller, turn);
    },
    async stopAnswer(messageId) {
      const here = running.get(messageId);
      services().topics.publish(stopTopic(messageId));
      if (here) await here.done;
      else if (!services().database.embedded) await untilEnded(services(), messageId, STOP_WAIT_MS);
    },
    giveUp: (ownerId) => services().topics.publish(goneTopic(ownerId)),
    async stop(graceMs) {
      for (const { controller, turn } of running.values())
        if (!turn.hasCome) controller.abort(reason(MessageStatus.INTERRUPTED));
      const grace = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
      await Promise.race([allDone(), grace]);
      stopping = true;
      for (const { controller } of running.values()) controller.abort(reason(MessageStatus.INTERRUPTED));
      await allDone();
      clearInterval(beating);
    },
  };
}
