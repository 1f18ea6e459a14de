/** The closed list of providers. Their names are stored and part of the API: never renamed. */
export const PROVIDER_NAMES = ['builtin', 'openai', 'anthropic', 'google', 'ollama', 'openai-compatible'] as const;

export type ProviderName = (typeof PROVIDER_NAMES)[number];

/** The providers' keys, which live in the environment only. null: none is set. */
export interface ProviderKeys {
  openai: string | null;
  anthropic: string | null;
  google: string | null;
  openaiCompatible: string | null;
  /** Where openaiCompatible goes, as `URL.host` has it. null or absent: wherever it is called, within LLM_HOSTS. */
  openaiCompatibleHosts?: readonly string[] | null;
}

export interface Provider {
  /** How users know it. */
  readonly title: string;
  /** Where its key is found, and the environment variable that operators set; null: it takes none. */
  readonly key: {
    readonly name: Exclude<keyof ProviderKeys, 'openaiCompatibleHosts'>;
    readonly variable: string;
    readonly required: boolean;
  } | null;
  /** Where it is called. For ollama the default of its `baseUrl`, for openai-compatible there is none. */
  readonly baseUrl: string | null;
  /** Whether `baseUrl` may be configured, within LLM_HOSTS. */
  readonly movable: boolean;
  /** Tokens for prompt and answer together, unless `contextWindow` is configured or a family of models has its own. */
  readonly contextWindow: number;
  /** Tokens of an answer where `maxTokens` is not configured; null: the provider decides. */
  readonly maxTokens: number | null;
}

export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = {
  builtin: {
    title: 'The builtin model',
    key: null,
    baseUrl: null,
    movable: false,
    contextWindow: 65_536,
    maxTokens: null,
  },
  openai: {
    title: 'OpenAI',
    key: { name: 'openai', variable: 'OPENAI_API_KEY', required: true },
    baseUrl: 'https://api.openai.com/v1',
    movable: false,
    contextWindow: 128_000,
    maxTokens: null,
  },
  anthropic: {
    title: 'Anthropic',
    key: { name: 'anthropic', variable: 'ANTHROPIC_API_KEY', required: true },
    baseUrl: 'https://api.anthropic.com/v1',
    movable: false,
    contextWindow: 200_000,
    // Its protocol wants a number, and what a model can write at most may leave the prompt no room in the window.
    maxTokens: 8_192,
  },
  google: {
    title: 'Google',
    key: { name: 'google', variable: 'GOOGLE_GENERATIVE_AI_API_KEY', required: true },
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    movable: false,
    contextWindow: 1_000_000,
    maxTokens: null,
  },
  ollama: {
    title: 'Ollama',
    key: null,
    baseUrl: 'http://127.0.0.1:11434',
    movable: true,
    contextWindow: 8_192,
    maxTokens: null,
  },
  'openai-compatible': {
    title: 'The OpenAI-compatible server',
    key: { name: 'openaiCompatible', variable: 'OPENAI_COMPATIBLE_API_KEY', required: false },
    baseUrl: null,
    movable: true,
    // What small self-hosted models are usually started with; larger ones say so in `contextWindow`.
    contextWindow: 8_192,
    maxTokens: null,
  },
};

/** The environment variable that this provider needs and that is not set; null: nothing is missing. */
export function missingVariable(name: string, keys: ProviderKeys): string | null {
  const key = isProviderName(name) ? PROVIDERS[name].key : null;
  return key?.required && !keys[key.name] ? key.variable : null;
}

/** The key of a provider that is called at `baseUrl`; null: it takes none, or its key is not for there. */
export function keyAt(name: ProviderName, baseUrl: string, { openaiCompatibleHosts }: ProviderKeys): Provider['key'] {
  const hosts = name === 'openai-compatible' ? openaiCompatibleHosts : null;
  return hosts && !hosts.includes(new URL(baseUrl).host) ? null : PROVIDERS[name].key;
}

/** Whether `name` is one of PROVIDER_NAMES, exactly as written there. */
export function isProviderName(name: string): name is ProviderName {
  return (PROVIDER_NAMES as readonly string[]).includes(name);
}
