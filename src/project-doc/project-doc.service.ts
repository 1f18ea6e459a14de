import type { Context } from '../context.js';
import { Document } from '../document/document.entity.js';
import { newId } from '../platform/database/columns.js';
import type { Em } from '../platform/database/query.js';
import type { Row } from '../platform/database/rows.js';
import { deleteRow } from '../platform/graphql/delete-row.js';
import { NO_COMMIT } from '../platform/git/blob-id.js';
import { isBranchName } from '../platform/git/branch-name.js';
import { type GithubUrl, NO_REPOSITORY_URL, readGithubUrl } from '../platform/git/github-url.js';
import { isFolderName } from '../platform/git/page-path.js';
import { once } from '../platform/graphql/idempotency.js';
import { changesOf, InputRules, MAX_DESCRIPTION, MAX_NAME, requireId } from '../platform/graphql/input-rules.js';
import { getById, getMade, requireRow } from '../platform/graphql/load-by-id.js';
import { toLanguage } from '../platform/text/languages.js';
import { noSuch, refuse, refuseUnknown, unlessGone } from '../platform/graphql/user-errors.js';
import { deleteContents } from '../project/delete-contents.js';
import { type DeletedFromProject, deletedFromProject } from '../project/deleted-from-project.js';
import { lockProjectDocs } from '../project/lock-project-docs.js';
import { Project } from '../project/project.entity.js';
import { followedPath } from './followed-path.js';
import { ProjectDoc, SourceKind, SyncStatus } from './project-doc.entity.js';
import type { CreateProjectDocInput, DeleteProjectDocInput, UpdateProjectDocInput } from './project-doc.inputs.js';
import { ACTIVE_RUN_STATUSES, SyncRun } from './sync-run.entity.js';

const MAX_URL = 512;
const MAX_FOLDER = 512;

export async function createProjectDoc(
  ctx: Context,
  input: CreateProjectDocInput,
): Promise<{ projectDoc: Row<ProjectDoc> }> {
  const values = checkNewProjectDoc(ctx, input);
  const { id: projectId } = await requireRow(ctx, Project, 'projectId', input.projectId, 'project');
  const insert = (em: Em) => insertProjectDoc(em, { projectId, ...values });
  const write = () => once(ctx, 'createProjectDoc', { ...input }, insert);
  const { id } = await unlessGone(write, 'projectId', noSuch('project'));
  return { projectDoc: await getMade(ctx, ProjectDoc, id) };
}

/**
 * What `createProjectDoc` stores; for callers that look first whether there is one like it.
 * @throws Refusal
 */
export function checkNewProjectDoc(
  ctx: Pick<Context, 'config'>,
  input: Omit<CreateProjectDocInput, 'projectId'>,
): Omit<NewProjectDoc, 'projectId'> {
  const rules = new InputRules();
  const name = rules.requiredText('name', input.name, MAX_NAME);
  const description = rules.optionalText('description', input.description, MAX_DESCRIPTION) ?? null;
  const source = sourceOf(ctx, rules, input);
  const language = languageOf(rules, input.language) ?? null;
  rules.idempotencyKey(input.idempotencyKey);
  rules.check();
  return { name: name!, description, language, sourceKind: SourceKind.GIT, ...source, githubUrl: source.githubUrl! };
}

type NewProjectDoc = Pick<ProjectDoc, 'projectId' | 'name' | 'description' | 'sourceKind' | 'githubUrl'> &
  Partial<Pick<ProjectDoc, 'githubFolderPath' | 'branch' | 'language'>>;

/** Stores a ProjectDoc whose values have been checked. */
export async function insertProjectDoc(em: Em, values: NewProjectDoc): Promise<{ id: string }> {
  const id = newId();
  const now = new Date();
  await em.insert(ProjectDoc, {
    id,
    ...values,
    githubFolderPath: values.githubFolderPath ?? null,
    branch: values.branch ?? null,
    language: values.language ?? null,
    syncStatus: SyncStatus.NOT_SYNCED,
    createdAt: now,
    updatedAt: now,
  });
  return { id };
}

/** Of a source that was never synced; when the one before it was, stays. */
const NEVER_SYNCED = {
  sourceKind: SourceKind.GIT,
  syncStatus: SyncStatus.NOT_SYNCED,
  lastGithubCommitSha: null,
  lastGithubCommitDate: null,
};

export async function updateProjectDoc(
  ctx: Context,
  input: UpdateProjectDocInput,
): Promise<{ projectDoc: Row<ProjectDoc> }> {
  const id = requireId('id', input.id, 'ProjectDoc');
  const rules = new InputRules();
  const name = rules.notNull('name', input.name) ? rules.requiredText('name', input.name, MAX_NAME) : undefined;
  const description = rules.optionalText('description', input.description, MAX_DESCRIPTION);
  rules.notNull('githubUrl', input.githubUrl);
  const source = sourceOf(ctx, rules, input);
  const language = languageOf(rules, input.language);
  await ctx.em.transactional(async (em) => {
    // Locked, so that no run starts between this look and the commit.
    await lockProjectDocs(em, [id]);
    const projectDoc = await em.findOne(ProjectDoc, id, { refresh: true });
    if (!projectDoc) refuseUnknown('id', 'ProjectDoc');
    rules.check();
    const changes = changesOf(projectDoc, {
      name,
      description,
      language,
      ...(isPageOf(projectDoc, input, source) ? {} : source),
    });
    const sourceMoved = Object.keys(source).some((field) => Object.hasOwn(changes, field));
    if (sourceMoved && (await em.count(SyncRun, { projectDocId: id, status: { $in: [...ACTIVE_RUN_STATUSES] } })) > 0) {
      refuse('CONFLICT', 'id', 'A sync is going. Cancel it or wait for its end, then change URL, branch or folder.');
    }
    if (sourceMoved) Object.assign(projectDoc, NEVER_SYNCED);
    if (Object.hasOwn(changes, 'githubUrl')) {
      projectDoc.repositoryKey = null;
      // They have no link until a sync has found them in the other repository.
      await em.nativeUpdate(Document, { projectDocId: id }, { commitSha: NO_COMMIT });
    }
    if (Object.keys(changes).length > 0) Object.assign(projectDoc, changes, { updatedAt: new Date() });
  });
  return { projectDoc: await getById(ctx, ProjectDoc, id) };
}

/** Whether it is given the page of what it follows: it may know better where the name of the branch ends. */
function isPageOf(projectDoc: ProjectDoc, input: UpdateProjectDocInput, source: ReturnType<typeof sourceOf>): boolean {
  const { githubUrl, branch = null, githubFolderPath = null } = source;
  return (
    input.branch === undefined &&
    input.githubFolderPath === undefined &&
    githubUrl === projectDoc.githubUrl &&
    followedPath({ branch, githubFolderPath }) === followedPath(projectDoc)
  );
}

export async function deleteProjectDoc(ctx: Context, input: DeleteProjectDocInput): Promise<DeletedFromProject> {
  const id = requireId('id', input.id, 'ProjectDoc');
  await deleteContents(ctx.database, { projectDocId: id });
  // A run that is going finds its record gone at its next write, and ends.
  const { projectId } = await deleteRow(ctx, ProjectDoc, id, 'ProjectDoc');
  return deletedFromProject(ctx, id, projectId);
}

interface SourceInput {
  githubUrl?: string | null;
  githubFolderPath?: string | null;
  branch?: string | null;
}

/** URL, folder and branch as they are stored; undefined stays as it is. A pasted folder URL fills what is left out. */
function sourceOf(
  ctx: Pick<Context, 'config'>,
  rules: InputRules,
  input: SourceInput,
): Partial<Pick<ProjectDoc, 'githubUrl' | 'githubFolderPath' | 'branch'>> {
  const parsed = input.githubUrl == null ? undefined : urlOf(ctx, rules, input.githubUrl);
  const folder = input.githubFolderPath === undefined ? (parsed?.folder ?? undefined) : input.githubFolderPath;
  const branch = input.branch === undefined ? (parsed?.branch ?? undefined) : input.branch;
  return {
    githubUrl: parsed?.url,
    githubFolderPath: folderOf(rules, folder),
    branch: branchOf(rules, branch),
  };
}

function urlOf({ config }: Pick<Context, 'config'>, rules: InputRules, value: string): GithubUrl | undefined {
  const read = readGithubUrl(value, config.gitHosts);
  if ('fault' in read) return rules.invalid('githubUrl', read.fault);
  return read.url.length > MAX_URL ? rules.invalid('githubUrl', NO_REPOSITORY_URL) : read;
}

function folderOf(rules: InputRules, value: string | null | undefined): string | null | undefined {
  const path = rules.optionalText('githubFolderPath', value?.trim().replace(/^\/+|\/+$/g, '') ?? value, MAX_FOLDER);
  if (path == null) return path;
  if (path.split('/').every(isFolderName)) return path;
  return rules.invalid(
    'githubFolderPath',
    'githubFolderPath must be a folder inside the repository, such as docs/guide, without "..".',
  );
}

function languageOf(rules: InputRules, value: string | null | undefined): string | null | undefined {
  if (value == null) return value;
  return toLanguage(value) ?? rules.invalid('language', 'Language must be a code such as en, de or pt-BR.');
}

function branchOf(rules: InputRules, value: string | null | undefined): string | null | undefined {
  const branch = value?.trim() ?? value;
  if (branch == null || branch === '') return branch === undefined ? undefined : null;
  return isBranchName(branch)
    ? branch
    : rules.invalid(
        'branch',
        'Branch must be a branch name that git allows, of at most 255 bytes, such as main or release/2.0.',
      );
}
