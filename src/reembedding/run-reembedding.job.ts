import { sql } from 'kysely';

import type { Services } from '../context.js';
import { dropUnneededEmbeddings } from '../document/drop-embeddings.js';
import { storeVectors } from '../document/embeddings.js';
import { type Em, execute, query } from '../platform/database/query.js';
import { type BackgroundRun, carryOut, RunEnded } from '../platform/jobs/background-run.js';
import { beat, SIGN_OF_LIFE } from '../platform/jobs/lost-runs.js';
import { tryLater } from '../platform/jobs/try-later.js';
import type { Logger } from '../platform/logger.js';
import { lockProject } from '../project/project-lock.js';
import { embedMissing } from './embed-missing.js';
import { makeSpace } from './make-space.js';
import { type Change, hasVector } from './missing-texts.js';
import { Reembedding, ReembeddingStatus } from './reembedding.entity.js';
import { endReembedding, jobOf, queueAgain, type ReembeddingJob } from './reembedding.service.js';
import { switchModel } from './switch-model.js';

/**
 * Does one queued reembedding. Every batch commits by itself, and only while it is RUNNING in this process. One that
 * was cancelled, or whose project was deleted, ends at its next step. When the process stops, it is queued anew, and
 * the next process goes on where it stands.
 */
export async function runReembedding(
  services: Services,
  logger: Logger,
  { reembeddingId, setbacks }: ReembeddingJob,
  stopping: AbortSignal,
): Promise<void> {
  const change = await start(services, reembeddingId);
  if (!change) return;
  const { projectId, fromModel, toModel, attempt } = change;
  const log = logger.child({ reembeddingId, projectId });
  log.info({ fromModel, toModel }, 'reembedding');
  const run: BackgroundRun = {
    beat: () => beat(services.database.fork(), 'reembedding', stillGoing(change)),
    work: async (signal) => {
      await reembed(services, change, signal);
      await dropUnneededEmbeddings(services, projectId);
      log.info({ fromModel, toModel }, 'reembedded');
    },
    queueAgain: () => queueAgain(services, change),
    tryLater(failure) {
      const hasGotOn = ({ chunksEmbedded }: Reembedding) => chunksEmbedded !== change.chunksEmbedded;
      const own = { id: reembeddingId, attempt };
      return tryLater(services, Reembedding, own, failure, { before: setbacks, hasGotOn }, jobOf);
    },
    fail: (failure) =>
      endReembedding(services.database.fork(), reembeddingId, ReembeddingStatus.FAILED, failure, attempt),
  };
  // The next one need not wait for a poll.
  await carryOut(run, 'reembedding', services.database.outages, log, stopping).finally(() =>
    services.jobs.wake(jobOf(change).queue),
  );
}

async function start({ database }: Services, id: string): Promise<Change | null> {
  const rows = await query(database.fork())<Change>`
    update reembedding set status = 'RUNNING', started_at = coalesce(started_at, ${new Date()}),
      heartbeat_at = ${SIGN_OF_LIFE}, attempt = attempt + 1
    where id = ${id} and status = 'QUEUED'
    returning id, project_id as "projectId", from_model as "fromModel", to_model as "toModel", attempt,
      rolls_back_id as "rollsBackId", chunks_embedded as "chunksEmbedded"`;
  return rows[0] ?? null;
}

const stillGoing = ({ id, attempt }: Change) => sql`id = ${id} and status = 'RUNNING' and attempt = ${attempt}`;

async function reembed(services: Services, change: Change, signal: AbortSignal): Promise<void> {
  const { database, embedders } = services;
  const { projectId, toModel } = change;
  const em = database.fork();
  // What syncs add meanwhile is found by the next round, until nothing is missing.
  do {
    signal.throwIfAborted();
    await count(em, change);
    await makeSpace(services, change, signal);
    const embedder = await embedders.of(toModel);
    await embedMissing({
      database,
      change,
      embedder,
      signal,
      store: (texts, vectors) => {
        const made = new Map(texts.map(({ digest }, index) => [digest, vectors[index]!]));
        return database.fork().transactional(async (em) => {
          if (!(await lockProject(em, projectId, 'deletion'))) throw new RunEnded();
          await storeVectors(em, { projectId, embeddingModel: toModel }, made);
          const passages = texts.reduce((sum, text) => sum + text.passages, 0);
          const counted = await execute(em)`
            update reembedding set chunks_done = chunks_done + ${passages}, chunks_embedded = chunks_embedded + ${texts.length},
              heartbeat_at = ${SIGN_OF_LIFE} where ${stillGoing(change)}`;
          if (counted !== 1) throw new RunEnded();
        });
      },
    });
    signal.throwIfAborted();
  } while (!(await switchModel(services, change)));
}

async function count(em: Em, change: Change): Promise<void> {
  const counted = await execute(em)`
    update reembedding set chunks_total = n.total, chunks_done = n.done from (
      select count(*)::int as total, count(*) filter (where ${hasVector(change)})::int as done
      from chunk c where c.project_id = ${change.projectId}) n
    where ${stillGoing(change)}`;
  if (counted !== 1) throw new RunEnded();
}
