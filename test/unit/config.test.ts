import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config.js';

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('loadConfig', () => {
  it('needs no variable at all', () => {
    expect(loadConfig({})).toEqual({
      port: 4000,
      host: '127.0.0.1',
      databaseUrl: null,
      databasePoolSize: 10,
      dataDir: resolve('data'),
      gitHosts: [{ host: 'github.com', port: null, plainHttp: false }],
      githubToken: null,
      githubWebhookSecret: null,
      syncIntervalMs: null,
      gitTokens: [],
      gitCacheMaxMb: 2048,
      gitRepositoryMaxMb: 2048,
      llmHosts: [
        { host: '127.0.0.1', port: 11434, plainHttp: true },
        { host: 'localhost', port: 11434, plainHttp: true },
      ],
      embedding: { provider: 'builtin', model: 'builtin', baseUrl: null, previous: null },
      keys: { openai: null, anthropic: null, google: null, openaiCompatible: null, openaiCompatibleHosts: null },
      allowedHosts: [],
      corsOrigins: [],
      apiLimits: {},
      maxGenerations: 50,
      generationTimeoutMs: 300_000,
      logLevel: 'info',
      sampleProject: true,
      allowUnauthenticated: false,
      shutdownGraceMs: 10_000,
    });
  });

  it('takes what is set, without the space around it', () => {
    const config = loadConfig({
      PORT: ' 8080 ',
      DATABASE_URL: 'postgresql://ibid:secret@db/ibid',
      GIT_HOSTS: 'github.com, localhost:3000,',
      LLM_HOSTS: 'http://gpu.internal:8000',
      ALLOWED_HOSTS: 'ibid.example.com, Docs.example.com',
      CORS_ORIGINS: 'https://app.example.com, http://localhost:5173/',
      API_LIMITS: 'depth=15, responseBytes = 32000000',
      LOG_LEVEL: 'DEBUG',
      SAMPLE_PROJECT: 'false',
    });
    expect(config).toMatchObject({
      port: 8080,
      databaseUrl: 'postgresql://ibid:secret@db/ibid',
      gitHosts: [{ host: 'github.com' }, { host: 'localhost', port: 3000, plainHttp: true }],
      llmHosts: [{ host: 'gpu.internal', port: 8000, plainHttp: true }],
      allowedHosts: ['ibid.example.com', 'docs.example.com'],
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
      apiLimits: { maxDepth: 15, maxResponseBytes: 32_000_000 },
      logLevel: 'debug',
      sampleProject: false,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', LOG_LEVEL: '  ', OPENAI_API_KEY: '' })).toEqual(loadConfig({}));
  });

  it('freezes the whole of it', () => {
    const config = loadConfig({ GIT_HOSTS: 'github.com' });
    for (const part of [config, config.keys, config.embedding, config.gitHosts, config.gitHosts[0]]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('lists every fault in one message, one on a line', () => {
    const env = { PORT: '70000', DATABASE_POOL_SIZE: '1', LOG_LEVEL: 'loud', SAMPLE_PROJECT: 'no' };
    expect(() => loadConfig(env)).toThrow(
      [
        'The configuration is not valid:',
        '  PORT is "70000": it must be a whole number from 0 to 65535.',
        '  DATABASE_POOL_SIZE is "1": it must be a whole number from 2 to 200.',
        '  LOG_LEVEL is "loud": it must be one of fatal, error, warn, info, debug, trace, silent.',
        '  SAMPLE_PROJECT is "no": it must be one of true, false.',
      ].join('\n'),
    );
  });

  it.each([
    ['PORT', '4e3'],
    ['PORT', '-1'],
    ['SYNC_INTERVAL', '15'],
    ['SYNC_INTERVAL', '59s'],
    ['SYNC_INTERVAL', '0m'],
    ['SYNC_INTERVAL', '366d'],
    ['SYNC_INTERVAL', '1.5h'],
    ['SYNC_INTERVAL', '1h30m'],
    ['SHUTDOWN_GRACE', '11m'],
    ['SHUTDOWN_GRACE', '-1s'],
    ['SHUTDOWN_GRACE', '10'],
    ['HOST', 'a b'],
    ['DATABASE_URL', 'mysql://db/ibid'],
    ['DATABASE_URL', 'postgres://'],
    ['DATABASE_URL', 'postgres://db:5432/'],
    ['DATABASE_URL', 'postgres://db/100%'],
    ['DATABASE_URL', 'postgres://db/ibid?sslmode=prefer'],
    ['DATABASE_URL', 'postgres://db/ibid?sslmode=verify-full&sslmode=allow'],
    ['GIT_HOSTS', 'https://github.com'],
    ['GIT_HOSTS', 'github.com/owner'],
    ['GIT_HOSTS', 'git.corp.example=public'],
    ['GIT_HOSTS', 'git.corp.example=private:8443'],
    ['GIT_HOSTS', '256.1.1.1'],
    ['LLM_HOSTS', 'gpu.corp.example=private'],
    ['GIT_CACHE_MAX_MB', '0'],
    ['API_LIMITS', 'width=3'],
    ['API_LIMITS', 'depth'],
    ['API_LIMITS', 'depth=12,cost=0'],
    ['API_LIMITS', 'toString=3'],
    ['MAX_GENERATIONS', '0'],
    ['MAX_GENERATIONS', '1e3'],
    ['GENERATION_TIMEOUT', '300'],
    ['GENERATION_TIMEOUT', '0s'],
    ['GIT_CACHE_MAX_MB', '1.5'],
    ['LLM_HOSTS', 'localhost:99999'],
    ['ALLOWED_HOSTS', 'ibid.example.com:4000'],
    ['ALLOWED_HOSTS', '*'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['CORS_ORIGINS', 'https://app.example.com/page'],
    ['OPENAI_API_KEY', 'two words'],
    ['EMBEDDING_PROVIDER', 'cohere'],
    ['EMBEDDING_MODEL', 'nomic-embed-text'],
    ['EMBEDDING_BASE_URL', 'http://127.0.0.1:11434'],
    ['EMBEDDING_PREVIOUS_BASE_URL', 'llm.example.com'],
    ['ALLOW_UNAUTHENTICATED', 'yes'],
  ])('refuses %s=%s with one fault that names it', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name} `))]);
  });

  it.each([
    ['DATABASE_URL', 'postgre://ibid:hunter2@db/ibid'],
    ['DATABASE_URL', 'ibid:hunter2@db'],
    ['DATABASE_URL', 'postgres://ibid:hunter2%ZZ@db/ibid'],
    ['DATABASE_URL', 'postgres://ibid:hunter2@db'],
    ['DATABASE_URL', 'postgres://db/ibid?password=hunter2&sslmode=hunter2'],
    ['GITHUB_TOKEN', 'hunter2 '.repeat(2)],
    ['GITHUB_WEBHOOK_SECRET', 'hunter2 hunter2'],
    ['ANTHROPIC_API_KEY', 'hunter2\nhunter2'],
    ['EMBEDDING_PREVIOUS_API_KEY', 'hunter2'],
    ['LLM_HOSTS', 'http://me:hunter2@gpu.internal:8000'],
    ['CORS_ORIGINS', 'https://app.example.com?key=hunter2'],
  ])('shows no secret of a bad %s', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain('hunter2');
  });

  it('takes an interval in minutes, hours or days', () => {
    const interval = (SYNC_INTERVAL: string) => loadConfig({ SYNC_INTERVAL }).syncIntervalMs;
    expect(['1m', '60s', '15m', '2h', '1d', '365D'].map(interval)).toEqual([
      60_000, 60_000, 900_000, 7_200_000, 86_400_000, 31_536_000_000,
    ]);
    expect(faultsOf({ SYNC_INTERVAL: '30s' })).toEqual([
      'SYNC_INTERVAL is "30s": it must be a duration, a whole number and s, m, h or d: from 1m to 365d.',
    ]);
  });

  it('takes a time of grace in seconds or minutes, or none', () => {
    const grace = (SHUTDOWN_GRACE: string) => loadConfig({ SHUTDOWN_GRACE }).shutdownGraceMs;
    expect(['0s', '25s', '10m'].map(grace)).toEqual([0, 25_000, 600_000]);
  });

  it('listens on every form of loopback', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '::1'])
      expect(loadConfig({ HOST: host }).host).toBe(host);
    expect(loadConfig({ HOST: '[::1]' }).host).toBe('::1');
  });

  it('refuses another HOST because there are no accounts, unless that is asked for', () => {
    expect(faultsOf({ HOST: '0.0.0.0' })).toEqual([expect.stringMatching(/no accounts.*ALLOW_UNAUTHENTICATED=true/)]);
    expect(loadConfig({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'true' }).host).toBe('0.0.0.0');
  });

  it('lets a name of GIT_HOSTS lead into private networks where the entry says so', () => {
    expect(
      loadConfig({ GIT_HOSTS: 'github.com, Git.corp.example=PRIVATE, b.corp.example:8443=private' }).gitHosts,
    ).toEqual([
      { host: 'github.com', port: null, plainHttp: false },
      { host: 'git.corp.example', port: null, plainHttp: false, mayBePrivate: true },
      { host: 'b.corp.example', port: 8443, plainHttp: false, mayBePrivate: true },
    ]);
  });

  describe('GIT_TOKENS', () => {
    const hosts = 'github.com,gitlab.example,git.example:8443=private,127.0.0.1:3000,[::1]:3000';
    const faultOf = (tokens: string) => faultsOf({ GIT_HOSTS: hosts, GIT_TOKENS: tokens });

    it('gives each host of GIT_HOSTS a token, which is everything after the first "="', () => {
      const tokens = 'GitLab.example=a=b==, git.example:8443=x-token-auth:hunter2,,127.0.0.1:3000=c,[::1]:3000=d';
      expect(loadConfig({ GIT_HOSTS: hosts, GIT_TOKENS: tokens }).gitTokens).toEqual([
        { host: 'gitlab.example', token: 'a=b==' },
        { host: 'git.example:8443', token: 'x-token-auth:hunter2' },
        { host: '127.0.0.1:3000', token: 'c' },
        { host: '[::1]:3000', token: 'd' },
      ]);
    });

    it.each([
      ['hunter2', 'it must be host=token'],
      ['gitlab.example=', 'it must be host=token'],
      ['=hunter2', 'it must be host=token'],
      ['https://gitlab.example=hunter2', 'it must be host=token'],
      ['gitlab.example/group=hunter2', 'it must be host=token'],
      ['gitlab.example=hunter2 hunter2', 'it must be host=token'],
      ['gitlab.example=h\u00fcnter2', 'it must be host=token'],
      ['hunter2=gitlab.example', 'its host is not an entry of GIT_HOSTS, where the port counts too'],
      ['gitlab.example:444=hunter2', 'its host is not an entry of GIT_HOSTS, where the port counts too'],
      ['git.example=hunter2', 'its host is not an entry of GIT_HOSTS, where the port counts too'],
      ['sub.gitlab.example=hunter2', 'its host is not an entry of GIT_HOSTS, where the port counts too'],
      ['github.com=hunter2', 'the token for github.com belongs in GITHUB_TOKEN'],
      ['gitlab.example=hunter2,GITLAB.example=hunter3', 'its host has a token already'],
    ])('refuses %s in one fault that shows nothing of it', (tokens, what) => {
      const faults = faultOf(`127.0.0.1:3000=first,${tokens}`);
      expect(faults).toEqual([expect.stringContaining(what)]);
      expect(faults.join()).toMatch(/^GIT_TOKENS is not right in entry [23] \(not shown\): /);
      expect(faults.join()).not.toMatch(/hunter|first/);
    });

    it('is not blamed for a fault of GIT_HOSTS', () => {
      expect(faultsOf({ GIT_HOSTS: 'https://gitlab.example', GIT_TOKENS: 'gitlab.example=hunter2' })).toEqual([
        expect.stringMatching(/^GIT_HOSTS /),
      ]);
    });
  });

  it('knows for which hosts of LLM_HOSTS the key of openai-compatible models is', () => {
    const hosts = { LLM_HOSTS: 'llm.example,http://gpu.internal:8000,[::1]:8000' };
    const given = (text: string) => ({ ...hosts, OPENAI_COMPATIBLE_API_KEY_HOSTS: text });
    const keys = loadConfig(given('LLM.example, http://gpu.internal:8000,[::1]:8000')).keys;
    expect(keys.openaiCompatibleHosts).toEqual(['llm.example', 'gpu.internal:8000', '[::1]:8000']);
    expect(faultsOf(given('llm.example,gpu.internal'))).toEqual([
      'OPENAI_COMPATIBLE_API_KEY_HOSTS has "gpu.internal", which is not an entry of LLM_HOSTS.',
    ]);
  });

  it('knows a model and an address for each provider of embeddings', () => {
    const embedding = (env: Record<string, string>) => loadConfig(env).embedding;
    expect(embedding({ EMBEDDING_PROVIDER: 'ollama' })).toMatchObject({
      provider: 'ollama',
      model: 'nomic-embed-text',
      baseUrl: 'http://127.0.0.1:11434',
    });
    expect(embedding({ EMBEDDING_PROVIDER: 'openai', OPENAI_API_KEY: 'sk-1' })).toMatchObject({
      provider: 'openai',
      model: 'text-embedding-3-small',
      baseUrl: null,
    });
    expect(
      embedding({
        EMBEDDING_PROVIDER: 'openai-compatible',
        EMBEDDING_MODEL: 'bge-base',
        EMBEDDING_BASE_URL: 'http://gpu.internal:8000/v1/',
        LLM_HOSTS: 'http://gpu.internal:8000',
      }),
    ).toMatchObject({ provider: 'openai-compatible', model: 'bge-base', baseUrl: 'http://gpu.internal:8000/v1' });
  });

  it('names what a provider of embeddings lacks', () => {
    expect(faultsOf({ EMBEDDING_PROVIDER: 'openai' })).toEqual([expect.stringContaining('OPENAI_API_KEY')]);
    expect(faultsOf({ EMBEDDING_PROVIDER: 'ollama', EMBEDDING_MODEL: 'm'.repeat(121) })).toEqual([
      expect.stringContaining('EMBEDDING_MODEL'),
    ]);
    expect(faultsOf({ EMBEDDING_PROVIDER: 'openai-compatible' })).toEqual([
      expect.stringContaining('EMBEDDING_MODEL'),
      expect.stringContaining('EMBEDDING_BASE_URL'),
    ]);
  });

  it('takes the key of the embedding model before with its address, and neither alone', () => {
    const EMBEDDING_PREVIOUS_API_KEY = 'sk-1';
    expect(faultsOf({ EMBEDDING_PREVIOUS_API_KEY })).toEqual([expect.stringMatching(/^EMBEDDING_PREVIOUS_BASE_URL /)]);
    const EMBEDDING_PREVIOUS_BASE_URL = 'https://llm.example.com/v1/';
    expect(faultsOf({ EMBEDDING_PREVIOUS_BASE_URL })).toEqual([expect.stringMatching(/^EMBEDDING_PREVIOUS_API_KEY /)]);
    expect(loadConfig({ EMBEDDING_PREVIOUS_API_KEY, EMBEDDING_PREVIOUS_BASE_URL }).embedding.previous).toEqual({
      baseUrl: 'https://llm.example.com/v1',
      apiKey: 'sk-1',
    });
  });

  it('embeds only at a host of LLM_HOSTS, by plain http only where the entry says so', () => {
    const ollamaAt = (url: string, hosts: string) =>
      faultsOf({ EMBEDDING_PROVIDER: 'ollama', EMBEDDING_BASE_URL: url, LLM_HOSTS: hosts });
    expect(ollamaAt('http://gpu.internal:11434', 'gpu.internal:11434')).toEqual([expect.stringContaining('LLM_HOSTS')]);
    expect(ollamaAt('https://gpu.internal:11434', 'gpu.internal:11434')).toEqual([]);
    expect(ollamaAt('http://gpu.internal:11434', 'http://gpu.internal:11434')).toEqual([]);
  });
});
