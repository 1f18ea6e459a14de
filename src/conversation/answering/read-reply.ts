import type { Context } from '../../context.js';
import type { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import { answerLimits } from '../../platform/llm/api-config.js';
import type { Prompt } from '../../platform/llm/prompt.js';
import { promptTokens } from '../../platform/llm/tokens.js';

/**
 * What a language model says to a request that is no answer, as a whole.
 *
 * @param mostCharacters what no reply of the form that is asked for exceeds
 * @throws Error where the request does not fit into the model's window, and where the reply is longer or broke off
 * @throws FailureError when the provider fails; the signal's reason
 */
export async function readReply(
  ctx: Context,
  model: Pick<LLMProvider, 'providerName' | 'modelName' | 'apiConfig'>,
  prompt: Prompt,
  mostCharacters: number,
  signal: AbortSignal,
): Promise<string> {
  const { contextWindow, maxTokens } = answerLimits(model);
  if (promptTokens(prompt) > contextWindow - maxTokens)
    throw new Error('The request does not fit into the window of the model');
  let reply = '';
  for await (const part of ctx.models.streamAnswer({ ...model, prompt, signal })) {
    if (part.type === 'delta') reply += part.text;
    if (part.type === 'truncated') throw new Error('The model did not come to its end');
    if (reply.length > mostCharacters) throw new Error('The model says too much');
  }
  return reply;
}
