import type { Context } from '../context.js';
import { newId } from '../platform/database/columns.js';
import type { Em } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import type { Failure } from '../platform/failure.js';
import { requireId } from '../platform/graphql/input-rules.js';
import type { Job } from '../platform/jobs/jobs.js';
import { takeUpLost } from '../platform/jobs/lost-runs.js';
import type { Setbacks } from '../platform/jobs/setbacks.js';
import { getById, requireRow } from '../platform/graphql/load-by-id.js';
import { refuse, refuseUnknown } from '../platform/graphql/user-errors.js';
import { lockProject } from '../project/project-lock.js';
import { isConfigured, readWantedModels } from '../term-space/wanted-model.js';
import { ACTIVE_REEMBEDDING_STATUSES, Reembedding, ReembeddingStatus } from './reembedding.entity.js';
import { isAnythingMissing } from './missing-texts.js';
import type { CancelReembeddingInput, ReembedProjectInput, RollBackReembeddingInput } from './reembedding.inputs.js';

export const REEMBEDDING_QUEUE = 'reembed';
/** Of those that take one back: they need hardly a new vector, and so do not wait for the changes of other projects. */
export const ROLL_BACK_QUEUE = 'roll-back';

export interface ReembeddingJob {
  reembeddingId: string;
  setbacks?: Setbacks;
}

/** How long vectors that no search uses are kept, in milliseconds. */
export const KEEP_MS = 7 * 24 * 3_600_000;

const OTHER_IS_GOING = 'Another change of the embedding model is going. Cancel it or wait for its end.';

type Answer = Promise<{ reembedding: Row<Reembedding> }>;

export async function reembedProject(ctx: Context, input: ReembedProjectInput): Answer {
  const projectId = requireId('id', input.id, 'project');
  const configured = ctx.embedder.model;
  const { id, waiting } = await ctx.em.transactional(async (em) => {
    if (!(await lockProject(em, projectId, 'all'))) refuseUnknown('id', 'project');
    const [known] = await readWantedModels(em, configured, projectId);
    const { model: fromModel, wanted: toModel } = known!;
    const active = await findActive(em, projectId);
    if (active && active.toModel !== toModel && (active.rollsBackId || !isConfigured(active.toModel, configured)))
      refuse('CONFLICT', 'id', OTHER_IS_GOING);
    if (active)
      return { id: active.id, waiting: active.status === ReembeddingStatus.QUEUED && active.error ? active : null };
    if (fromModel === toModel && !(await isAnythingMissing(em, { projectId, toModel })))
      refuse('CONFLICT', 'id', `The project has the configured embedding model already: ${toModel}.`);
    return { id: await queueReembedding(ctx, em, { projectId, fromModel, toModel }), waiting: null };
  });
  // Outside: on the embedded database the queue's statements would wait for the transaction.
  if (waiting) await ctx.jobs.bringForward(jobOf(waiting));
  return answer(ctx, id);
}

export async function cancelReembedding(ctx: Context, input: CancelReembeddingInput): Answer {
  const { id } = await requireRow(ctx, Reembedding, 'id', input.id, 'reembedding');
  if (!(await endReembedding(ctx.em, id, ReembeddingStatus.CANCELLED, null)))
    refuse('CONFLICT', 'id', 'It has ended already.');
  return answer(ctx, id);
}

export async function rollBackReembedding(ctx: Context, input: RollBackReembeddingInput): Answer {
  const known = await requireRow(ctx, Reembedding, 'id', input.id, 'reembedding');
  const { id: rollsBackId, projectId, fromModel: toModel, toModel: fromModel } = known;
  const id = await ctx.em.transactional(async (em) => {
    if (!(await lockProject(em, projectId, 'all'))) refuseUnknown('id', 'reembedding');
    const active = await findActive(em, projectId);
    if (active && active.rollsBackId !== rollsBackId) refuse('CONFLICT', 'id', OTHER_IS_GOING);
    if (active) return active.id;
    const kept = await em.count(Reembedding, {
      id: rollsBackId,
      status: ReembeddingStatus.SUCCEEDED,
      keptUntil: { $gt: new Date() },
    });
    if (kept === 0) refuse('CONFLICT', 'id', 'Its old vectors are not kept: see keptUntil.');
    return queueReembedding(ctx, em, { projectId, fromModel, toModel, rollsBackId });
  });
  return answer(ctx, id);
}

async function answer(ctx: Context, id: string): Answer {
  for (const queue of [REEMBEDDING_QUEUE, ROLL_BACK_QUEUE]) ctx.jobs.wake(queue);
  ctx.forgetReads();
  return { reembedding: await getById(ctx, Reembedding, id) };
}

/** Of a locked project. */
export function findActive(em: Em, projectId: string): Promise<Reembedding | null> {
  return em.findOne(Reembedding, { projectId, status: { $in: [...ACTIVE_REEMBEDDING_STATUSES] } });
}

/** A new one with its job. The project is locked, and none of it is going. */
export async function queueReembedding(
  { jobs }: Pick<Context, 'jobs'>,
  em: Em,
  values: Pick<Reembedding, 'projectId' | 'fromModel' | 'toModel'> & { rollsBackId?: string },
): Promise<string> {
  const id = newId();
  await em.insert(Reembedding, { id, ...values, status: ReembeddingStatus.QUEUED, createdAt: new Date() });
  await jobs.send(em, jobOf({ id, rollsBackId: values.rollsBackId ?? null }));
  return id;
}

export function jobOf({ id, rollsBackId }: Pick<Reembedding, 'id' | 'rollsBackId'>, setbacks?: Setbacks): Job {
  const data: ReembeddingJob = { reembeddingId: id, setbacks };
  return { queue: rollsBackId === null ? REEMBEDDING_QUEUE : ROLL_BACK_QUEUE, key: id, data };
}

/**
 * Ends one that is going; false where it has ended already. What it made is kept.
 * @param attempt only while this process has it; default: whoever has it
 */
export async function endReembedding(
  em: Em,
  id: string,
  status: 'CANCELLED' | 'FAILED',
  error: Failure | null,
  attempt?: number,
): Promise<boolean> {
  const now = new Date();
  const ended = await em.nativeUpdate(
    Reembedding,
    { id, status: { $in: [...ACTIVE_REEMBEDDING_STATUSES] }, ...(attempt === undefined ? {} : { attempt }) },
    { status, error, finishedAt: now, keptUntil: new Date(now.getTime() + KEEP_MS) },
  );
  return ended === 1;
}

/** One that lost its process, or is about to, waits for the next one, which goes on where it stands. */
export async function queueAgain(
  { database, jobs }: Pick<Context, 'database' | 'jobs'>,
  run: Pick<Reembedding, 'id' | 'attempt' | 'rollsBackId'>,
): Promise<void> {
  await database.fork().transactional(async (em) => {
    const again = await em.nativeUpdate(
      Reembedding,
      { id: run.id, attempt: run.attempt, status: ReembeddingStatus.RUNNING },
      { status: ReembeddingStatus.QUEUED },
    );
    if (again === 1) await jobs.send(em, jobOf(run));
  });
}

/** See takeUpLost. */
export function takeUpLostReembeddings(services: Pick<Context, 'database' | 'jobs'>, before?: Date): Promise<void> {
  const takeUp = (run: Reembedding) => queueAgain(services, run);
  return takeUpLost(services, Reembedding, { takeUp, jobOf: (run) => jobOf(run) }, before);
}
