import type { Context } from '../context.js';
import { FailureCode } from '../errors.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { toFailure } from '../platform/failure.js';
import { answerLimits } from '../platform/llm/api-config.js';
import { buildPrompt, type Prompt } from '../platform/llm/prompt.js';
import { Project } from '../project/project.entity.js';
import { answerTopic, beat, endAnswer, HEARTBEAT_MS, listBranch, recordDelta, recordSources } from './answer-log.js';
import { Conversation } from './conversation.entity.js';
import { findSources, type PromptSource } from './find-sources.js';
import { Message } from './message.entity.js';
import { AnswerOutcome, MessageStatus } from './message.enums.js';
import type { TokenUsage } from './message-source.js';

/** Why an answer is ended before its time: the reason of its abort signal. */
export interface Stop {
  status: MessageStatus.CANCELLED | MessageStatus.INTERRUPTED;
}

/** Deltas are written together, at most this many milliseconds apart. */
const FLUSH_MS = 100;

const NO_EVIDENCE =
  "I found nothing in this project's documents that answers this. Try other words, or sync the documentation that covers it.";

/** Thrown when the record has been ended by somebody else, or is gone: there is nothing left to do. */
class AnswerEndedElsewhere extends Error {}

/** Generates one answer from beginning to end: finds passages, asks the model, and writes down what comes as it comes. */
export async function generateAnswer(
  ctx: Context,
  messageId: string,
  signal: AbortSignal,
  place: (where: { projectId: string; conversationId: string }) => void,
): Promise<void> {
  const log = createWriter(ctx, messageId);
  const gone = new AbortController();
  const heartbeat = setInterval(() => void beat(ctx.database.fork(), messageId).then((alive) => alive || gone.abort(new AnswerEndedElsewhere()), () => {}), HEARTBEAT_MS);
  try {
    const answer = await ctx.database.fork().findOne(Message, messageId);
    const conversation = answer && (await ctx.database.fork().findOne(Conversation, answer.conversationId));
    if (!answer || !conversation) return;
    place({ projectId: conversation.projectId, conversationId: conversation.id });
    await answerFrom(ctx, answer, conversation, log, AbortSignal.any([signal, gone.signal]));
  } catch (error) {
    if (error instanceof AnswerEndedElsewhere || gone.signal.aborted) return;
    const stop = signal.aborted ? (signal.reason as Stop) : null;
    if (!stop && toFailure(error).code === FailureCode.INTERNAL) ctx.logger.error({ err: error }, 'answer failed');
    const interrupted = { code: FailureCode.INTERRUPTED, message: 'The service was stopped while it generated this answer. Generate it again.', retryable: true };
    const failure = stop ? (stop.status === MessageStatus.INTERRUPTED ? interrupted : null) : toFailure(error);
    await log.end(stop?.status ?? MessageStatus.FAILED, { error: failure }).catch((cause: unknown) => {
      if (!(cause instanceof AnswerEndedElsewhere)) throw cause;
    });
  } finally {
    clearInterval(heartbeat);
  }
}

async function answerFrom(ctx: Context, answer: Message, conversation: Conversation, log: Writer, signal: AbortSignal): Promise<void> {
  const em = ctx.database.fork();
  const branch = await listBranch(em, answer.parentId!);
  const question = branch.pop()!.content;
  const sources = await findSources(ctx, conversation.projectId, question, signal);
  signal.throwIfAborted();
  await log.sources(sources);
  if (sources.length === 0) {
    log.text(NO_EVIDENCE);
    return log.end(MessageStatus.COMPLETE, { outcome: AnswerOutcome.NO_EVIDENCE });
  }
  const [project, provider] = await Promise.all([
    em.findOneOrFail(Project, conversation.projectId),
    ctx.database.fork().findOneOrFail(LLMProvider, answer.llmProviderId!),
  ]);
  const prompt = promptOf(project, provider, sources, question, branch);
  let usage: TokenUsage | null = null;
  for await (const part of ctx.models.streamAnswer({ ...provider, prompt, signal })) {
    if (part.type === 'delta') await log.text(part.text);
    else usage = { inputTokens: part.inputTokens, outputTokens: part.outputTokens };
  }
  await log.end(MessageStatus.COMPLETE, { outcome: AnswerOutcome.ANSWERED, usage });
}

function promptOf(project: Project, provider: LLMProvider, sources: readonly PromptSource[], question: string, history: { role: 'user' | 'assistant'; content: string }[]): Prompt {
  return buildPrompt({
    project,
    passages: sources.map(({ source, title, headerPath }) => ({ index: source.index, title, headerPath, filePath: source.filePath, text: source.chunkText })),
    question,
    history: history.map(({ role, content }) => ({ role, content })),
    ...answerLimits(provider.providerName, provider.apiConfig),
  });
}

interface Writer {
  sources(found: readonly PromptSource[]): Promise<void>;
  text(text: string): Promise<void> | void;
  end(status: MessageStatus, rest: { outcome?: AnswerOutcome; error?: ReturnType<typeof toFailure> | null; usage?: TokenUsage | null }): Promise<void>;
}

/** Writes an answer down in order, text in small batches: at most one write each FLUSH_MS, and none while one is going. */
function createWriter(ctx: Context, messageId: string): Writer {
  let content = '';
  let written = 0;
  let lastWrite = 0;

  async function write(change: (em: Context['em']) => Promise<boolean>): Promise<void> {
    if (!(await ctx.database.fork().transactional(change))) throw new AnswerEndedElsewhere();
    ctx.topics.publish(answerTopic(messageId));
  }

  async function flush(): Promise<void> {
    // A surrogate pair that came in two parts is written when it is whole.
    const text = (content.isWellFormed() ? content : content.slice(0, -1)).slice(written);
    if (text === '') return;
    const offset = written;
    written += text.length;
    lastWrite = Date.now();
    await write((em) => recordDelta(em, messageId, content.slice(0, written), { offset, text }));
  }

  return {
    sources: (found) => write((em) => recordSources(em, messageId, found.map(({ source }) => source))),
    text(text) {
      // NUL cannot be stored, and no answer needs it.
      content += text.replaceAll('\0', '');
      return Date.now() - lastWrite >= FLUSH_MS ? flush() : undefined;
    },
    async end(status, rest) {
      await flush();
      await write((em) => endAnswer(em, messageId, { status, ...rest }));
    },
  };
}
