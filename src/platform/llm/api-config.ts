import { findHostEntry, type HostEntry, isLoopbackHost } from '../network/host-list.js';
import { isStorable } from '../text/is-storable.js';
import { modelLimits } from './model-limits.js';
import { isProviderName, PROVIDERS } from './providers.js';

/** What an apiConfig may hold. All optional, except baseUrl for openai-compatible. */
export interface ApiConfig {
  /** ollama and openai-compatible only. */
  baseUrl?: string;
  temperature?: number;
  topP?: number;
  /** Tokens of an answer, and how many of the window are kept free for it. */
  maxTokens?: number;
  contextWindow?: number;
  /** The longest silence, not the longest answer. */
  timeoutMs?: number;
  seed?: number;
  stop?: string[];
}

export interface ApiConfigFault {
  /** The setting within the apiConfig; empty for the whole. */
  path: string[];
  /** A sentence that names the setting. */
  message: string;
}

/** What is wrong with a setting, to be read after its name. */
const RULES: Record<Exclude<keyof ApiConfig, 'baseUrl'>, (value: unknown) => string | null> = {
  temperature: (value) => inRange(value, 0, 2),
  topP: (value) => inRange(value, 0, 1),
  maxTokens: (value) => wholeInRange(value, 1, 1_000_000),
  contextWindow: (value) => wholeInRange(value, 256, 10_000_000),
  timeoutMs: (value) => wholeInRange(value, 1_000, 600_000),
  seed: (value) => (Number.isSafeInteger(value) ? null : 'must be an integer.'),
  stop: (value) =>
    Array.isArray(value) && value.length <= 4 && value.every(isStopSequence)
      ? null
      : 'must be a list of up to 4 strings of 1 to 100 characters.',
};

const LOOKS_LIKE_A_KEY = /key|token|auth|secret|passw|credential|bearer/i;
const DEFAULT_MAX_TOKENS = 2_048;

/**
 * Every fault of an apiConfig as a user gave it; none: it may be stored. A value that looks like a key is never echoed.
 * `hosts` is LLM_HOSTS: a baseUrl must be on it, in its canonical form (`127.1` is `127.0.0.1`).
 */
export function validateApiConfig(
  providerName: string,
  modelName: string,
  apiConfig: unknown,
  hosts: readonly HostEntry[],
): ApiConfigFault[] {
  if (typeof apiConfig !== 'object' || apiConfig === null || Array.isArray(apiConfig)) {
    return [{ path: [], message: 'apiConfig must be an object.' }];
  }
  const provider = isProviderName(providerName) ? PROVIDERS[providerName] : null;
  const allowed = [...(provider?.movable ? ['baseUrl'] : []), ...Object.keys(RULES)];
  const given = Object.entries(apiConfig);
  // The list is closed, so more keys than it has are at fault anyway: no need to name each of a million.
  if (given.length > allowed.length + 10)
    return [{ path: [], message: `apiConfig may hold only ${allowed.join(', ')}.` }];

  const faults: ApiConfigFault[] = [];
  for (const [key, value] of given) {
    const name = key.slice(0, 100);
    const fault = allowed.includes(key) ? faultOf(key, value, hosts) : notAllowed(name, providerName, allowed);
    if (fault) faults.push({ path: [name], message: fault });
  }
  if (providerName === 'openai-compatible' && !Object.hasOwn(apiConfig, 'baseUrl')) {
    faults.push({ path: ['baseUrl'], message: 'baseUrl is required, for example http://127.0.0.1:8000/v1.' });
  }
  const tooMany = faults.length === 0 && whyTooManyTokens({ providerName, modelName, apiConfig });
  if (tooMany) faults.push({ path: ['maxTokens'], message: tooMany });
  return faults;
}

/** An apiConfig without faults as it is stored: its baseUrl in canonical form, without a slash at the end. */
export function toStoredApiConfig<Config extends ApiConfig>(apiConfig: Config): Config {
  const { baseUrl } = apiConfig;
  return baseUrl === undefined ? apiConfig : { ...apiConfig, baseUrl: new URL(baseUrl).href.replace(/\/$/, '') };
}

/** Why no answer has room beside a prompt: more tokens are asked for than the model has; null where it has. */
export function whyTooManyTokens({ providerName, modelName, apiConfig }: ConfiguredModel): string | null {
  const { maxTokens, contextWindow = modelLimits(providerName, modelName).contextWindow } = apiConfig;
  if (maxTokens === undefined || maxTokens < contextWindow) return null;
  return `maxTokens must be less than the contextWindow of ${contextWindow} tokens.`;
}

/** A model with its settings, as an LLMProvider has them. */
export interface ConfiguredModel {
  readonly providerName: string;
  readonly modelName: string;
  readonly apiConfig: ApiConfig;
}

/**
 * The window that a prompt and its answer share, and the part of it that is kept for the answer, as `buildPrompt`
 * wants them. That part is what is asked for; by default 2,048 tokens, at most a quarter of the window.
 */
export function answerLimits(model: ConfiguredModel): { contextWindow: number; maxTokens: number } {
  const { contextWindow = modelLimits(model.providerName, model.modelName).contextWindow } = model.apiConfig;
  const maxTokens = requestedTokens(model) ?? Math.min(DEFAULT_MAX_TOKENS, Math.floor(contextWindow / 4));
  return { contextWindow, maxTokens };
}

/** How many tokens of an answer a provider is asked for at most; undefined: it decides. */
export function requestedTokens({ providerName, modelName, apiConfig }: ConfiguredModel): number | undefined {
  const limits = modelLimits(providerName, modelName);
  const { maxTokens, contextWindow = limits.contextWindow } = apiConfig;
  if (maxTokens !== undefined || limits.maxTokens === null) return maxTokens;
  return Math.min(limits.maxTokens, Math.floor(contextWindow / 4));
}

function faultOf(key: string, value: unknown, hosts: readonly HostEntry[]): string | null {
  const fault = key === 'baseUrl' ? baseUrlFault(value, hosts) : RULES[key as keyof typeof RULES](value);
  return fault && `${key} ${fault}`;
}

function notAllowed(name: string, providerName: string, allowed: readonly string[]): string {
  if (LOOKS_LIKE_A_KEY.test(name)) {
    const keyOf = isProviderName(providerName) ? PROVIDERS[providerName].key : null;
    return keyOf
      ? `Keys are not stored here. Set the environment variable ${keyOf.variable} of the service instead.`
      : 'Keys are not stored here, and this provider takes none.';
  }
  return `"${name}" is no setting. Allowed are ${allowed.join(', ')}.`;
}

function baseUrlFault(value: unknown, hosts: readonly HostEntry[]): string | null {
  if (typeof value !== 'string' || /\p{Cc}/u.test(value) || !isStorable(value) || !URL.canParse(value))
    return 'must be an http or https URL.';
  if (value.length > 512) return 'must have at most 512 characters.';
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an http or https URL.';
  if (url.username || url.password)
    return 'must not hold a user name or password: keys live in the environment of the service.';
  if (/[?#]/.test(value)) return 'must not hold a query or a fragment.';
  if (findHostEntry(hosts, url)) return null;
  const entry = url.protocol === 'http:' && !isLoopbackHost(url.hostname) ? url.origin : url.host;
  return `is on ${url.origin}, which is not in LLM_HOSTS. Add ${entry} there, and start ibid anew.`;
}

function inRange(value: unknown, least: number, most: number): string | null {
  const fits = typeof value === 'number' && value >= least && value <= most;
  return fits ? null : `must be a number from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}.`;
}

function wholeInRange(value: unknown, least: number, most: number): string | null {
  const fits = Number.isInteger(value) && inRange(value, least, most) === null;
  return fits ? null : `must be an integer from ${least.toLocaleString('en')} to ${most.toLocaleString('en')}.`;
}

function isStopSequence(value: unknown): boolean {
  return typeof value === 'string' && value.length >= 1 && value.length <= 100 && isStorable(value);
}
