import type { Context } from '../context.js';
import { missingKey } from '../platform/llm/provider-failure.js';
import { isProviderName, missingVariable, PROVIDERS } from '../platform/llm/providers.js';
import type { LLMProvider } from './llm-provider.entity.js';

/** Why each call of this language model would fail here, in words for its user; null: nothing is known against it. */
export function whyNotAsked(
  { config }: Pick<Context, 'config'>,
  { providerName }: Pick<LLMProvider, 'providerName'>,
): string | null {
  if (!isProviderName(providerName) || !missingVariable(providerName, config.keys)) return null;
  return missingKey(PROVIDERS[providerName]).message;
}
