import { sql } from 'kysely';

import type { Context } from '../../context.js';
import { type Em, execute, query } from '../../platform/database/query.js';
import { FailureCode, FailureError } from '../../platform/errors.js';
import { refuse } from '../../platform/graphql/user-errors.js';
import type { TokenUsage } from '../token-usage.js';

/** What an answer belongs to, and what its tokens are counted for. */
export type AnswerOwner = {
  projectId: string;
  conversationId: string;
};

const SPENT =
  "The project's budget of tokens is used up. Raise maxTokens with updateProject, or use the builtin model.";

/**
 * In the transaction that makes an answer. The builtin provider, which costs nothing, answers in any case.
 * @param path of the input that names the project or what belongs to it
 * @throws Refusal LIMIT_EXCEEDED where the project's budget is used up
 */
export async function refuseWhenSpent(em: Em, conversationId: string, path: string): Promise<void> {
  const rows = await query(em)`
    select from conversation c join project p on p.id = c.project_id join llm_provider l on l.id = c.llm_provider_id
    where c.id = ${conversationId} and l.provider_name <> 'builtin' and p.input_tokens + p.output_tokens >= p.max_tokens`;
  if (rows.length > 0) refuse('LIMIT_EXCEEDED', path, SPENT);
}

/** Right before a provider is called. @throws FailureError LIMIT_EXCEEDED where the project's budget is used up */
export async function failWhenSpent({ database }: Pick<Context, 'database'>, projectId: string): Promise<void> {
  const rows = await query(database.fork())`
    select from project where id = ${projectId} and input_tokens + output_tokens >= max_tokens`;
  if (rows.length > 0) throw new FailureError(FailureCode.LIMIT_EXCEEDED, SPENT, false);
}

/**
 * Adds to what the project and the conversation have cost; the project's total stays when the conversation is deleted.
 * @param onOpen gets the transaction before it is committed: of one whose connection is lost then, `isCommitted` tells
 */
export async function addSpent(
  { database }: Pick<Context, 'database'>,
  { projectId, conversationId }: AnswerOwner,
  { inputTokens, outputTokens }: TokenUsage,
  onOpen: (transaction: string) => void,
): Promise<void> {
  await database.fork().transactional(async (em) => {
    const add = sql`input_tokens = input_tokens + ${inputTokens}, output_tokens = output_tokens + ${outputTokens}`;
    // The project first, as a deletion does it, so that the two do not wait for each other.
    const [counted] = await query(em)<{ transaction: string }>`
      update project set ${add} where id = ${projectId} returning pg_current_xact_id()::text as transaction`;
    // Where it has been deleted, nobody counts.
    if (!counted) return;
    onOpen(counted.transaction);
    await execute(em)`update conversation set ${add} where id = ${conversationId}`;
  });
}

/** @throws Error while the transaction is still open: its server has not heard yet that the connection is lost */
export async function isCommitted({ database }: Pick<Context, 'database'>, transaction: string): Promise<boolean> {
  const rows = await query(database.fork())<{ status: string }>`select pg_xact_status(${transaction}::xid8) as status`;
  const status = rows[0]?.status;
  if (status === 'in progress') throw new Error('The transaction is still open');
  return status === 'committed';
}
