import { sql } from 'kysely';

import { createContext, type Context, type Services } from '../context.js';
import { Chunk } from '../document/chunk.entity.js';
import { Document } from '../document/document.entity.js';
import { newId } from '../platform/database/columns.js';
import { execute, query } from '../platform/database/query.js';
import { type BackgroundRun, carryOut, RunEnded } from '../platform/jobs/background-run.js';
import { beat, SIGN_OF_LIFE } from '../platform/jobs/lost-runs.js';
import { tryLater } from '../platform/jobs/try-later.js';
import { findById } from '../platform/graphql/load-by-id.js';
import type { Logger } from '../platform/logger.js';
import { toQuery } from '../search/query.js';
import { searchPassages } from '../search/search.service.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationRun } from './evaluation-run.entity.js';
import { EvaluationRunStatus } from './evaluation-run.settings.js';
import {
  endRun,
  EVALUATION_QUEUE,
  type EvaluationJob,
  jobOf,
  queueAgain,
  queueAnew,
} from './evaluation-run.service.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import { finishRun } from './finish-run.js';
import { type FoundPassage, judgeHits, type Judgement } from './judge-hits.js';
import { locateExpected } from './locate-expected.js';

/** Questions have up to 100 expected answers each. */
const QUESTIONS_AT_ONCE = 50;

/**
 * Does one queued run: asks its questions one after the other, as the chat would, and stores each result as it comes,
 * only while the run is still RUNNING. When the process stops or dies, the run is queued anew and goes on where it was.
 */
export async function runEvaluationJob(
  services: Services,
  logger: Logger,
  { evaluationRunId, setbacks }: EvaluationJob,
  stopping: AbortSignal,
): Promise<void> {
  const log = logger.child({ evaluationRunId });
  const open = (): Context => createContext(services, { requestId: newId(), logger: log });
  const started = await startRun(open(), evaluationRunId);
  if (!started) return;
  const run: BackgroundRun = {
    beat: () => beat(services.database.fork(), 'evaluation_run', sql`id = ${evaluationRunId} and status = 'RUNNING'`),
    work: async (signal) => {
      await askAll(open, started, signal);
      await finishRun(open(), evaluationRunId);
    },
    queueAgain: () => queueAgain(services, evaluationRunId),
    tryLater(failure) {
      const hasGotOn = ({ questionsDone }: EvaluationRun) => questionsDone !== started.questionsDone;
      return tryLater(services, EvaluationRun, { id: started.id }, failure, { before: setbacks, hasGotOn }, jobOf);
    },
    fail: (failure) => endRun(services.database.fork(), evaluationRunId, EvaluationRunStatus.FAILED, failure),
  };
  // The next one need not wait for a poll.
  await carryOut(run, 'evaluation', services.database.outages, log, stopping).finally(() =>
    services.jobs.wake(EVALUATION_QUEUE),
  );
}

/** With the project that is searched; null where another process has it, or it has ended. */
type StartedRun = EvaluationRun & { projectId: string };

async function startRun(ctx: Context, id: string): Promise<StartedRun | null> {
  return ctx.em.transactional(async (em) => {
    const started = await execute(em)`
      update evaluation_run set status = 'RUNNING', started_at = coalesce(started_at, now()), heartbeat_at = ${SIGN_OF_LIFE}
      where id = ${id} and status = 'QUEUED'`;
    if (started !== 1) return null;
    // What was there when it began; once, also where it is taken up again.
    await execute(em)`
      update evaluation_run set embedding_model = p.embedding_model,
        questions_total = (select count(*) from evaluation_question where set_id = s.id),
        document_count = (select count(*) from document where project_id = p.id),
        chunk_count = (select count(*) from chunk where project_id = p.id),
        commits = (select coalesce(jsonb_agg(jsonb_build_object('projectDocId', id, 'commitSha', last_github_commit_sha) order by id), '[]')
          from project_doc where project_id = p.id and last_github_commit_sha is not null)
      from evaluation_set s join project p on p.id = s.project_id
      where evaluation_run.id = ${id} and s.id = set_id and evaluation_run.embedding_model is null`;
    const run = await em.findOneOrFail(EvaluationRun, id);
    const { projectId } = await em.findOneOrFail(EvaluationSet, run.setId);
    return Object.assign(run, { projectId });
  });
}

async function askAll(open: () => Context, run: StartedRun, signal: AbortSignal): Promise<void> {
  for (;;) {
    const questions = await nextQuestions(open(), run);
    if (questions.length === 0) return;
    for (const question of questions) {
      signal.throwIfAborted();
      // Reads of the question before would be those of an older revision of the documents.
      await ask(open(), run, question, signal);
    }
  }
}

/** Those that were there when the run began and have no result yet. */
async function nextQuestions(ctx: Context, { id, setId }: StartedRun): Promise<EvaluationQuestion[]> {
  const rows = await query(ctx.em)<{ id: string }>`
    select q.id from evaluation_question q join evaluation_run r on r.id = ${id}
    where q.set_id = ${setId} and q.created_at <= r.started_at
      and not exists (select from evaluation_result where run_id = ${id} and question_id = q.id)
    order by q.id limit ${QUESTIONS_AT_ONCE}`;
  return ctx.em.find(EvaluationQuestion, { id: { $in: rows.map((row) => row.id) } }, { orderBy: { id: 'asc' } });
}

/** @throws RunEnded also where the project has come to another embedding model: then it is queued to begin anew */
async function ask(ctx: Context, run: StartedRun, question: EvaluationQuestion, signal: AbortSignal): Promise<void> {
  const located = await locateExpected(ctx, run.setId, question.expected, run.granularity);
  // A question whose answers are all gone measures nothing.
  const isMeasured = located.some(({ place }) => place !== null);
  const began = performance.now();
  const { hits, embeddingModel } = isMeasured
    ? await searchPassages(ctx, {
        projectId: run.projectId,
        query: toQuery(question.text),
        topK: run.topK,
        mode: run.mode,
        minScore: run.minScore,
        filter: run.filter,
        // Words alone would be measured as a HYBRID search.
        needsVector: true,
        signal,
      })
    : { hits: [], embeddingModel: run.embeddingModel };
  if (embeddingModel !== run.embeddingModel) {
    await queueAnew(ctx, run);
    throw new RunEnded();
  }
  const latencyMs = isMeasured ? Math.round((performance.now() - began) * 100) / 100 : null;
  const found = await Promise.all(hits.map((hit) => findPassage(ctx, hit)));
  const judged = judgeHits(
    found.filter((passage) => passage !== null),
    located,
    run.granularity,
  );
  await store(ctx, run, question, judged, { hitCount: hits.length, latencyMs });
}

/** null where a sync took it away in between. */
async function findPassage(
  ctx: Context,
  { chunkId, documentId, score }: { chunkId: string; documentId: string; score: number },
): Promise<FoundPassage | null> {
  const [chunk, document] = await Promise.all([findById(ctx, Chunk, chunkId), findById(ctx, Document, documentId)]);
  if (!chunk || !document) return null;
  const { startLine, endLine } = chunk;
  return { documentId, filePath: document.filePath, startLine, endLine, score };
}

async function store(
  ctx: Context,
  run: StartedRun,
  question: EvaluationQuestion,
  { expected, metrics, topHits }: Judgement,
  { hitCount, latencyMs }: { hitCount: number; latencyMs: number | null },
): Promise<void> {
  await ctx.em.transactional(async (em) => {
    const rows = await query(em)`
      select from evaluation_run where id = ${run.id} and status = 'RUNNING' and embedding_model = ${run.embeddingModel}
      for update`;
    if (rows.length === 0) throw new RunEnded();
    // Where this process was taken for dead, another one may have asked this question too: the first result stays.
    const added = await execute(em)`
      insert into evaluation_result (id, run_id, question_id, question_text, expected, ndcg_at10, recall_at10, reciprocal_rank, hit_count, latency_ms, top_hits)
      values (${newId()}, ${run.id}, ${question.id}, ${question.text}, ${JSON.stringify(expected)}::jsonb, ${metrics?.ndcgAt10 ?? null},
        ${metrics?.recallAt10 ?? null}, ${metrics?.reciprocalRank ?? null}, ${hitCount}, ${latencyMs}, ${JSON.stringify(topHits)}::jsonb)
      on conflict (run_id, question_id) do nothing`;
    await execute(em)`
      update evaluation_run set questions_done = questions_done + ${added}, heartbeat_at = ${SIGN_OF_LIFE}
      where id = ${run.id}`;
  });
}
