import { LockMode, raw } from '@mikro-orm/core';
import type { Context } from '../context.js';
import { isId, newId } from '../platform/database/columns.js';
import { type Em, query } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { once } from '../platform/graphql/idempotency.js';
import { InputRules } from '../platform/graphql/input-rules.js';
import { getById, getMade, requireRow } from '../platform/graphql/load-by-id.js';
import { Refusal, refuse, refuseUnknown, userError } from '../platform/graphql/user-errors.js';
import { MAX_FAULTS, MAX_QUESTIONS_AT_ONCE, type NewQuestion, requireQuestions } from './check-questions.js';
import { EvaluationQuestion } from './evaluation-question.entity.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import type { AddEvaluationQuestionsInput, RemoveEvaluationQuestionsInput } from './evaluation.inputs.js';

/** Of one set. */
export const MAX_QUESTIONS = 2_000;

type Made = Promise<{ evaluationSet: Row<EvaluationSet> }>;

export async function addEvaluationQuestions(ctx: Context, input: AddEvaluationQuestionsInput): Made {
  const set = await requireRow(ctx, EvaluationSet, 'setId', input.setId, 'EvaluationSet');
  const rules = new InputRules();
  rules.idempotencyKey(input.idempotencyKey);
  if (input.questions.length === 0) rules.invalid('questions', 'Questions must not be empty.');
  rules.check();
  const check = () => requireQuestions(ctx, set.projectId, input.questions);
  const add = async (em: Em, questions: NewQuestion[]): Promise<{ id: string }> => {
    const locked = await lockSet(em, set.id);
    if ((await em.count(EvaluationQuestion, { setId: set.id })) + questions.length > MAX_QUESTIONS)
      refuse('LIMIT_EXCEEDED', 'questions', 'A set has at most 2,000 questions.');
    await insertQuestions(em, set.id, questions);
    locked.updatedAt = new Date();
    return { id: set.id };
  };
  const { id } = await once(ctx, 'addEvaluationQuestions', { ...input }, add, check);
  ctx.forgetReads();
  return { evaluationSet: await getMade(ctx, EvaluationSet, id) };
}

export async function removeEvaluationQuestions(ctx: Context, input: RemoveEvaluationQuestionsInput): Made {
  const set = await requireRow(ctx, EvaluationSet, 'setId', input.setId, 'EvaluationSet');
  const { questionIds } = input;
  if (questionIds.length === 0 || questionIds.length > MAX_QUESTIONS_AT_ONCE)
    refuse('INVALID', 'questionIds', 'Give 1 to 1,000 question ids.');
  await ctx.em.transactional(async (em) => {
    const locked = await lockSet(em, set.id);
    const rows = await query(em)<{ id: string }>`
      delete from evaluation_question where set_id = ${set.id} and id = any(${questionIds.filter(isId)}::uuid[])
      returning id`;
    const removed = new Set(rows.map(({ id }) => id));
    const unknown = questionIds.flatMap((id, place) =>
      removed.has(id.toLowerCase())
        ? []
        : [userError('NOT_FOUND', ['questionIds', String(place)], `The set has no question with the id ${id}.`)],
    );
    if (unknown.length > 0) throw new Refusal(unknown.slice(0, MAX_FAULTS));
    locked.updatedAt = new Date();
  });
  ctx.forgetReads();
  return { evaluationSet: await getById(ctx, EvaluationSet, set.id) };
}

async function lockSet(em: Em, id: string): Promise<EvaluationSet> {
  const set = await em.findOne(EvaluationSet, id, { lockMode: LockMode.PESSIMISTIC_WRITE });
  return set ?? refuseUnknown('setId', 'EvaluationSet');
}

/** Questions that have been checked; to be called in a transaction. */
export async function insertQuestions(em: Em, setId: string, questions: readonly NewQuestion[]): Promise<void> {
  // By the database's clock, like the start of a run, which asks the questions that were added before it.
  const rows = questions.map((question) => ({ id: newId(), setId, ...question, createdAt: raw('now()') }));
  if (rows.length > 0) await em.insertMany(EvaluationQuestion, rows);
}
