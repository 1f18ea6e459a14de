import { sql } from 'kysely';

import type { Context } from '../context.js';
import { LLMProvider } from '../llm-provider/llm-provider.entity.js';
import { whyNotAsked } from '../llm-provider/why-not-asked.js';
import { newId } from '../platform/database/columns.js';
import { slot } from '../platform/database/prepared.js';
import type { Em } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import type { Embedder } from '../platform/embedding/embedder.js';
import { deleteRow } from '../platform/graphql/delete-row.js';
import { once } from '../platform/graphql/idempotency.js';
import { changesOf, InputRules, MAX_DESCRIPTION, MAX_NAME, requireId } from '../platform/graphql/input-rules.js';
import { getById, getMade, requireRow } from '../platform/graphql/load-by-id.js';
import { noSuch, refuse, refuseUnknown, unlessGone, unlessTaken } from '../platform/graphql/user-errors.js';
import { deleteContents } from './delete-contents.js';
import { Project } from './project.entity.js';
import type { CreateProjectInput, DeleteProjectInput, UpdateProjectInput } from './project.inputs.js';

const NAME_TAKEN = 'Another project has this name. Choose another one.';
const NO_JUDGE = noSuch('LLMProvider');

export async function createProject(ctx: Context, input: CreateProjectInput): Promise<{ project: Row<Project> }> {
  const rules = new InputRules();
  const name = rules.requiredText('name', input.name, MAX_NAME);
  const description = rules.optionalText('description', input.description, MAX_DESCRIPTION) ?? null;
  const maxTokens = budgetOf(rules, input.maxTokens) ?? null;
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  const now = new Date();
  const project = {
    id: newId(),
    name: name!,
    description,
    embeddingModel: ctx.embedder.model,
    maxTokens,
    createdAt: now,
    updatedAt: now,
  };
  const choose = async () => (await chosenJudge(ctx, input.citationJudgeId)) ?? null;
  const insert = async (em: Em, citationJudgeId: string | null) => {
    await em.insert(Project, { ...project, citationJudgeId });
    return { id: project.id };
  };
  const write = () => unlessTaken(() => once(ctx, 'createProject', { ...input }, insert, choose), 'name', NAME_TAKEN);
  const { id } = await unlessGone(write, 'citationJudgeId', NO_JUDGE);
  return { project: await getMade(ctx, Project, id) };
}

export async function updateProject(ctx: Context, input: UpdateProjectInput): Promise<{ project: Row<Project> }> {
  const project = await ctx.em.findOne(Project, requireId('id', input.id, 'project'));
  if (!project) refuseUnknown('id', 'project');
  const rules = new InputRules();
  const name = rules.notNull('name', input.name) ? rules.requiredText('name', input.name, MAX_NAME) : undefined;
  const description = rules.optionalText('description', input.description, MAX_DESCRIPTION);
  const maxTokens = budgetOf(rules, input.maxTokens);
  rules.check();
  const citationJudgeId = await chosenJudge(ctx, input.citationJudgeId);
  const changes = changesOf(project, { name, description, citationJudgeId, maxTokens });
  if (Object.keys(changes).length > 0) Object.assign(project, changes, { updatedAt: new Date() });
  await unlessGone(() => unlessTaken(() => ctx.em.flush(), 'name', NAME_TAKEN), 'citationJudgeId', NO_JUDGE);
  return { project: await getById(ctx, Project, project.id) };
}

/** The embedder of the model that a project has now; of one that does not exist, the configured one. */
export async function embedderOf(
  { database, embedder, embedders }: Pick<Context, 'database' | 'embedder' | 'embedders'>,
  projectId: string,
): Promise<Embedder> {
  const build = () => sql`select embedding_model as model from project where id = ${slot('id')}`;
  const [project] = await database.read<{ model: string }>('model of a project', build, { id: projectId });
  return embedders.of(project?.model ?? embedder.model);
}

export async function deleteProject(ctx: Context, input: DeleteProjectInput): Promise<{ deletedId: string }> {
  const id = requireId('id', input.id, 'project');
  await deleteContents(ctx.database, { projectId: id });
  await deleteRow(ctx, Project, id, 'project');
  // A run that is going finds its record gone at its next write, and ends.
  ctx.answers.giveUp(id);
  return { deletedId: id };
}

/** Whole, and not too large for a GraphQL Int, it is by its type. */
function budgetOf(rules: InputRules, maxTokens: number | null | undefined): number | null | undefined {
  if (maxTokens != null && maxTokens < 0) return rules.invalid('maxTokens', 'maxTokens must be 0 or more.');
  return maxTokens;
}

/** A language model that can judge; undefined and null as they are. */
async function chosenJudge(ctx: Context, id: string | null | undefined): Promise<string | null | undefined> {
  if (id == null) return id;
  const judge = await requireRow(ctx, LLMProvider, 'citationJudgeId', id, 'LLMProvider');
  if (judge.providerName === 'builtin')
    refuse('INVALID', 'citationJudgeId', 'The builtin provider only quotes and cannot judge. Choose a language model.');
  const fault = whyNotAsked(ctx, judge);
  if (fault) refuse('CONFLICT', 'citationJudgeId', fault);
  return judge.id;
}
