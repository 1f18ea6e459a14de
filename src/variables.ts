/** Every variable that the service reads, with its default ('' for none). .env.example says the same, by a test. */
export const VARIABLES = {
  PORT: { default: '4000', doc: 'The port to listen on. 0: any free one.' },
  HOST: {
    default: '127.0.0.1',
    doc: 'The address to listen on. Other than loopback needs ALLOW_UNAUTHENTICATED=true.',
  },
  DATABASE_URL: {
    default: '',
    doc: 'postgres://user:password@host:5432/name, with pgvector. Unset: embedded in DATA_DIR.',
  },
  DATABASE_POOL_SIZE: {
    default: '10',
    doc: 'Connections to PostgreSQL at most, 2 to 200, and one more that hears of the other processes.',
  },
  DATA_DIR: { default: './data', doc: 'Where the embedded database and the caches of git repositories live.' },
  GIT_HOSTS: {
    default: 'github.com',
    doc: 'Hosts to sync from, by comma: host, host:port; =private behind a name that leads into your own network, =gitlab and the like for its web pages.',
  },
  GITHUB_TOKEN: { default: '', doc: 'A token for private repositories. It is sent to github.com only.' },
  GIT_TOKENS: {
    default: '',
    doc: 'Tokens for other hosts of GIT_HOSTS: host=token or host:port=user:token, by comma.',
  },
  GIT_CACHE_MAX_MB: { default: '2048', doc: 'What the caches of git repositories may take, in MiB, 1 to 1000000.' },
  GIT_REPOSITORY_MAX_MB: {
    default: '2048',
    doc: 'What one repository may take on disk while it is synced, in MiB, 1 to 1000000. A sync of a larger one fails.',
  },
  GITHUB_WEBHOOK_SECRET: {
    default: '',
    doc: 'The secret of webhooks at /webhooks/github. Unset: there is nothing at that address.',
  },
  SYNC_INTERVAL: {
    default: '',
    doc: 'How often to look for new commits: 15m, 1h or 1d; 1m to 365d. Unset: never.',
  },
  LLM_HOSTS: {
    default: '127.0.0.1:11434,localhost:11434',
    doc: "Hosts of models besides the vendors' own: host, host:port or http://host:port, by comma.",
  },
  EMBEDDING_PROVIDER: { default: 'builtin', doc: 'builtin (no network), ollama, openai or openai-compatible.' },
  EMBEDDING_MODEL: { default: '', doc: 'Unset: nomic-embed-text (ollama), text-embedding-3-small (openai), builtin.' },
  EMBEDDING_BASE_URL: {
    default: '',
    doc: 'For ollama (unset: http://127.0.0.1:11434) and openai-compatible. See LLM_HOSTS.',
  },
  EMBEDDING_PREVIOUS_BASE_URL: {
    default: '',
    doc: 'While the embedding model changes: the openai-compatible server of the old one, where it wants a key.',
  },
  EMBEDDING_PREVIOUS_API_KEY: { default: '', doc: 'Its key. It is sent to EMBEDDING_PREVIOUS_BASE_URL only.' },
  OPENAI_API_KEY: { default: '', doc: 'The key for models and embeddings of OpenAI.' },
  ANTHROPIC_API_KEY: { default: '', doc: 'The key for models of Anthropic.' },
  GOOGLE_GENERATIVE_AI_API_KEY: { default: '', doc: 'The key for models of Google.' },
  OPENAI_COMPATIBLE_API_KEY: { default: '', doc: "The key for other servers that speak OpenAI's protocol." },
  OPENAI_COMPATIBLE_API_KEY_HOSTS: {
    default: '',
    doc: 'The hosts of LLM_HOSTS that it goes to, by comma. Unset: to whichever of them a language model is set to call.',
  },
  ALLOWED_HOSTS: { default: '', doc: 'Host names that requests may carry besides localhost, by comma, without ports.' },
  CORS_ORIGINS: { default: '', doc: 'Origins of web pages that may call the API, by comma: https://app.example.com' },
  API_LIMITS: {
    default: '',
    doc: 'Other ceilings of operations than tokens=1000,depth=12,aliases=15,rootFields=20,cost=10000,bodyBytes=1000000,responseBytes=16000000; those that change, by comma.',
  },
  MAX_GENERATIONS: {
    default: '50',
    doc: 'Answers that one process generates at once, 1 to 10000; more wait in line.',
  },
  GENERATION_TIMEOUT: { default: '5m', doc: 'What one answer may take once it has begun: 30s, 5m, 1h; 1s to 1d.' },
  LOG_LEVEL: { default: 'info', doc: 'fatal, error, warn, info, debug, trace or silent.' },
  SAMPLE_PROJECT: { default: 'true', doc: 'false: the first start loads no sample project.' },
  ALLOW_UNAUTHENTICATED: {
    default: 'false',
    doc: 'true: serve on a HOST that others reach, though there are no accounts.',
  },
  SHUTDOWN_GRACE: {
    default: '10s',
    doc: 'How long answers may go on after SIGTERM: 10s or 1m, 0s to 10m. The service is gone 5s later.',
  },
} as const satisfies Record<string, { default: string; doc: string }>;

export type VariableName = keyof typeof VARIABLES;
