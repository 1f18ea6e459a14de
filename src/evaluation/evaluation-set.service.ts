import type { Context } from '../context.js';
import { newId } from '../platform/database/columns.js';
import type { Em } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { deleteRow } from '../platform/graphql/delete-row.js';
import { once } from '../platform/graphql/idempotency.js';
import { changesOf, InputRules, MAX_DESCRIPTION, MAX_NAME, requireId } from '../platform/graphql/input-rules.js';
import { getById, getMade, requireRow } from '../platform/graphql/load-by-id.js';
import { noSuch, refuse, refuseUnknown, unlessGone } from '../platform/graphql/user-errors.js';
import { type DeletedFromProject, deletedFromProject } from '../project/deleted-from-project.js';
import { Project } from '../project/project.entity.js';
import { type NewQuestion, requireQuestions } from './check-questions.js';
import { insertQuestions, MAX_QUESTIONS } from './evaluation-question.service.js';
import { EvaluationSet } from './evaluation-set.entity.js';
import type {
  CreateEvaluationSetFromRatingsInput,
  CreateEvaluationSetInput,
  DeleteEvaluationSetInput,
  UpdateEvaluationSetInput,
} from './evaluation.inputs.js';
import { readRatedQuestions } from './read-rated-questions.js';

type Made = Promise<{ evaluationSet: Row<EvaluationSet> }>;

export function createEvaluationSet(ctx: Context, input: CreateEvaluationSetInput): Made {
  return create(ctx, 'createEvaluationSet', input, {
    read: (projectId) => requireQuestions(ctx, projectId, input.questions ?? []),
  });
}

export function createEvaluationSetFromRatings(ctx: Context, input: CreateEvaluationSetFromRatingsInput): Made {
  return create(ctx, 'createEvaluationSetFromRatings', input, {
    read: (projectId) => readRatedQuestions(ctx, projectId, MAX_QUESTIONS),
    whereNone: 'No answer of this project with a source that is still there is rated GOOD.',
  });
}

/** @param questions where they come from, and why there can be no set without any; default: there can */
async function create(
  ctx: Context,
  operation: string,
  input: CreateEvaluationSetFromRatingsInput,
  questions: { read: (projectId: string) => Promise<NewQuestion[]>; whereNone?: string },
): Made {
  const { id: projectId } = await requireRow(ctx, Project, 'projectId', input.projectId, 'project');
  const rules = new InputRules();
  const name = rules.requiredText('name', input.name, MAX_NAME)!;
  const description = rules.optionalText('description', input.description, MAX_DESCRIPTION) ?? null;
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const insert = async (em: Em, found: NewQuestion[]) => {
    if (found.length === 0 && questions.whereNone) refuse('CONFLICT', 'projectId', questions.whereNone);
    const setId = newId();
    const now = new Date();
    await em.insert(EvaluationSet, { id: setId, projectId, name, description, createdAt: now, updatedAt: now });
    await insertQuestions(em, setId, found);
    return { id: setId };
  };
  const write = () => once(ctx, operation, { ...input }, insert, () => questions.read(projectId));
  const { id } = await unlessGone(write, 'projectId', noSuch('project'));
  return { evaluationSet: await getMade(ctx, EvaluationSet, id) };
}

export async function updateEvaluationSet(ctx: Context, input: UpdateEvaluationSetInput): Made {
  const set = await ctx.em.findOne(EvaluationSet, requireId('id', input.id, 'EvaluationSet'));
  if (!set) refuseUnknown('id', 'EvaluationSet');
  const rules = new InputRules();
  const name = rules.notNull('name', input.name) ? rules.requiredText('name', input.name, MAX_NAME) : undefined;
  const description = rules.optionalText('description', input.description, MAX_DESCRIPTION);
  rules.check();
  const changes = changesOf(set, { name, description });
  if (Object.keys(changes).length > 0) Object.assign(set, changes, { updatedAt: new Date() });
  await ctx.em.flush();
  return { evaluationSet: await getById(ctx, EvaluationSet, set.id) };
}

export async function deleteEvaluationSet(ctx: Context, input: DeleteEvaluationSetInput): Promise<DeletedFromProject> {
  // A run that is going finds its record gone at its next write, and ends.
  const { id, projectId } = await deleteRow(ctx, EvaluationSet, input.id, 'EvaluationSet');
  return deletedFromProject(ctx, id, projectId);
}
