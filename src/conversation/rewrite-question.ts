import type { Context } from '../context.js';
import type { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { answerLimits } from '../platform/llm/api-config.js';
import type { PromptMessage } from '../platform/llm/prompt.js';
import { buildRewritePrompt, readRewrite } from '../platform/llm/rewrite-prompt.js';
import { estimateTokens } from '../platform/llm/tokens.js';

/** How long a model may take to rewrite a question, in milliseconds, and how many tokens it may write. */
const REWRITE_MS = 5_000;
const REWRITE_TOKENS = 200;
/** What no reply of the form that is asked for exceeds, in characters. */
const MAX_REPLY = 2_000;

/**
 * Asks a language model once for a question that can be understood without its conversation. null where that comes to
 * nothing, whatever the reason: it fails, takes more than 5 seconds, writes nothing or too much, has too small a window.
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
  const { contextWindow, maxTokens } = answerLimits(provider);
  const left = Math.min(maxTokens, REWRITE_TOKENS);
  if (estimateTokens(prompt.system + prompt.messages[0]!.content) > contextWindow - left) return null;
  const late = AbortSignal.timeout(REWRITE_MS);
  const request = {
    providerName: provider.providerName,
    modelName: provider.modelName,
    apiConfig: { ...provider.apiConfig, maxTokens: left },
    prompt,
    signal: AbortSignal.any([signal, late]),
  };
  let reply = '';
  try {
    for await (const part of ctx.models.streamAnswer(request)) {
      if (part.type === 'delta') reply += part.text;
      if (reply.length > MAX_REPLY) return null;
    }
  } catch (error) {
    signal.throwIfAborted();
    ctx.logger.info({ err: error }, 'a question was not rewritten');
    return null;
  }
  return readRewrite(reply);
}
