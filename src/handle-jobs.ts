import type { Services } from './context.js';
import { indexVectors, VECTOR_QUEUE } from './document/vector-index.js';
import { EVALUATION_QUEUE, type EvaluationJob } from './evaluation/evaluation-run.service.js';
import { runEvaluationJob } from './evaluation/run-evaluation.job.js';
import { type Em, query } from './platform/database/query.js';
import type { Logger } from './platform/logger.js';
import { SYNC_QUEUE } from './project-doc/sync-run.service.js';
import { runSync } from './project-doc/sync/run-sync.job.js';
import { REEMBEDDING_QUEUE, type ReembeddingJob, ROLL_BACK_QUEUE } from './reembedding/reembedding.service.js';
import { runReembedding } from './reembedding/run-reembedding.job.js';

const SYNCS_AT_ONCE = 2;

/**
 * Says how each kind of background work is done.
 *
 * @param takesJobs false: all are left to other processes
 */
export function handleJobs(services: Services, logger: Logger, takesJobs: boolean): void {
  const concurrency = takesJobs ? SYNCS_AT_ONCE : 0;
  const alone = { concurrency: takesJobs ? 1 : 0 };
  services.jobs.handle<{ syncRunId: string }>(
    SYNC_QUEUE,
    { concurrency, isForOthers: ({ syncRunId }) => isForOthers(services, 'sync', syncRunId) },
    ({ syncRunId }, signal) => runSync(services, logger, syncRunId, signal),
  );
  services.jobs.handle<{ projectId: string | null }>(
    VECTOR_QUEUE,
    alone,
    async ({ projectId }, signal) => void (await indexVectors(services.database, signal, undefined, projectId)),
  );
  for (const queue of [REEMBEDDING_QUEUE, ROLL_BACK_QUEUE])
    services.jobs.handle<ReembeddingJob>(
      queue,
      { ...alone, isForOthers: ({ reembeddingId }) => isForOthers(services, 'reembedding', reembeddingId) },
      (job, signal) => runReembedding(services, logger, job, signal),
    );
  services.jobs.handle<EvaluationJob>(
    EVALUATION_QUEUE,
    { ...alone, isForOthers: ({ evaluationRunId }) => isForOthers(services, 'evaluation', evaluationRunId) },
    (job, signal) => runEvaluationJob(services, logger, job, signal),
  );
}

/** The embedding model that a job needs, by the id of what it is about. */
const MODEL_OF = {
  sync: (em: Em, id: string) => query(em)<{ model: string }>`
    select p.embedding_model as model from sync_run r join project_doc d on d.id = r.project_doc_id
    join project p on p.id = d.project_id where r.id = ${id}`,
  reembedding: (em: Em, id: string) => query(em)<{ model: string }>`
    select to_model as model from reembedding where id = ${id}`,
  evaluation: (em: Em, id: string) => query(em)<{ model: string }>`
    select p.embedding_model as model from evaluation_run r join evaluation_set s on s.id = r.set_id
    join project p on p.id = s.project_id where r.id = ${id}`,
};

/**
 * Whether a job is left to other processes: its model is not the one that this process is configured with, and theirs
 * it is. While processes are replaced by such with another model, each has what only it can call.
 */
async function isForOthers(
  { database, embedders }: Services,
  kind: keyof typeof MODEL_OF,
  id: string,
): Promise<boolean> {
  // It has one process.
  if (database.embedded) return false;
  const [needed] = await MODEL_OF[kind](database.fork(), id);
  return needed !== undefined && embedders.isOthers(needed.model);
}
