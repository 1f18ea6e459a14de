import 'reflect-metadata';
import { join } from 'node:path';

import { MIGRATIONS } from '../migrations/index.js';
import type { Config } from './config.js';
import type { Services } from './context.js';
import { createAnswerHub } from './conversation/answering/answer-hub.js';
import { createAnswerRecords } from './conversation/answering/answer-records.js';
import { dropUnneededEmbeddings } from './document/drop-embeddings.js';
import { SWEEP_ANSWERS_MS, sweepAnswers } from './conversation/answering/answer-leases.js';
import { sendVectorJob } from './document/vector-index.js';
import { ENTITIES } from './entities.js';
import { takeUpLostEvaluations } from './evaluation/evaluation-run.service.js';
import { handleJobs } from './handle-jobs.js';
import { createFirstProvider } from './llm-provider/llm-provider.service.js';
import { type Database, openDatabase } from './platform/database/database.js';
import { createBuiltinThread } from './platform/embedding/builtin-thread.js';
import { createEmbedders } from './platform/embedding/embedders.js';
import { every } from './platform/every.js';
import { findToken } from './platform/git/git-tokens.js';
import { createHeads } from './platform/git/heads.js';
import { createGitSources } from './platform/git/source.js';
import { unlessAway } from './platform/heartbeat.js';
import { forgetOldKeys } from './platform/graphql/idempotency.js';
import { createJobs } from './platform/jobs/jobs.js';
import { waitToBeat } from './platform/jobs/lost-runs.js';
import { createLanguageModels } from './platform/llm/models.js';
import type { Logger } from './platform/logger.js';
import { createCutter } from './platform/passages/cutter.js';
import { readPackageInfo } from './platform/package-info.js';
import { createSlots } from './platform/slots.js';
import { createTopics } from './platform/topics.js';
import { pollDue } from './project-doc/poll-heads.js';
import { forgetOldDeliveries } from './project-doc/receive-push.js';
import { SYNC_QUEUE } from './project-doc/sync-run.service.js';
import { takeUpLostRuns } from './project-doc/take-up-lost-runs.js';
import { adoptConfiguredModel, endOtherReembeddings } from './reembedding/adopt-configured-model.js';
import { takeUpLostReembeddings } from './reembedding/reembedding.service.js';
import { createSampleProject, SAMPLE_FILES } from './sample-project.js';
import { readSpace } from './term-space/stored-spaces.js';

export interface ServicesOptions {
  logger: Logger;
  /** A dump for a new embedded database to begin with. */
  template?: Blob;
  /** Keep the embedded database in memory. */
  inMemory?: boolean;
  /** false: jobs are left to other processes. Default: true. */
  takesJobs?: boolean;
}

/** All but HTTP. */
export interface RunningServices {
  readonly services: Services;
  /** Called in reverse order by `stop`. */
  readonly stops: (() => Promise<void>)[];
  stop(): Promise<void>;
}

const PREVIEWS_AT_ONCE = 4;
const SWEEP_MS = 5_000;
const TIDY_MS = 3_600_000;

/**
 * Wires database, jobs and models, and begins the work that nobody has to ask for.
 * @throws Error with a message for the operator when something that it needs is not there
 */
export async function startServices(
  config: Config,
  { logger, template, inMemory = false, takesJobs = true }: ServicesOptions,
): Promise<RunningServices> {
  const database = await openDatabase({
    url: config.databaseUrl,
    poolSize: config.databasePoolSize,
    dataDir: inMemory ? null : config.dataDir,
    template,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    logger,
  });
  const stops: RunningServices['stops'] = [() => database.stop()];
  const stop = async (): Promise<void> => {
    for (const step of stops.splice(0).reverse()) await step();
  };
  try {
    const services = wire(config, database, logger);
    const { topics, cutter, embedders, git, heads, previews } = services;
    for (const service of [topics, cutter, embedders, git, heads, previews]) stops.push(() => service.stop());
    await startWork(services, logger, takesJobs, stops);
    return { services, stops, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function wire(config: Config, database: Database, logger: Logger): Services {
  const packageInfo = readPackageInfo(import.meta.url);
  const git = createGitSources({
    cacheDir: join(config.dataDir, 'git'),
    maxCacheBytes: config.gitCacheMaxMb * 1024 * 1024,
    maxRepositoryBytes: config.gitRepositoryMaxMb * 1024 * 1024,
    hosts: config.gitHosts,
    searchPath: config.searchPath,
    token: (host) => findToken(config.gitTokens, config.githubToken, host),
  });
  const embedding = { ...config.embedding, thread: createBuiltinThread(), keys: config.keys, hosts: config.llmHosts };
  const embedders = createEmbedders(database, embedding, (id) => readSpace({ database }, id));
  const services: Services = {
    config,
    database,
    embedder: embedders.configured,
    embedders,
    git,
    heads: createHeads({ readHead: git.readHead }),
    checkout: { path: packageInfo.root, include: SAMPLE_FILES, url: packageInfo.repository },
    cutter: createCutter(),
    previews: createSlots(PREVIEWS_AT_ONCE),
    jobs: createJobs(database, logger),
    models: createLanguageModels({ keys: config.keys, hosts: config.llmHosts }),
    topics: createTopics(database.openChannel),
    answerRecords: createAnswerRecords(database),
    answers: createAnswerHub(() => services, logger, config.maxGenerations),
  };
  return services;
}

async function startWork(
  services: Services,
  logger: Logger,
  takesJobs: boolean,
  stops: RunningServices['stops'],
): Promise<void> {
  const { config, database, jobs } = services;
  handleJobs(services, logger, takesJobs);
  const startedAt = new Date();
  await services.embedders.remember();
  // A command's environment decides nothing for the service.
  if (takesJobs) {
    await services.embedders.tell(true);
    stops.push(() => services.embedders.tell(false).catch(() => {}));
    await endOtherReembeddings(services);
  }
  await jobs.start();
  stops.push(() => jobs.stop());
  await database.fork().transactional(async (em) => {
    const isFirstStart = await createFirstProvider(em);
    if (isFirstStart && config.sampleProject) await createSampleProject(services, em);
  });
  jobs.wake(SYNC_QUEUE);
  const takeUpLost = async (before?: Date): Promise<void> => {
    await takeUpLostRuns(services, before);
    await takeUpLostReembeddings(services, before);
    await takeUpLostEvaluations(services, before);
  };
  // Whatever was going in an embedded database before has lost its process: this is the only one.
  const before = database.embedded ? startedAt : undefined;
  await sweepAnswers(services, before);
  await takeUpLost(before);
  const repeat = (ms: number, what: string, work: (stopping: AbortSignal) => Promise<void>): void => {
    const tell = (error: unknown): void => {
      if (!database.outages.tells(error)) logger.warn({ err: error }, `${what} failed; it is tried again`);
    };
    stops.push(every(ms, work, tell));
  };
  const sweep = (ms: number, tables: readonly string[], work: () => Promise<void>): void =>
    repeat(
      ms,
      'sweep',
      unlessAway(ms, work, () => waitToBeat(database.fork(), tables)),
    );
  sweep(SWEEP_ANSWERS_MS, ['message'], () => sweepAnswers(services));
  sweep(SWEEP_MS, ['sync_run', 'reembedding', 'evaluation_run'], () => takeUpLost());
  if (takesJobs) {
    await adoptConfiguredModel(services);
    repeat(SWEEP_MS, 'telling other processes of the model', () => services.embedders.tell(true));
    if (config.syncIntervalMs !== null)
      repeat(SWEEP_MS, 'looking for new commits', (stopping) => pollDue(services, logger, stopping));
  }
  repeat(TIDY_MS, 'tidying the database', async (stopping) => {
    await forgetOldKeys(database);
    await forgetOldDeliveries(database);
    await dropUnneededEmbeddings(services, undefined, stopping);
    stopping.throwIfAborted();
    await database.tidy();
    // What a process left undone.
    await sendVectorJob(jobs, database.fork(), null);
  });
}
