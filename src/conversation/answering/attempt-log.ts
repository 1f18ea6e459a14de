import type { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import { toFailure } from '../../platform/failure.js';
import type { AnswerWriter } from './answer-writer.js';
import type { MessageAttempt } from '../message-attempt.js';
import { AttemptOutcome } from '../message.enums.js';
import type { TokenUsage } from '../token-usage.js';

/** Writes the attempts of one answer down. One that is going when the answer ends, ends with it: see `endAnswer`. */
export interface AttemptLog {
  /** @throws AnswerEndedElsewhere */
  begin(model: LLMProvider): Promise<void>;
  /** The first of the text is there; written with it. */
  firstToken(): void;
  hasFirstToken(): boolean;
  /** Written with the end of the answer, unless another attempt begins. */
  complete(usage: TokenUsage | null): void;
  fail(error: unknown, usage: TokenUsage | null): void;
  /**
   * Writes what is known, at once.
   * @throws AnswerEndedElsewhere
   */
  write(): Promise<void>;
}

export function createAttemptLog(writer: Pick<AnswerWriter, 'attempts' | 'attemptsLater'>): AttemptLog {
  const before: MessageAttempt[] = [];
  let current: MessageAttempt | null = null;
  const all = (): MessageAttempt[] => (current ? [...before, current] : []);

  function change(changes: Partial<MessageAttempt>): void {
    current = { ...current!, ...changes };
    writer.attemptsLater(all());
  }

  return {
    begin({ id, providerName, modelName }) {
      if (current) before.push(current);
      const asked = { llmProviderId: id, providerName, modelName, startedAt: now() };
      const ended = { finishedAt: null, outcome: null, error: null, inputTokens: null, outputTokens: null };
      current = { ...asked, firstTokenAt: null, ...ended };
      return writer.attempts(all());
    },
    firstToken: () => change({ firstTokenAt: now() }),
    hasFirstToken: () => current !== null && current.firstTokenAt !== null,
    complete: (usage) => change({ ...usage, finishedAt: now(), outcome: AttemptOutcome.COMPLETE }),
    fail: (error, usage) =>
      change({ ...usage, finishedAt: now(), outcome: AttemptOutcome.FAILED, error: toFailure(error) }),
    write: () => writer.attempts(all()),
  };
}

const now = (): string => new Date().toISOString();
