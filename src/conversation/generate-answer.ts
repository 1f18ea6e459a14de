import type { Context } from '../context.js';
import { FailureCode } from '../errors.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { type Failure, toFailure } from '../platform/failure.js';
import { answerLimits } from '../platform/llm/api-config.js';
import { buildPrompt, type Prompt, type PromptMessage } from '../platform/llm/prompt.js';
import { Project } from '../project/project.entity.js';
import { listBranch } from './answer-log.js';
import { AnswerEndedElsewhere, type AnswerWriter, createAnswerWriter } from './answer-writer.js';
import { askModels } from './ask-models.js';
import { Conversation } from './conversation.entity.js';
import { listAsked } from './fallback-providers.js';
import { findSources } from './find-sources.js';
import { judgeCitations } from './judge-citations.js';
import { Message } from './message.entity.js';
import { AnswerOutcome, MessageStatus } from './message.enums.js';
import type { StoredSource } from './message-source.js';

/** Why an answer is ended before its time: the reason of its abort signal. */
export interface Stop {
  status: MessageStatus.CANCELLED | MessageStatus.INTERRUPTED;
}

const NO_EVIDENCE =
  "I found nothing in this project's documents that answers this. Try other words, or sync the documentation that covers it.";

const INTERRUPTED: Failure = {
  code: FailureCode.INTERRUPTED,
  message: 'The service was stopped while it generated this answer. Generate it again.',
  retryable: true,
};

/**
 * Generates one answer from beginning to end: finds passages, asks the model, and writes down what comes as it comes.
 * @param signal aborts with a Stop, or with AnswerEndedElsewhere: then there is nothing left to write
 */
export async function generateAnswer(
  ctx: Context,
  messageId: string,
  signal: AbortSignal,
  place: (where: { projectId: string; conversationId: string }) => void,
): Promise<void> {
  const gone = new AbortController();
  const log = createAnswerWriter(ctx, messageId, () => gone.abort(new AnswerEndedElsewhere()));
  try {
    const task = await readTask(ctx, messageId, place);
    if (task) await answerFrom(ctx, task, log, AbortSignal.any([signal, gone.signal]));
  } catch (error) {
    if ([error, signal.reason].some((cause) => cause instanceof AnswerEndedElsewhere) || gone.signal.aborted) return;
    await endEarly(ctx, error, signal, log);
  } finally {
    await log.close();
  }
}

interface Task {
  answer: Message;
  project: Project;
  question: string;
  /** The conversation before the question, oldest first. */
  history: PromptMessage[];
}

/** What is asked, of what, and in which conversation; null where it has been deleted. */
async function readTask(
  ctx: Context,
  messageId: string,
  place: (where: { projectId: string; conversationId: string }) => void,
): Promise<Task | null> {
  const em = ctx.database.fork();
  const answer = await em.findOne(Message, messageId);
  const conversation = answer && (await em.findOne(Conversation, answer.conversationId));
  if (!conversation) return null;
  const { id: conversationId, projectId } = conversation;
  place({ projectId, conversationId });
  const project = await em.findOne(Project, projectId);
  const history = await listBranch(em, answer.parentId!);
  const question = history.pop()?.content;
  if (!project || question === undefined) return null;
  return { answer, project, question, history };
}

async function answerFrom(
  ctx: Context,
  { answer, project, question, history }: Task,
  log: AnswerWriter,
  signal: AbortSignal,
): Promise<void> {
  const sources = await findSources(ctx, project.id, question, history.length > 0, signal);
  signal.throwIfAborted();
  await log.sources(sources);
  if (sources.length === 0) {
    log.text(NO_EVIDENCE);
    return log.end({ status: MessageStatus.COMPLETE, outcome: AnswerOutcome.NO_EVIDENCE });
  }
  const models = await listAsked(ctx.database.fork(), answer);
  const promptFor = (model: LLMProvider) => promptOf(project, model, sources, question, history);
  const outcome = await askModels(ctx, models, promptFor, log, signal);
  await judge(ctx, project, sources, log, signal);
  await log.end({ status: MessageStatus.COMPLETE, outcome });
}

/** Whoever stops the service meanwhile ends only this: the text is complete. Whoever stops the answer ends it as always. */
async function judge(
  ctx: Context,
  { citationJudgeId }: Project,
  sources: readonly StoredSource[],
  log: AnswerWriter,
  signal: AbortSignal,
): Promise<void> {
  const cited = await log.finish();
  const provider = citationJudgeId && (await ctx.database.fork().findOne(LLMProvider, citationJudgeId));
  if (!provider) return;
  const judged = await judgeCitations(ctx, provider, cited, sources, signal);
  if ((signal.reason as Stop | undefined)?.status === MessageStatus.CANCELLED) signal.throwIfAborted();
  if (judged.some((verdict) => verdict !== null)) await log.verdicts(judged);
}

/** Stopped, or failed: what was generated until then stays. */
async function endEarly(ctx: Context, cause: unknown, signal: AbortSignal, log: AnswerWriter): Promise<void> {
  const stop = signal.aborted ? (signal.reason as Stop) : null;
  if (!stop && toFailure(cause).code === FailureCode.INTERNAL) ctx.logger.error({ err: cause }, 'answer failed');
  const end = stop
    ? { status: stop.status, error: stop.status === MessageStatus.INTERRUPTED ? INTERRUPTED : null }
    : { status: MessageStatus.FAILED, error: toFailure(cause) };
  await log.end(end).catch((error: unknown) => {
    if (!(error instanceof AnswerEndedElsewhere)) throw error;
  });
}

function promptOf(
  project: Project,
  provider: LLMProvider,
  sources: readonly StoredSource[],
  question: string,
  history: readonly PromptMessage[],
): Prompt {
  return buildPrompt({
    project,
    passages: sources.map(({ index, title, headerPath, filePath, chunkText }) => ({
      index,
      title,
      headerPath,
      filePath,
      text: chunkText,
    })),
    question,
    history: history.map(({ role, content }) => ({ role, content })),
    ...answerLimits(provider),
  });
}
