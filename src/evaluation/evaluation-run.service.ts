import { raw } from '@mikro-orm/core';
import type { Context, Services } from '../context.js';
import { newId } from '../platform/database/columns.js';
import { type Em, execute } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { deleteRow } from '../platform/graphql/delete-row.js';
import type { Failure } from '../platform/failure.js';
import { once } from '../platform/graphql/idempotency.js';
import { InputRules } from '../platform/graphql/input-rules.js';
import type { Job } from '../platform/jobs/jobs.js';
import { takeUpLost } from '../platform/jobs/lost-runs.js';
import type { Setbacks } from '../platform/jobs/setbacks.js';
import { findById, getById, getMade, requireRow } from '../platform/graphql/load-by-id.js';
import { noSuch, refuse, refuseUnknown, unlessGone } from '../platform/graphql/user-errors.js';
import { ProjectDoc } from '../project-doc/project-doc.entity.js';
import { MAX_TOP_K, searchFaults } from '../search/search-faults.js';
import { SearchMode } from '../search/search-mode.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationResult } from './evaluation-result.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationGranularity, EvaluationRunStatus } from './evaluation-run.settings.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import type { CancelEvaluationRunInput, DeleteEvaluationRunInput, RunEvaluationInput } from './evaluation.inputs.js';

export const EVALUATION_QUEUE = 'evaluation';

export interface EvaluationJob {
  evaluationRunId: string;
  setbacks?: Setbacks;
}

type Queue = Pick<Services, 'jobs' | 'database'>;
type Made = Promise<{ evaluationRun: Row<EvaluationRun> }>;

/** Queues a run: the questions are asked by a background job. */
export async function runEvaluation(ctx: Context, input: RunEvaluationInput): Made {
  const { id: setId, projectId } = await requireRow(ctx, EvaluationSet, 'setId', input.setId, 'EvaluationSet');
  const settings = checkSettings(input);
  const insert = async (em: Em): Promise<{ id: string }> => {
    if ((await em.count(EvaluationQuestion, { setId })) === 0)
      refuse('CONFLICT', 'setId', 'This set has no questions. Add some with addEvaluationQuestions.');
    const id = newId();
    const status = EvaluationRunStatus.QUEUED;
    await em.insert(EvaluationRun, { id, setId, status, ...settings, createdAt: raw('now()') });
    await ctx.jobs.send(em, jobOf({ id }));
    return { id };
  };
  const check = () => requireProjectDoc(ctx, projectId, settings.filter?.projectDocId);
  const write = () => once(ctx, 'runEvaluation', { ...input }, insert, check);
  const { id } = await unlessGone(write, 'setId', noSuch('EvaluationSet'));
  ctx.jobs.wake(EVALUATION_QUEUE);
  return { evaluationRun: await getMade(ctx, EvaluationRun, id) };
}

type Settings = Pick<EvaluationRun, 'mode' | 'topK' | 'minScore' | 'filter' | 'granularity'>;

function checkSettings(input: RunEvaluationInput): Settings {
  const rules = new InputRules();
  const { minScore = null, filter = null } = input;
  const topK = input.topK ?? MAX_TOP_K;
  for (const [path, fault] of searchFaults({ topK, minScore, filter })) rules.invalid(path, fault);
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const mode = input.mode ?? SearchMode.HYBRID;
  const granularity = input.granularity ?? EvaluationGranularity.DOCUMENT;
  return { mode, topK, minScore, filter: filter && { ...filter }, granularity };
}

/** A search of a ProjectDoc that the project does not have finds nothing: as a measure, that would mislead. */
async function requireProjectDoc(ctx: Context, projectId: string, id: string | null | undefined): Promise<void> {
  if (id == null || (await findById(ctx, ProjectDoc, id))?.projectId === projectId) return;
  refuseUnknown(['filter', 'projectDocId'], 'ProjectDoc');
}

export async function cancelEvaluationRun(ctx: Context, input: CancelEvaluationRunInput): Made {
  const { id } = await requireRow(ctx, EvaluationRun, 'id', input.id, 'run');
  if (!(await endRun(ctx.em, id, EvaluationRunStatus.CANCELLED, null)))
    refuse('CONFLICT', 'id', 'This run has ended already.');
  ctx.forgetReads();
  return { evaluationRun: await getById(ctx, EvaluationRun, id) };
}

export async function deleteEvaluationRun(
  ctx: Context,
  input: DeleteEvaluationRunInput,
): Promise<{ deletedId: string; evaluationSet: () => Promise<Row<EvaluationSet> | null> }> {
  // One that is going finds its record gone at its next write, and ends.
  const { id, setId } = await deleteRow(ctx, EvaluationRun, input.id, 'run');
  return { deletedId: id, evaluationSet: () => findById(ctx, EvaluationSet, setId) };
}

/** Ends a run that is going; false where it has ended already. */
export async function endRun(em: Em, id: string, status: EvaluationRunStatus, error: Failure | null): Promise<boolean> {
  const ended = await execute(em)`
    update evaluation_run set status = ${status}, finished_at = now(), error = ${error && JSON.stringify(error)}::jsonb
    where id = ${id} and status in ('QUEUED', 'RUNNING')`;
  return ended === 1;
}

/** A run that lost its process waits again, with a job: what is done of it stays. */
export async function queueAgain({ jobs, database }: Queue, id: string): Promise<void> {
  await database.fork().transactional(async (em) => {
    if (await backToQueue(em, { id })) await jobs.send(em, jobOf({ id }));
  });
}

/** A run whose project came to another embedding model waits to begin anew: what is half of each measures neither. */
export async function queueAnew(
  { jobs, database }: Queue,
  { id, embeddingModel }: Pick<EvaluationRun, 'id' | 'embeddingModel'>,
): Promise<void> {
  await database.fork().transactional(async (em) => {
    const nothing = { startedAt: null, embeddingModel: null, questionsDone: 0 };
    if (!(await backToQueue(em, { id, embeddingModel }, nothing))) return;
    await em.nativeDelete(EvaluationResult, { runId: id });
    await jobs.send(em, jobOf({ id }));
  });
}

async function backToQueue(em: Em, run: Partial<EvaluationRun>, values: Partial<EvaluationRun> = {}): Promise<boolean> {
  const waiting = { status: EvaluationRunStatus.QUEUED, ...values };
  return (await em.nativeUpdate(EvaluationRun, { ...run, status: EvaluationRunStatus.RUNNING }, waiting)) === 1;
}

/** See takeUpLost. */
export function takeUpLostEvaluations(services: Queue, before?: Date): Promise<void> {
  const takeUp = ({ id }: EvaluationRun) => queueAgain(services, id);
  return takeUpLost(services, EvaluationRun, { takeUp, jobOf: (run) => jobOf(run) }, before);
}

export function jobOf({ id }: Pick<EvaluationRun, 'id'>, setbacks?: Setbacks): Job {
  const data: EvaluationJob = { evaluationRunId: id, setbacks };
  return { queue: EVALUATION_QUEUE, key: id, data };
}
