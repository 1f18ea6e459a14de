import type { Context } from '../../context.js';
import type { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import { answerLimits } from '../../platform/llm/api-config.js';
import type { PromptMessage } from '../../platform/llm/prompt.js';
import { buildRewritePrompt, readRewrite } from '../../platform/llm/rewrite-prompt.js';
import { endingWithin } from '../../platform/within.js';
import { readReply } from '../answering/read-reply.js';

/** How long a model may take to rewrite a question, in milliseconds, and how many tokens it may write. */
const REWRITE_MS = 5_000;
const REWRITE_TOKENS = 200;
/** What no reply of the form that is asked for exceeds, in characters. */
const MAX_REPLY = 2_000;

/**
 * Asks a language model once for a question that can be understood without its conversation. null where that comes to
 * nothing, whatever the reason: it fails, takes more than 5 seconds, writes nothing or too much, has too small a
 * window.
 *
 * @throws the signal's reason once that is aborted
 */
export async function rewriteQuestion(
  ctx: Context,
  provider: LLMProvider,
  history: readonly PromptMessage[],
  question: string,
  signal: AbortSignal,
): Promise<string | null> {
  const prompt = buildRewritePrompt(history, question);
  const maxTokens = Math.min(answerLimits(provider).maxTokens, REWRITE_TOKENS);
  const { providerName, modelName, apiConfig } = provider;
  const model = { providerName, modelName, apiConfig: { ...apiConfig, maxTokens } };
  try {
    const ask = (ended: AbortSignal) => readReply(ctx, model, prompt, MAX_REPLY, ended);
    return readRewrite(await endingWithin(REWRITE_MS, signal, ask));
  } catch (error) {
    signal.throwIfAborted();
    ctx.logger.info({ err: error }, 'a question was not rewritten');
    return null;
  }
}
