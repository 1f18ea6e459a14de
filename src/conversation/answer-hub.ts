import type { Context, Services } from '../context.js';
import { createContext } from '../context.js';
import { newId } from '../platform/database/columns.js';
import type { Logger } from '../platform/logger.js';
import { generateAnswer, type Stop } from './generate-answer.js';
import { MessageStatus } from './message.enums.js';

interface Running {
  readonly messageId: string;
  projectId: string | null;
  conversationId: string | null;
}

/** The answers that this process generates. */
export interface AnswerHub {
  /** Begins to generate a message that is GENERATING. */
  start(messageId: string): void;
  /** Ends one that is generated here as CANCELLED, and waits for it. */
  stopAnswer(messageId: string): Promise<void>;
  /** Ends those whose record is gone. */
  abortWhere(matches: (answer: Running) => boolean): void;
  /** Lets what is going finish for `graceMs`, then ends the rest as INTERRUPTED, and at once what is started after that. */
  stop(graceMs: number): Promise<void>;
}

export function createAnswerHub(services: () => Services, logger: Logger): AnswerHub {
  const running = new Map<string, Running & { controller: AbortController; done: Promise<void> }>();
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
      const answer = { messageId, projectId: null, conversationId: null, controller, done: Promise.resolve() };
      running.set(messageId, answer);
      answer.done = generateAnswer(contextOf(messageId), messageId, controller.signal, (place) =>
        Object.assign(answer, place),
      )
        .catch((error: unknown) => logger.error({ err: error, messageId }, 'an answer could not be recorded'))
        .finally(() => running.delete(messageId));
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
      const grace = new Promise((resolve) => setTimeout(resolve, graceMs).unref());
      await Promise.race([allDone(), grace]);
      stopping = true;
      for (const { controller } of running.values()) controller.abort(reason(MessageStatus.INTERRUPTED));
      await allDone();
    },
  };
}
