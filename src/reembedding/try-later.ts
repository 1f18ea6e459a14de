import { LockMode } from '@mikro-orm/core';

import type { Context } from '../context.js';
import type { FailureError } from '../errors.js';
import { toFailure } from '../platform/failure.js';
import type { Change } from './missing-texts.js';
import { Reembedding, ReembeddingStatus } from './reembedding.entity.js';
import { jobOf, type Setbacks } from './reembedding.service.js';

/** Rate limits are counted by the minute, and outages last longer: the waits are 15 s, 30 s, 1 min and so on. */
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 600_000;
/** What has failed for so long, without a vector in between, is not tried again. */
const GIVE_UP_MS = 3_600_000;

/**
 * Queues a change whose model fails in a way that passes, for later: the changes of other projects have their turn meanwhile.
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
    if (!run) return null;
    const now = Date.now();
    const { count, since } = before && run.chunksEmbedded === chunksEmbedded ? before : { count: 0, since: now };
    // Up to a quarter less by chance, so that what failed together does not come back together.
    const usual = Math.min(FIRST_WAIT_MS * 2 ** count, LONGEST_WAIT_MS) * (1 - Math.random() / 4);
    const waitMs = Math.round(Math.max(usual, failure.retryAfterMs ?? 0));
    if (now + waitMs - since > GIVE_UP_MS) return null;
    Object.assign(run, { status: ReembeddingStatus.QUEUED, error: toFailure(failure) });
    await em.flush();
    await jobs.send(em, jobOf(run, { count: count + 1, since }), waitMs);
    return waitMs;
  });
}
