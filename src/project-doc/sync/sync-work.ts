import type { Services } from '../../context.js';
import type { Embedder } from '../../platform/embedding/embedder.js';
import type { SourceSnapshot } from '../../platform/git/source.js';
import type { Logger } from '../../platform/logger.js';
import type { RunProgress } from './run-progress.js';
import type { Stages } from './stages.js';

/** Where the documents of a run belong. */
export interface Place {
  readonly projectId: string;
  readonly projectDocId: string;
  readonly commitSha: string;
  readonly embeddingModel: string;
  /** The ProjectDoc's own: of documents that do not say theirs. */
  readonly language: string | null;
}

/** What the steps of one run share. */
export interface SyncWork {
  readonly services: Services;
  readonly logger: Logger;
  /** Of the project's model. */
  readonly embedder: Embedder;
  readonly place: Place;
  readonly snapshot: SourceSnapshot;
  readonly progress: RunProgress;
  readonly stages: Stages;
  /** Aborts when the run has ended or the process stops. */
  readonly signal: AbortSignal;
}
