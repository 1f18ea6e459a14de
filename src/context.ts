import type { Logger } from 'pino';

import type { AnswerHub } from './conversation/answering/answer-hub.js';
import type { AnswerRecords } from './conversation/answering/answer-records.js';
import type { Config } from './config.js';
import type { Database } from './platform/database/database.js';
import type { Embedder } from './platform/embedding/embedder.js';
import type { Embedders } from './platform/embedding/embedders.js';
import type { Heads } from './platform/git/heads.js';
import type { CheckoutLocation, GitSources } from './platform/git/source.js';
import type { Jobs } from './platform/jobs/jobs.js';
import type { LanguageModels } from './platform/llm/models.js';
import type { Cutter } from './platform/passages/cutter.js';
import { OperationContext } from './platform/graphql/operation-context.js';
import type { Slots } from './platform/slots.js';
import type { Topics } from './platform/topics.js';

/** What the process holds, wired once by startServices. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  /** Of the model that the configuration names: new projects have it. */
  readonly embedder: Embedder;
  /** Of all models that projects have. */
  readonly embedders: Embedders;
  readonly git: GitSources;
  /** What the git hosts said last of the heads of branches. */
  readonly heads: Heads;
  /** Where the sample project comes from: the checkout that this service runs in, and the address of its repository. */
  readonly checkout: CheckoutLocation & { readonly url: string };
  /** Cuts files into passages. */
  readonly cutter: Cutter;
  /** For previews of syncs, which read as much as a sync does while somebody waits. */
  readonly previews: Slots;
  readonly jobs: Jobs;
  readonly models: LanguageModels;
  /** "There is more to read", from this process and from the others on its database. */
  readonly topics: Topics;
  /** What this process writes and reads of answers as they are generated. */
  readonly answerRecords: AnswerRecords;
  /** The answers that this process generates. */
  readonly answers: AnswerHub;
}

/** What one operation may touch. HTTP, WebSocket, jobs and tests all get theirs from `createContext`. */
export type Context = OperationContext & Services;

export function createContext(services: Services, given: { requestId: string; logger: Logger }): Context {
  return Object.assign(new OperationContext(services.database, given), services);
}
