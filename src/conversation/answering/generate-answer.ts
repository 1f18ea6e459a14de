import type { Context } from '../../context.js';
import { FailureCode, FailureError } from '../../platform/errors.js';
import { Document } from '../../document/document.entity.js';
import { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import { isAbstention } from '../../platform/claims/uncited-claims.js';
import { throughOutages } from '../../platform/database/through-outages.js';
import { type Failure, logFailure, toFailure } from '../../platform/failure.js';
import { answerLimits } from '../../platform/llm/api-config.js';
import { buildPrompt, countFittingPassages, type PromptInput } from '../../platform/llm/prompt.js';
import type { Turn } from '../../platform/turns.js';
import type { Project } from '../../project/project.entity.js';
import { findTask, type NewAnswer, type Task } from './answer-task.js';
import { AnswerEndedElsewhere, type AnswerWriter, createAnswerWriter } from './answer-writer.js';
import { askModels } from './ask-models.js';
import type { CheckedCitation } from './check-claim.js';
import { listAsked } from '../fallback-providers.js';
import { judgeCitations } from './judge-citations.js';
import { AnswerOutcome, CitationVerdict, MessageStatus } from '../message.enums.js';
import { type StoredSource, toPromptPassage } from '../message-source.js';
import { keepFitting, retrieve } from '../retrieval/retrieve.js';
import type { TokenMeter } from './token-meter.js';

/** Why an answer is ended before its time: the reason of its abort signal. */
export interface Stop {
  status: 'CANCELLED' | 'INTERRUPTED';
}

const NO_EVIDENCE =
  "I found nothing in this project's documents that answers this. Try other words, or sync the documentation that covers it.";

/** Other words would find nothing either. */
const NO_DOCUMENTS = 'This project has no documents yet. Sync its documentation, then ask again.';

const INTERRUPTED: Failure = {
  code: FailureCode.INTERRUPTED,
  message: 'The service was stopped while it generated this answer. Generate it again.',
  retryable: true,
};

/**
 * Generates one answer from beginning to end, when it is its turn. Finds passages, asks the model, and writes down
 * what comes as it comes.
 *
 * @param ctx with the models of the meter
 * @param signal aborts with a Stop, or with AnswerEndedElsewhere: then there is nothing left to write
 */
export async function generateAnswer(
  ctx: Context,
  answer: NewAnswer,
  meter: TokenMeter,
  turn: Turn,
  signal: AbortSignal,
): Promise<void> {
  const own = new AbortController();
  const ended = AbortSignal.any([signal, own.signal]);
  const writer = createAnswerWriter(ctx, answer.answerId, ended, () => own.abort(new AnswerEndedElsewhere()));
  const { generationTimeoutMs } = ctx.config;
  let limit: NodeJS.Timeout | undefined;
  try {
    await turn.wait(ended);
    const task = await throughOutages(ctx.database, ended, () => findTask(ctx, answer));
    if (!task) return;
    limit = setTimeout(() => own.abort(tookTooLong(generationTimeoutMs)), generationTimeoutMs);
    await answerFrom(ctx, task, meter, writer, ended);
  } catch (error) {
    if ([error, signal.reason, own.signal.reason].some((cause) => cause instanceof AnswerEndedElsewhere)) return;
    await endEarly(ctx, ended.aborted ? ended.reason : error, signal, meter, writer);
  } finally {
    clearTimeout(limit);
    await writer.close();
    await meter.settle();
  }
}

async function answerFrom(
  ctx: Context,
  task: Task,
  meter: TokenMeter,
  writer: AnswerWriter,
  signal: AbortSignal,
): Promise<void> {
  const { project } = task;
  const { models, provider, found } = await throughOutages(ctx.database, signal, async () => {
    const models = await listAsked(ctx.database.fork(), task.answer);
    const [provider = null] = models;
    return { models, provider, found: await retrieve(ctx, task, provider, signal) };
  });
  const fitting = provider ? countFittingPassages(promptInput(task, provider, found.sources)) : Infinity;
  const retrieved = keepFitting(found, fitting);
  const { sources } = retrieved;
  signal.throwIfAborted();
  await writer.sources(retrieved);
  if (sources.length === 0) {
    const document = await throughOutages(ctx.database, signal, () =>
      ctx.database.fork().findOne(Document, { projectId: project.id }, { fields: ['id'] }),
    );
    writer.text(document ? NO_EVIDENCE : NO_DOCUMENTS);
    await meter.settle();
    return writer.end({ status: MessageStatus.COMPLETE, outcome: AnswerOutcome.NO_EVIDENCE, usage: meter.usage() });
  }
  const promptFor = (model: LLMProvider) => buildPrompt(promptInput(task, model, sources));
  const { outcome, truncated, text, cited } = await askModels(ctx, models, promptFor, writer, signal);
  await judge(ctx, project, { cited, sources }, writer, signal);
  await meter.settle();
  const claimsNothing = cited.every(({ citation }) => citation.verdict === CitationVerdict.UNCHECKED);
  const abstains = claimsNothing && isAbstention(text, sources.length);
  const end = { outcome: abstains ? AnswerOutcome.NO_EVIDENCE : outcome, truncated, usage: meter.usage() };
  await writer.end({ status: MessageStatus.COMPLETE, ...end });
}

/**
 * Asks the judge of the project, once the text is complete. Stopping the service meanwhile ends only this; stopping
 * the answer ends it as CANCELLED.
 */
async function judge(
  ctx: Context,
  { citationJudgeId }: Project,
  { cited, sources }: { cited: readonly CheckedCitation[]; sources: readonly StoredSource[] },
  writer: AnswerWriter,
  signal: AbortSignal,
): Promise<void> {
  if (!citationJudgeId) return;
  const find = () => ctx.database.fork().findOne(LLMProvider, citationJudgeId);
  const provider = await throughOutages(ctx.database, signal, find);
  if (!provider) return;
  const judged = await judgeCitations(ctx, provider, cited, sources, signal);
  if ((signal.reason as Stop | undefined)?.status === MessageStatus.CANCELLED) signal.throwIfAborted();
  if (judged.some((verdict) => verdict !== null)) await writer.verdicts(judged);
}

/** Stopped, or failed: what was generated until then stays. */
async function endEarly(
  ctx: Context,
  cause: unknown,
  signal: AbortSignal,
  meter: TokenMeter,
  writer: AnswerWriter,
): Promise<void> {
  const stop = signal.aborted ? (signal.reason as Stop) : null;
  if (!stop) logFailure(ctx.logger, cause, {}, 'answer failed');
  const end = stop
    ? { status: stop.status, error: stop.status === MessageStatus.INTERRUPTED ? INTERRUPTED : null }
    : { status: MessageStatus.FAILED, error: toFailure(cause) };
  await meter.settle();
  await writer.end({ ...end, usage: meter.usage() }).catch((error: unknown) => {
    if (!(error instanceof AnswerEndedElsewhere)) throw error;
  });
}

function tookTooLong(ms: number): FailureError {
  const seconds = Math.round(ms / 1000);
  const longest = seconds === 1 ? '1 second' : `${seconds.toLocaleString('en')} seconds`;
  const message = `This answer took longer than ${longest} and was ended. Ask for less, or generate it again.`;
  return new FailureError(FailureCode.TIMEOUT, message, true);
}

function promptInput(
  { project, question, history }: Task,
  provider: LLMProvider,
  sources: readonly StoredSource[],
): PromptInput {
  return {
    project,
    passages: sources.map(toPromptPassage),
    question,
    history: history.map(({ role, content }) => ({ role, content })),
    ...answerLimits(provider),
  };
}
