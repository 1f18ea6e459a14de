import type { Context } from '../../context.js';
import type { PromptMessage } from '../../platform/llm/prompt.js';
import { Project } from '../../project/project.entity.js';
import { listBranch } from '../branches.js';
import { Message } from '../message.entity.js';
import type { AnswerOwner } from './token-budget.js';

/** An answer that is to be generated, and where it belongs. */
export type NewAnswer = AnswerOwner & { answerId: string };

export interface Task {
  projectId: string;
  answer: Message;
  project: Project;
  question: string;
  /** The conversation before the question, oldest first. */
  history: PromptMessage[];
}

/** What is asked, and of what; null where it has been deleted. */
export async function findTask(ctx: Context, { answerId, projectId }: NewAnswer): Promise<Task | null> {
  const em = ctx.database.fork();
  const answer = await em.findOne(Message, answerId);
  const project = await em.findOne(Project, projectId);
  if (!answer || !project) return null;
  const history = await listBranch(em, answer.parentId!);
  const question = history.pop()?.content;
  return question === undefined ? null : { projectId, answer, project, question, history };
}
