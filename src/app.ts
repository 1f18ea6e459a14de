import 'reflect-metadata';
import { join } from 'node:path';

import { MIGRATIONS } from '../migrations/index.js';
import type { Config } from './config.js';
import { createContext, type Services } from './context.js';
import { createAnswerHub } from './conversation/answer-hub.js';
import { sweepAnswers } from './conversation/answer-log.js';
import { ensureVectorIndex } from './document/vector-index.js';
import { ENTITIES } from './entities.js';
import { createFirstProvider } from './llm-provider/llm-provider.service.js';
import { type Database, openDatabase } from './platform/database/database.js';
import { createEmbedder } from './platform/embedding/create-embedder.js';
import { findToken } from './platform/git/git-tokens.js';
import { parseGithubUrl } from './platform/git/github-url.js';
import { createGitSources } from './platform/git/source.js';
import { forgetOldKeys } from './platform/idempotency.js';
import { startHttpServer } from './platform/http/server.js';
import { createJobs } from './platform/jobs/jobs.js';
import { DEFAULT_LIMITS, type Limits } from './platform/limits.js';
import { createLanguageModels } from './platform/llm/models.js';
import type { Logger } from './platform/logger.js';
import { readPackageInfo } from './platform/package-info.js';
import { createTopics } from './platform/topics.js';
import { SYNC_QUEUE, takeUpLostRuns } from './project-doc/sync-run.service.js';
import { runSync } from './project-doc/sync/run-sync.job.js';
import { createSampleProject, SAMPLE_FILES, SAMPLE_QUESTION } from './sample-project.js';
import { buildApiSchema } from './schema.js';

export interface AppOptions {
  logger: Logger;
  limits?: Limits;
  /** A dump for a new embedded database to begin with. */
  template?: Blob;
  /** Keep the embedded database in memory. */
  inMemory?: boolean;
}

export interface App {
  readonly url: string;
  readonly services: Services;
  /** Takes no new work, lets what is going end or be taken up again, and closes everything; within 15 seconds. */
  stop(): Promise<void>;
}

const SYNCS_AT_ONCE = 2;
const SWEEP_MS = 5_000;
const TIDY_MS = 3_600_000;
/** What answers that are being generated have to come to their end when the service stops. */
const ANSWER_GRACE_MS = 5_000;

const EXAMPLE_QUERY = `# Everything is documented: the book at the
# left, or Ctrl-Space in a query. Press the
# button to run this one.
{
  projects(first: 5) {
    nodes {
      name
      search(query: "${SAMPLE_QUESTION}") {
        hits {
          score
          filePath
          chunk {
            url
            chunkText
          }
        }
      }
    }
  }
}
`;

/**
 * Wires database, server, jobs and models, and serves.
 * @throws Error with a message for the operator when something that it needs is not there
 */
export async function createApp(
  config: Config,
  { logger, limits = DEFAULT_LIMITS, template, inMemory = false }: AppOptions,
): Promise<App> {
  const database = await openDatabase({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    dataDir: inMemory ? null : config.dataDir,
    template,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    logger,
  });
  const services: Services = {
    config,
    database,
    embedder: createEmbedder({ ...config.embedding, keys: config.keys, hosts: config.llmHosts }),
    git: createGitSources({
      cacheDir: join(config.dataDir, 'git'),
      maxCacheBytes: config.gitCacheMaxMb * 1024 * 1024,
      hosts: config.gitHosts,
      searchPath: config.searchPath,
      token: (host) => findToken(config.gitTokens, config.githubToken, host),
    }),
    jobs: createJobs(database, logger),
    models: createLanguageModels({ keys: config.keys, hosts: config.llmHosts }),
    topics: createTopics(),
    answers: createAnswerHub(() => services, logger),
  };
  const stops: (() => Promise<void>)[] = [() => database.stop(), () => services.git.stop()];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    await ensureVectorIndex(database);
    await startWork(services, logger, stops);
    const http = await startHttpServer({
      schema: await buildApiSchema(),
      createContext: (operation) => createContext(services, operation),
      isReady: () => readinessOf(database),
      host: config.host,
      port: config.port,
      allowedHosts: config.allowedHosts,
      corsOrigins: config.corsOrigins,
      limits,
      logger,
      exampleQuery: EXAMPLE_QUERY,
    });
    // The last requests in flight may have started answers of their own.
    stops.push(() => services.answers.stop(0));
    stops.push(async () => void (await Promise.all([http.stop(), services.answers.stop(ANSWER_GRACE_MS)])));
    let stopped: Promise<void> | undefined;
    return { url: http.url, services, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startWork(services: Services, logger: Logger, stops: (() => Promise<void>)[]): Promise<void> {
  const { config, database, jobs } = services;
  const { root, repository } = readPackageInfo(import.meta.url);
  const checkout = { path: root, include: SAMPLE_FILES };
  jobs.handle<{ syncRunId: string }>(SYNC_QUEUE, { concurrency: SYNCS_AT_ONCE }, ({ syncRunId }, signal) =>
    runSync(services, checkout, logger, syncRunId, signal),
  );
  const startedAt = new Date();
  await jobs.start();
  stops.push(() => jobs.stop());
  await database.fork().transactional(async (em) => {
    const isFirstStart = await createFirstProvider(em);
    if (isFirstStart && config.sampleProject)
      await createSampleProject(
        services,
        em,
        parseGithubUrl(repository, [{ host: 'github.com', port: null, plainHttp: false }])!.url,
      );
  });
  jobs.wake(SYNC_QUEUE);
  const sweep = async (before?: Date): Promise<void> => {
    await sweepAnswers(services, before);
    await takeUpLostRuns(services, before);
  };
  // Whatever was going in an embedded database before has lost its process: this is the only one.
  await (database.embedded ? sweep(startedAt) : sweep());
  const every = (ms: number, what: string, work: () => Promise<void>): void => {
    const timer = setInterval(
      () => void work().catch((error: unknown) => logger.warn({ err: error }, `${what} failed; it is tried again`)),
      ms,
    );
    stops.push(async () => clearInterval(timer));
  };
  every(SWEEP_MS, 'sweep', () => sweep());
  every(TIDY_MS, 'tidying the database', async () => {
    await forgetOldKeys(database);
    await database.tidy();
  });
}

async function readinessOf(database: Database): Promise<{ ready: boolean; reason?: string }> {
  try {
    await database.ping();
    return { ready: true };
  } catch {
    return { ready: false, reason: 'The database does not answer.' };
  }
}
