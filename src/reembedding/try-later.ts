import { LockMode } from '@mikro-orm/core';

import type { Context } from '../context.js';
import type { FailureError } from '../platform/errors.js';
import { toFailure } from '../platform/graphql/failure.js';
import { afterSetback, type Setbacks } from '../platform/jobs/setbacks.js';
import type { Change } from './missing-texts.js';
import { Reembedding, ReembeddingStatus } from './reembedding.entity.js';
import { jobOf } from './reembedding.service.js';

/**
 * Queues a change whose model fails in a way that passes, for later.
 * @param before of the times before this one
 * @returns in how many milliseconds it is tried again; null: it is not
 */
export function tryLater(
  { database, jobs }: Pick<Context, 'database' | 'jobs'>,
  { id, attempt, chunksEmbedded }: Change,
  before: Setbacks | undefined,
  failure: FailureError,
): Promise<number | null> {
  return database.fork().transactional(async (em) => {
    const going = { id, attempt, status: ReembeddingStatus.RUNNING };
    const run = await em.findOne(Reembedding, going, { lockMode: LockMode.PESSIMISTIC_WRITE });
    const later = run && afterSetback(run.chunksEmbedded === chunksEmbedded ? before : undefined, failure);
    if (!later) return null;
    Object.assign(run, { status: ReembeddingStatus.QUEUED, error: toFailure(failure) });
    await em.flush();
    await jobs.send(em, jobOf(run, later.setbacks), later.waitMs);
    return later.waitMs;
  });
}
