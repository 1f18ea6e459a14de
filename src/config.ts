import { delimiter, isAbsolute, resolve } from 'node:path';
import {
  duration,
  flag,
  hostEntry,
  hostName,
  httpUrl,
  list,
  oneOf,
  origin,
  postgresUrl,
  readVariables,
  secret,
  show,
  type Variables,
  wholeNumber,
} from './platform/environment.js';
import { EMBEDDING_PROVIDERS, type EmbeddingProvider } from './platform/embedding/providers.js';
import { type GitToken, gitTokens } from './platform/git/git-tokens.js';
import { type ProviderKeys, PROVIDERS } from './platform/llm/providers.js';
import { apiLimits, type Limits } from './platform/limits.js';
import { findHostEntry, isLoopbackHost, nameOfHost, type HostEntry } from './platform/network/host-list.js';
import { LOG_LEVELS, type LogLevel } from './platform/logger.js';
import { type VariableName, VARIABLES } from './variables.js';

/** What the operator decided, checked as a whole and frozen. A variable that is empty counts as unset. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** null: the embedded database under `dataDir`. */
  readonly databaseUrl: string | null;
  readonly databasePoolSize: number;
  /** Absolute. */
  readonly dataDir: string;
  readonly gitHosts: readonly HostEntry[];
  readonly githubToken: string | null;
  readonly gitTokens: readonly GitToken[];
  readonly gitCacheMaxMb: number;
  readonly gitRepositoryMaxMb: number;
  /** null: no webhooks are taken. */
  readonly githubWebhookSecret: string | null;
  /** In milliseconds. null: heads are not looked at by themselves. */
  readonly syncIntervalMs: number | null;
  readonly llmHosts: readonly HostEntry[];
  /** `baseUrl` is without a trailing slash, and null for builtin and openai. */
  readonly embedding: {
    readonly provider: EmbeddingProvider;
    readonly model: string;
    readonly baseUrl: string | null;
    /** The openai-compatible server that was configured before, with its key. */
    readonly previous: { readonly baseUrl: string; readonly apiKey: string } | null;
  };
  readonly keys: Readonly<Required<ProviderKeys>>;
  readonly allowedHosts: readonly string[];
  readonly corsOrigins: readonly string[];
  /** Ceilings of operations that are others than the API's own. */
  readonly apiLimits: Partial<Limits>;
  /** Answers that this process generates at once. */
  readonly maxGenerations: number;
  /** What one answer may take, in milliseconds, from when it begins. */
  readonly generationTimeoutMs: number;
  readonly logLevel: LogLevel;
  readonly sampleProject: boolean;
  readonly allowUnauthenticated: boolean;
  /** How long answers and requests in flight have to end after SIGTERM; in milliseconds. */
  readonly shutdownGraceMs: number;
  /** Where the git program is looked for: the absolute folders of PATH. Undefined: the usual places. */
  readonly searchPath?: string;
}

/** One fault a line, each with the variable, what is wrong and what would be right. No line holds a secret. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(['The configuration is not valid:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
  }
}

/** With the provider's name before it, it has to fit where it is stored. */
const MAX_EMBEDDING_MODEL = 120;

/**
 * Reads and checks the whole configuration; takes what `index.ts` has as `process.env`.
 *
 * @throws ConfigError with every fault at once, so that nobody mends them one start at a time.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const variables = readVariables(VARIABLES, env);
  const { read, faults } = variables;
  const host = read('HOST', hostName);
  const allowUnauthenticated = read('ALLOW_UNAUTHENTICATED', flag);
  if (host && !isLoopbackHost(host) && allowUnauthenticated === false) {
    faults.push(
      `HOST is ${show(host)}: there are no accounts yet, so whoever reaches it could read and change everything. ` +
        'Use 127.0.0.1, or set ALLOW_UNAUTHENTICATED=true where something in front of the service checks who comes.',
    );
  }
  const gitHosts = read('GIT_HOSTS', list(hostEntry({ allowPrivate: true })));
  const llmHosts = read('LLM_HOSTS', list(hostEntry({ allowScheme: true })));
  const values = {
    port: read('PORT', wholeNumber(0, 65_535)),
    host,
    databaseUrl: read('DATABASE_URL', postgresUrl),
    databasePoolSize: read('DATABASE_POOL_SIZE', wholeNumber(2, 200)),
    dataDir: read('DATA_DIR', (text) => resolve(text)),
    gitHosts,
    githubToken: read('GITHUB_TOKEN', secret),
    gitTokens: read('GIT_TOKENS', gitTokens(gitHosts)) ?? [],
    gitCacheMaxMb: read('GIT_CACHE_MAX_MB', wholeNumber(1, 1_000_000)),
    gitRepositoryMaxMb: read('GIT_REPOSITORY_MAX_MB', wholeNumber(1, 1_000_000)),
    githubWebhookSecret: read('GITHUB_WEBHOOK_SECRET', secret),
    syncIntervalMs: read('SYNC_INTERVAL', duration('1m')),
    llmHosts,
    embedding: readEmbedding(variables, llmHosts),
    keys: {
      openai: read('OPENAI_API_KEY', secret),
      anthropic: read('ANTHROPIC_API_KEY', secret),
      google: read('GOOGLE_GENERATIVE_AI_API_KEY', secret),
      openaiCompatible: read('OPENAI_COMPATIBLE_API_KEY', secret),
      openaiCompatibleHosts: readKeyHosts(variables, llmHosts),
    },
    allowedHosts: read('ALLOWED_HOSTS', list(hostName)) ?? [],
    corsOrigins: read('CORS_ORIGINS', list(origin)) ?? [],
    apiLimits: read('API_LIMITS', apiLimits) ?? {},
    maxGenerations: read('MAX_GENERATIONS', wholeNumber(1, 10_000)),
    generationTimeoutMs: read('GENERATION_TIMEOUT', duration('1s', '1d')),
    logLevel: read('LOG_LEVEL', oneOf(LOG_LEVELS)),
    sampleProject: read('SAMPLE_PROJECT', flag),
    allowUnauthenticated,
    shutdownGraceMs: read('SHUTDOWN_GRACE', duration('0s', '10m')),
    searchPath: env.PATH?.split(delimiter).filter(isAbsolute).join(delimiter) || undefined,
  };
  if (faults.length > 0) throw new ConfigError(faults);
  // Without a fault, only what may be null is: every other variable has a default.
  return deepFreeze(values as Config);
}

function readKeyHosts({ read, faults }: Variables<VariableName>, llmHosts: readonly HostEntry[] | null) {
  const hosts = read('OPENAI_COMPATIBLE_API_KEY_HOSTS', list(hostEntry({ allowScheme: true })))?.map(nameOfHost);
  const listed = llmHosts?.map(nameOfHost);
  const unknown = listed && hosts?.find((host) => !listed.includes(host));
  if (unknown) faults.push(`OPENAI_COMPATIBLE_API_KEY_HOSTS has ${show(unknown)}, which is not an entry of LLM_HOSTS.`);
  return hosts ?? null;
}

function readEmbedding({ set, read, faults }: Variables<VariableName>, llmHosts: readonly HostEntry[] | null) {
  const provider = read('EMBEDDING_PROVIDER', oneOf(Object.keys(EMBEDDING_PROVIDERS) as EmbeddingProvider[]));
  const ownBaseUrl = read('EMBEDDING_BASE_URL', httpUrl);
  const previousUrl = read('EMBEDDING_PREVIOUS_BASE_URL', httpUrl);
  const previousKey = read('EMBEDDING_PREVIOUS_API_KEY', secret);
  if (set('EMBEDDING_PREVIOUS_API_KEY') && !set('EMBEDDING_PREVIOUS_BASE_URL'))
    faults.push('EMBEDDING_PREVIOUS_BASE_URL is not set: EMBEDDING_PREVIOUS_API_KEY goes to that address only.');
  if (previousUrl && !set('EMBEDDING_PREVIOUS_API_KEY'))
    faults.push(
      'EMBEDDING_PREVIOUS_API_KEY is not set: EMBEDDING_PREVIOUS_BASE_URL only says where it goes; remove it where that server wants no key.',
    );
  // A wrong provider is one fault; what the others should be cannot be said before it is mended.
  if (!provider) return null;
  const using = `EMBEDDING_PROVIDER=${provider}`;
  const model = set('EMBEDDING_MODEL') ?? EMBEDDING_PROVIDERS[provider].model;
  const { movable, baseUrl: usualUrl } = PROVIDERS[provider];
  const baseUrl = ownBaseUrl ?? (movable ? usualUrl : null);
  if (!model) faults.push(`EMBEDDING_MODEL is not set: ${using} needs the name of a model.`);
  if (model && model.length > MAX_EMBEDDING_MODEL)
    faults.push(`EMBEDDING_MODEL has more than ${MAX_EMBEDDING_MODEL} characters: no model is called that.`);
  if (provider === 'builtin' && model !== 'builtin') {
    faults.push(
      `EMBEDDING_MODEL is ${show(model ?? '')}: ${using} has one model; remove it or choose another provider.`,
    );
  }
  if (provider === 'openai' && !set('OPENAI_API_KEY')) {
    faults.push(`OPENAI_API_KEY is not set: ${using} needs a key.`);
  }
  if (ownBaseUrl && !movable) {
    faults.push(`EMBEDDING_BASE_URL is set: ${using} has none; remove it or use openai-compatible.`);
  } else if (provider === 'openai-compatible' && !set('EMBEDDING_BASE_URL')) {
    faults.push(`EMBEDDING_BASE_URL is not set: ${using} needs one, such as http://localhost:8000/v1.`);
  } else if (baseUrl && llmHosts && !findHostEntry(llmHosts, new URL(baseUrl))) {
    faults.push(
      `EMBEDDING_BASE_URL is ${show(baseUrl)}: its host and port must be an entry of LLM_HOSTS, ` +
        'written with http:// for plain http to a host other than loopback.',
    );
  }
  const previous = previousUrl && previousKey ? { baseUrl: previousUrl, apiKey: previousKey } : null;
  return { provider, model, baseUrl, previous };
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
