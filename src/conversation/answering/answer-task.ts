import type { Context } from '../../context.js';
import { throughOutages } from '../../platform/database/through-outages.js';
import type { PromptMessage } from '../../platform/llm/prompt.js';
import type { Turn } from '../../platform/turns.js';
import { Project } from '../../project/project.entity.js';
import { listBranch } from './answer-log.js';
import { Conversation } from '../conversation.entity.js';
import { Message } from '../message.entity.js';
import type { Place } from './token-budget.js';

export interface Task extends Place {
  answer: Message;
  project: Project;
  question: string;
  /** The conversation before the question, oldest first. */
  history: PromptMessage[];
}

/** What is to be done once it is this answer's turn; null where it has been deleted. */
export async function readTask(
  ctx: Context,
  messageId: string,
  turn: Turn,
  place: (where: Place) => void,
  signal: AbortSignal,
): Promise<Task | null> {
  const find = () => throughOutages(ctx.database, signal, () => findTask(ctx, messageId));
  const task = await find();
  if (!task) return null;
  place(task);
  if (turn.hasCome) return task;
  await turn.wait(signal);
  // Much may have changed meanwhile.
  return find();
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
