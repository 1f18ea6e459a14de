import type { Context } from '../../context.js';
import { throughOutages } from '../../platform/database/through-outages.js';
import type { AnswerPart } from '../../platform/llm/answer-parts.js';
import type { AnswerRequest, LanguageModels } from '../../platform/llm/models.js';
import { estimateTokens, promptTokens } from '../../platform/llm/tokens.js';
import type { TokenUsage } from '../token-usage.js';
import { addSpent, type AnswerOwner, failWhenSpent, isCommitted } from './token-budget.js';

/** Counts what one answer costs, whoever calls a model for it: the answer itself, the search for it, its judge. */
export interface TokenMeter {
  /** Language models that look at the project's budget first: FailureError LIMIT_EXCEEDED where it is used up. */
  readonly models: LanguageModels;
  /** What it has cost so far; null: nothing that anybody counted. */
  usage(): TokenUsage | null;
  /** Adds what is not counted yet to the totals of project and conversation. Never throws: the next call retries. */
  settle(): Promise<void>;
}

export function createTokenMeter(ctx: Pick<Context, 'database' | 'logger' | 'models'>, owner: AnswerOwner): TokenMeter {
  const used = { inputTokens: 0, outputTokens: 0 };
  const unsettled = { inputTokens: 0, outputTokens: 0 };
  /** What is being added to the totals; where that failed, only the database knows whether it was done. */
  let unsure: { amount: TokenUsage; transaction: string | null } | null = null;
  let settling = Promise.resolve();
  const add = (total: TokenUsage, { inputTokens, outputTokens }: TokenUsage): void => {
    total.inputTokens += inputTokens;
    total.outputTokens += outputTokens;
  };

  /** One after the other: a judge that has no time left may still be at it. */
  const settle = (): Promise<void> => (settling = settling.then(settleNow));

  async function settleNow(): Promise<void> {
    try {
      if (unsure && !(unsure.transaction && (await isCommitted(ctx, unsure.transaction))))
        add(unsettled, unsure.amount);
      unsure = null;
      const amount = { ...unsettled };
      if (amount.inputTokens + amount.outputTokens === 0) return;
      Object.assign(unsettled, { inputTokens: 0, outputTokens: 0 });
      const now = (unsure = { amount, transaction: null as string | null });
      await addSpent(ctx, owner, amount, (transaction) => (now.transaction = transaction));
      unsure = null;
    } catch (error) {
      ctx.logger.warn({ err: error }, 'the tokens of an answer could not be counted for now');
    }
  }

  async function* streamAnswer(request: AnswerRequest): AsyncGenerator<AnswerPart> {
    const isFree = request.providerName === 'builtin';
    if (!isFree) {
      // What this answer has cost already counts.
      await settle();
      await throughOutages(ctx.database, request.signal, () => failWhenSpent(ctx, owner.projectId));
    }
    request.signal.throwIfAborted();
    let text = '';
    let told: TokenUsage | null = null;
    let isWhole = false;
    try {
      for await (const part of ctx.models.streamAnswer(request)) {
        if (part.type === 'delta') text += part.text;
        else if (part.type === 'usage') told = part;
        yield part;
      }
      isWhole = true;
    } finally {
      // Whoever breaks off is not told what it cost; one that failed before a word cost nothing.
      const isBroken = !isWhole && (text !== '' || request.signal.aborted);
      const cost = told ?? (isWhole || isBroken ? estimateOf(request, text) : null);
      if (cost && !isFree) add(unsettled, cost);
      if (cost && (told || isBroken)) add(used, cost);
    }
  }

  return {
    models: { ...ctx.models, streamAnswer },
    usage: () => (used.inputTokens + used.outputTokens > 0 ? { ...used } : null),
    settle,
  };
}

function estimateOf({ prompt }: AnswerRequest, text: string): TokenUsage {
  return { inputTokens: promptTokens(prompt), outputTokens: estimateTokens(text) };
}
