import { isProviderName, type ProviderName, PROVIDERS } from './providers.js';

export interface ModelLimits {
  /** Tokens for prompt and answer together. */
  contextWindow: number;
  /** Tokens of an answer that are asked for; null: as many as the provider likes. */
  maxTokens: number | null;
}

interface Family extends Partial<ModelLimits> {
  /** Of the model's name, in lower case, without `models/` and `ft:` before it. */
  pattern: RegExp;
}

/** Where a family of models differs from what its provider has else. The first that fits counts. */
const FAMILIES: Partial<Record<ProviderName, readonly Family[]>> = {
  openai: [
    { pattern: /^gpt-4\.1/, contextWindow: 1_047_576 },
    { pattern: /^gpt-5.*-chat/, contextWindow: 128_000 },
    // Its window is of 400,000, of which a prompt gets no more than this.
    { pattern: /^gpt-5/, contextWindow: 272_000 },
    { pattern: /^o1-(?:mini|preview)/, contextWindow: 128_000 },
    { pattern: /^o\d/, contextWindow: 200_000 },
    { pattern: /^gpt-4-32k/, contextWindow: 32_768 },
    { pattern: /^gpt-4(?:-0314|-0613)?$/, contextWindow: 8_192 },
    { pattern: /^gpt-3\.5/, contextWindow: 16_385 },
  ],
  anthropic: [
    { pattern: /^claude-(?:instant|2\.0)/, contextWindow: 100_000, maxTokens: 4_096 },
    { pattern: /^claude-(?:2|3-(?:opus|sonnet|haiku))/, maxTokens: 4_096 },
  ],
  google: [
    { pattern: /^gemini-1\.5-pro/, contextWindow: 2_000_000 },
    { pattern: /^gemini-(?:1\.0-)?pro/, contextWindow: 30_720 },
    { pattern: /^gemma-3n|^gemma-3-1b/, contextWindow: 32_768 },
    { pattern: /^gemma/, contextWindow: 131_072 },
  ],
  // A larger window costs memory of the machine that it runs on: larger ones are for `contextWindow` to ask for.
  ollama: [
    { pattern: /^(?:tinyllama|phi(?:$|:))/, contextWindow: 2_048 },
    { pattern: /^llama2/, contextWindow: 4_096 },
  ],
};

/** What a model can take where its apiConfig says nothing of it; 8,192 tokens for a provider that nobody knows. */
export function modelLimits(providerName: string, modelName: string): ModelLimits {
  if (!isProviderName(providerName)) return { contextWindow: 8_192, maxTokens: null };
  const { contextWindow, maxTokens } = PROVIDERS[providerName];
  const name = modelName.toLowerCase().replace(/^(?:models\/|ft:)/, '');
  const family = FAMILIES[providerName]?.find(({ pattern }) => pattern.test(name));
  return { contextWindow: family?.contextWindow ?? contextWindow, maxTokens: family?.maxTokens ?? maxTokens };
}
