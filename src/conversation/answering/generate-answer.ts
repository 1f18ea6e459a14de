import type { Context } from '../../context.js';
import { FailureCode, FailureError } from '../../platform/errors.js';
import { LLMProvider } from '../../llm-provider/llm-provider.entity.js';
import { isAbstention } from '../../platform/claims/uncited-claims.js';
import { type Failure, logFailure, toFailure } from '../../platform/graphql/failure.js';
import { answerLimits } from '../../platform/llm/api-config.js';
import { buildPrompt, countFittingPassages, type PromptInput, type PromptMessage } from '../../platform/llm/prompt.js';
import type { Turn } from '../../platform/turns.js';
import { Project } from '../../project/project.entity.js';
import { listBranch } from './answer-log.js';
import { AnswerEndedElsewhere, type AnswerWriter, createAnswerWriter } from './answer-writer.js';
import { askModels } from './ask-models.js';
import type { CheckedCitation } from './check-claim.js';
import { Conversation } from '../conversation.entity.js';
import { listAsked } from '../fallback-providers.js';
import { judgeCitations } from './judge-citations.js';
import { Message } from '../message.entity.js';
import { AnswerOutcome, CitationVerdict, MessageStatus } from '../message.enums.js';
import { type StoredSource, toPromptPassage } from '../message-source.js';
import { keepFitting, retrieve } from '../retrieval/retrieve.js';
import type { Place } from './token-budget.js';
import { createTokenMeter, type TokenMeter } from './token-meter.js';

/** Why an answer is ended before its time: the reason of its abort signal. */
export interface Stop {
  status: 'CANCELLED' | 'INTERRUPTED';
}

const NO_EVIDENCE =
  "I found nothing in this project's documents that answers this. Try other words, or sync the documentation that covers it.";

const INTERRUPTED: Failure = {
  code: FailureCode.INTERRUPTED,
  message: 'The service was stopped while it generated this answer. Generate it again.',
  retryable: true,
};

/**
 * Generates one answer from beginning to end, when it is its turn: finds passages, asks the model, and writes down what comes
 * as it comes.
 * @param signal aborts with a Stop, or with AnswerEndedElsewhere: then there is nothing left to write
 */
export async function generateAnswer(
  ctx: Context,
  messageId: string,
  signal: AbortSignal,
  turn: Turn,
  place: (where: Place) => void,
): Promise<void> {
  const gone = new AbortController();
  const log = createAnswerWriter(ctx, messageId, () => gone.abort(new AnswerEndedElsewhere()));
  let limit: AbortSignal | null = null;
  let meter: TokenMeter | null = null;
  try {
    const task = await readTask(ctx, messageId, turn, place, AbortSignal.any([signal, gone.signal]));
    if (!task) return;
    limit = AbortSignal.timeout(ctx.config.generationTimeoutMs);
    meter = createTokenMeter(ctx, task);
    await answerFrom(
      // A copy would lose what a context makes when it is first asked for.
      Object.assign(Object.create(ctx) as Context, { models: meter.models }),
      task,
      meter,
      log,
      AbortSignal.any([signal, gone.signal, limit]),
    );
  } catch (error) {
    if ([error, signal.reason].some((cause) => cause instanceof AnswerEndedElsewhere) || gone.signal.aborted) return;
    await endEarly(ctx, limit?.aborted ? tookTooLong(ctx.config.generationTimeoutMs) : error, signal, meter, log);
  } finally {
    await log.close();
    await meter?.settle();
  }
}

interface Task extends Place {
  answer: Message;
  project: Project;
  question: string;
  /** The conversation before the question, oldest first. */
  history: PromptMessage[];
}

/** What is to be done once it is this answer's turn; null where it has been deleted. */
async function readTask(
  ctx: Context,
  messageId: string,
  turn: Turn,
  place: (where: Place) => void,
  signal: AbortSignal,
): Promise<Task | null> {
  const task = await findTask(ctx, messageId);
  if (!task) return null;
  place(task);
  if (turn.hasCome) return task;
  await turn.wait(signal);
  // Much may have changed meanwhile.
  return findTask(ctx, messageId);
}

/** What is asked, of what, and in which conversation; null where it has been deleted. */
async function findTask(ctx: Context, messageId: string): Promise<Task | null> {
  const em = ctx.database.fork();
  const answer = await em.findOne(Message, messageId);
  const conversation = answer && (await em.findOne(Conversation, answer.conversationId));
  if (!conversation) return null;
  const { id: conversationId, projectId } = conversation;
  const project = await em.findOne(Project, projectId);
  const history = await listBranch(em, answer.parentId!);
  const question = history.pop()?.content;
  if (!project || question === undefined) return null;
  return { answer, project, projectId, conversationId, question, history };
}

async function answerFrom(
  ctx: Context,
  task: Task,
  meter: TokenMeter,
  log: AnswerWriter,
  signal: AbortSignal,
): Promise<void> {
  const { project } = task;
  const models = await listAsked(ctx.database.fork(), task.answer);
  const [provider = null] = models;
  const found = await retrieve(ctx, task, provider, signal);
  const fitting = provider ? countFittingPassages(promptInput(task, provider, found.sources)) : Infinity;
  const retrieved = keepFitting(found, fitting);
  const { sources } = retrieved;
  signal.throwIfAborted();
  await log.sources(retrieved);
  if (sources.length === 0) {
    log.text(NO_EVIDENCE);
    await meter.settle();
    return log.end({ status: MessageStatus.COMPLETE, outcome: AnswerOutcome.NO_EVIDENCE, usage: meter.usage() });
  }
  const promptFor = (model: LLMProvider) => buildPrompt(promptInput(task, model, sources));
  const { outcome, truncated, text, cited } = await askModels(ctx, models, promptFor, log, signal);
  await judge(ctx, project, { cited, sources }, log, signal);
  await meter.settle();
  const claimsNothing = cited.every(({ citation }) => citation.verdict === CitationVerdict.UNCHECKED);
  const abstains = claimsNothing && isAbstention(text, sources.length);
  const end = { outcome: abstains ? AnswerOutcome.NO_EVIDENCE : outcome, truncated, usage: meter.usage() };
  await log.end({ status: MessageStatus.COMPLETE, ...end });
}

/** Whoever stops the service meanwhile ends only this: the text is complete. Whoever stops the answer ends it as always. */
async function judge(
  ctx: Context,
  { citationJudgeId }: Project,
  { cited, sources }: { cited: readonly CheckedCitation[]; sources: readonly StoredSource[] },
  log: AnswerWriter,
  signal: AbortSignal,
): Promise<void> {
  const provider = citationJudgeId && (await ctx.database.fork().findOne(LLMProvider, citationJudgeId));
  if (!provider) return;
  const judged = await judgeCitations(ctx, provider, cited, sources, signal);
  if ((signal.reason as Stop | undefined)?.status === MessageStatus.CANCELLED) signal.throwIfAborted();
  if (judged.some((verdict) => verdict !== null)) await log.verdicts(judged);
}

/** Stopped, or failed: what was generated until then stays. */
async function endEarly(
  ctx: Context,
  cause: unknown,
  signal: AbortSignal,
  meter: TokenMeter | null,
  log: AnswerWriter,
): Promise<void> {
  const stop = signal.aborted ? (signal.reason as Stop) : null;
  if (!stop) logFailure(ctx.logger, cause, {}, 'answer failed');
  const end = stop
    ? { status: stop.status, error: stop.status === MessageStatus.INTERRUPTED ? INTERRUPTED : null }
    : { status: MessageStatus.FAILED, error: toFailure(cause) };
  await meter?.settle();
  await log.end({ ...end, usage: meter?.usage() }).catch((error: unknown) => {
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
