import type { Context, Services } from '../context.js';
import { createContext } from '../context.js';
import { newId } from '../platform/database/columns.js';
import type { Logger } from '../platform/logger.js';
import { createTurns, type Turn } from '../platform/turns.js';
import { generateAnswer, type Stop } from './generate-answer.js';
import { MessageStatus } from './message.enums.js';

interface Running {
  readonly messageId: string;
  projectId: string | null;
  conversationId: string | null;
}

/** The answers that this process generates. */
export interface AnswerHub {
  /** Begins to generate a message that is GENERATING, as soon as it is its turn. */
  start(messageId: string): void;
  /** Ends one that is generated here as CANCELLED, and waits for it. */
  stopAnswer(messageId: string): Promise<void>;
  /** Ends those whose record is gone. */
  abortWhere(matches: (answer: Running) => boolean): void;
  /**
   * Ends what still waits for its turn as INTERRUPTED, lets what is going finish for `graceMs`, then ends the rest as INTERRUPTED,
   * and at once what is started after that.
   */
  stop(graceMs: number): Promise<void>;
}

/** @param atOnce how many answers are generated at once; more wait in line, GENERATING with nothing written */
export function createAnswerHub(services: () => Services, logger: Logger, atOnce: number): AnswerHub {
  const running = new Map<string, Running & { controller: AbortController; turn: Turn; done: Promise<void> }>();
  const turns = createTurns(atOnce);
  const reason = (status: Stop['status']): Stop => ({ status });
  const allDone = () => Promise.allSettled([...running.values()].map(({ done }) => done));
  let stopping = false;

  function contextOf(messageId: string): Context {
    return createContext(services(), { requestId: newId(), logger: logger.child({ messageId }) });
  }

  return {
    start(messageId) {
      const controller = new AbortController();
      if (stopping) controller.abort(reason(MessageStatus.INTERRUPTED));
      const turn = turns.enter();
      const answer = { messageId, projectId: null, conversationId: null, controller, turn, done: Promise.resolve() };
      running.set(messageId, answer);
      answer.done = generateAnswer(contextOf(messageId), messageId, controller.signal, turn, (place) =>
        Object.assign(answer, place),
      )
        .catch((error: unknown) => logger.error({ err: error, messageId }, 'an answer could not be recorded'))
        .finally(() => {
          turn.leave();
          running.delete(messageId);
        });
    },
    async stopAnswer(messageId) {
      const answer = running.get(messageId);
      answer?.controller.abort(reason(MessageStatus.CANCELLED));
      await answer?.done;
    },
    abortWhere(matches) {
      for (const answer of running.values())
        if (matches(answer)) answer.controller.abort(reason(MessageStatus.CANCELLED));
    },
    async stop(graceMs) {
      for (const { controller, turn } of running.values())
        if (!turn.hasCome) controller.abort(reason(MessageStatus.INTERRUPTED));
      const grace = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
      await Promise.race([allDone(), grace]);
      stopping = true;
      for (const { controller } of running.values()) controller.abort(reason(MessageStatus.INTERRUPTED));
      await allDone();
    },
  };
}
