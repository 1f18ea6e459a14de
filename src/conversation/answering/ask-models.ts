import { setTimeout as pause } from 'node:timers/promises';

import type { Context } from '../../context.js';
import { FailureCode, FailureError } from '../../platform/errors.js';
import type { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import { toFailure } from '../../platform/failure.js';
import { FAIL_OVER_BUDGET_MS, type NextStep, stepAfter } from '../../platform/llm/fail-over.js';
import type { Prompt } from '../../platform/llm/prompt.js';
import { emptyAnswer } from '../../platform/llm/provider-failure.js';
import { createStopwatch, type Stopwatch } from '../../platform/stopwatch.js';
import type { AnswerWriter, FinishedText } from './answer-writer.js';
import { type AttemptLog, createAttemptLog } from './attempt-log.js';
import { AnswerOutcome } from '../message.enums.js';
import type { TokenUsage } from '../token-usage.js';

type PromptFor = (model: LLMProvider) => Prompt;

export interface Answered extends FinishedText {
  outcome: AnswerOutcome;
  /** Whether the model stopped at its limit of tokens. */
  truncated: boolean;
}

/**
 * Asks one language model after the other until one answers, as `stepAfter` says. Writes down the text and each
 * attempt. Each model has an equal share of the time that is left. That time passes while a model is asked or waited
 * for, not while the database is. What one model has begun to say, no other one goes on with.
 *
 * @throws FailureError what the last one failed with, and where there is no model
 * @throws AnswerEndedElsewhere
 * @throws the signal's reason
 */
export async function askModels(
  ctx: Context,
  models: readonly LLMProvider[],
  promptFor: PromptFor,
  writer: AnswerWriter,
  signal: AbortSignal,
): Promise<Answered> {
  const attempts = createAttemptLog(writer);
  const clock = createStopwatch();
  for (const [position, model] of models.entries()) {
    const hasNext = position < models.length - 1;
    const shareEnds = clock.ms + (FAIL_OVER_BUDGET_MS - clock.ms) / (models.length - position);
    for (let tries = 1, step: NextStep | null = null; step?.type !== 'next'; tries += 1) {
      await attempts.begin(model);
      try {
        return await ask(ctx, model, promptFor, {
          writer,
          attempts,
          clock,
          patienceEnds: hasNext ? shareEnds : null,
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        step = stepAfter(error, {
          hasBegun: attempts.hasFirstToken(),
          tries,
          hasNext,
          shareLeftMs: shareEnds - clock.ms,
          budgetLeftMs: FAIL_OVER_BUDGET_MS - clock.ms,
        });
        if (step.type === 'give up') throw error;
        const { providerName, modelName } = model;
        const { code, message: reason } = toFailure(error);
        ctx.logger.info({ code, reason, providerName, modelName, ...step }, 'a language model did not answer');
        await attempts.write();
        if (step.type !== 'again') continue;
        clock.start();
        await pause(step.waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
        clock.stop();
      }
    }
  }
  const message = 'The language model that was asked has been deleted. Generate the answer again.';
  throw new FailureError(FailureCode.INTERNAL, message, true);
}

/** One request. From the model's first sign of life on, its `timeoutMs` alone says how long it may be silent. */
async function ask(
  ctx: Context,
  model: LLMProvider,
  promptFor: PromptFor,
  {
    writer,
    attempts,
    clock,
    patienceEnds,
    signal,
  }: { writer: AnswerWriter; attempts: AttemptLog; clock: Stopwatch; patienceEnds: number | null; signal: AbortSignal },
): Promise<Answered> {
  const impatience = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onStart = (): void => {
    clock.start();
    if (patienceEnds !== null) timer = setTimeout(() => impatience.abort(tooSlow()), patienceEnds - clock.ms);
  };
  const either = AbortSignal.any([signal, impatience.signal]);
  let outcome: AnswerOutcome = AnswerOutcome.ANSWERED;
  let truncated = false;
  let usage: TokenUsage | null = null;
  try {
    const request = { ...model, prompt: promptFor(model), signal: either, onStart };
    for await (const part of ctx.models.streamAnswer(request)) {
      clearTimeout(timer);
      if (part.type === 'delta') {
        if (!attempts.hasFirstToken()) attempts.firstToken();
        writer.text(part.text);
      } else if (part.type === 'abstained') outcome = AnswerOutcome.NO_EVIDENCE;
      else if (part.type === 'truncated') truncated = true;
      else if (part.type === 'usage') usage = { inputTokens: part.inputTokens, outputTokens: part.outputTokens };
    }
    attempts.complete(usage);
    // Of markers of sources that do not exist, nothing is left.
    const finished = await writer.finish(truncated);
    if (finished.text.trim() === '') throw emptyAnswer(truncated);
    return { outcome, truncated, ...finished };
  } catch (error) {
    // Of one that is stopped, the end of the answer is the end.
    if (!signal.aborted) attempts.fail(error, usage);
    throw error;
  } finally {
    clearTimeout(timer);
    clock.stop();
  }
}

function tooSlow(): FailureError {
  const message = 'The provider sent nothing within its share of the time: there is another one to ask.';
  return new FailureError(FailureCode.TIMEOUT, message, true);
}
