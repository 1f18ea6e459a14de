import { posix } from 'node:path';

import type { Config } from '../config.js';
import type { Context, Services } from '../context.js';
import { Conversation } from '../conversation/conversation.entity.js';
import type { Row } from '../platform/database/rows.js';
import { parseGithubUrl } from '../platform/git/github-url.js';
import { InputRules, MAX_NAME } from '../platform/graphql/input-rules.js';
import { truncate } from '../platform/text/truncate.js';
import { refuse } from '../platform/graphql/user-errors.js';
import { Project } from '../project/project.entity.js';
import { lockProject } from '../project/project-lock.js';
import { createProject } from '../project/project.service.js';
import { followedPath } from '../project-doc/followed-path.js';
import { ProjectDoc } from '../project-doc/project-doc.entity.js';
import type { CreateProjectDocInput } from '../project-doc/project-doc.inputs.js';
import { checkNewProjectDoc, createProjectDoc } from '../project-doc/project-doc.service.js';
import { type SyncRun, SyncRunStatus } from '../project-doc/sync-run.entity.js';
import { cancelSyncRun, followSyncRun, SYNC_QUEUE, syncProjectDoc } from '../project-doc/sync-run.service.js';
import type { SyncArguments } from './arguments.js';

export interface Followed {
  project: Pick<Project, 'id' | 'name'>;
  projectDoc: Pick<ProjectDoc, 'id' | 'name' | 'githubUrl' | 'githubFolderPath' | 'branch'>;
  /** What was not there before. */
  isNew: { project: boolean; projectDoc: boolean };
}

/** What there is at the end. The id is null of what was taken back. */
export interface Left {
  project: Omit<Followed['project'], 'id'> & { id: string | null };
  projectDoc: Omit<Followed['projectDoc'], 'id'> & { id: string | null };
}

/** What a command line asks for, checked. */
export interface Wanted {
  projectName: string;
  input: Omit<CreateProjectDocInput, 'projectId'>;
  source: Pick<ProjectDoc, 'sourceKind' | 'githubUrl' | 'githubFolderPath' | 'branch'>;
}

/** @throws Refusal */
export function readSyncArguments(config: Config, args: SyncArguments): Wanted {
  const parsed = parseGithubUrl(args.url, config.gitHosts);
  const repository = parsed ? new URL(parsed.url).pathname.slice(1) : args.url;
  const folder = args.folder ?? parsed?.folder ?? '';
  const input = {
    name: args.name ?? truncate(posix.join(posix.basename(repository), folder).replace(/\/+$/, ''), MAX_NAME),
    githubUrl: args.url,
    githubFolderPath: args.folder,
    branch: args.branch,
  };
  const { sourceKind, githubUrl, githubFolderPath = null, branch = null } = checkNewProjectDoc({ config }, input);
  const rules = new InputRules();
  const projectName = rules.requiredText('project', args.project ?? truncate(repository, MAX_NAME), MAX_NAME);
  rules.check();
  return { projectName: projectName!, input, source: { sourceKind, githubUrl, githubFolderPath, branch } };
}

/**
 * The project of that name, and what follows the repository in it; both are made where there is none.
 * @throws Refusal
 */
export async function findOrCreateProjectDoc(ctx: Context, { projectName, input, source }: Wanted): Promise<Followed> {
  const { project, isNew } = await findOrCreateProject(ctx, projectName);
  const projectId = project.id;
  const orderBy = { createdAt: 'asc', id: 'asc' } as const;
  const { sourceKind, githubUrl } = source;
  const ofRepository = await ctx.em.find(ProjectDoc, { projectId, sourceKind, githubUrl }, { orderBy });
  const existing = ofRepository.find((projectDoc) => followedPath(projectDoc) === followedPath(source));
  return {
    project,
    projectDoc: existing ?? (await createProjectDoc(ctx, { ...input, projectId })).projectDoc,
    isNew: { project: isNew, projectDoc: !existing },
  };
}

async function findOrCreateProject(ctx: Context, name: string) {
  const find = () => ctx.em.findOne(Project, { name });
  const existing = await find();
  if (existing) return { project: existing, isNew: false };
  try {
    return { project: (await createProject(ctx, { name })).project, isNew: true };
  } catch (error) {
    // Another command may have made it in the meantime: scripts load several repositories at once.
    const made = await find();
    if (made) return { project: made, isNew: false };
    throw error;
  }
}

/** Deletes what was made for a source that could not be opened; the project only while there is nothing else in it. */
export async function takeBack(ctx: Context, followed: Followed): Promise<Left> {
  const { project, projectDoc, isNew } = followed;
  if (!isNew.projectDoc) return followed;
  const isProjectLeft = await ctx.em.transactional(async (em) => {
    // Locked, so that nothing comes into it between the look and the commit.
    await lockProject(em, project.id, 'all');
    await em.nativeDelete(ProjectDoc, projectDoc.id);
    const inIt = { projectId: project.id };
    if (!isNew.project || (await em.count(ProjectDoc, inIt)) + (await em.count(Conversation, inIt)) > 0) return true;
    await em.nativeDelete(Project, project.id);
    return false;
  });
  return {
    project: { id: isProjectLeft ? project.id : null, name: project.name },
    projectDoc: { ...projectDoc, id: null },
  };
}

export interface Following {
  services: Services;
  /** Does a run in this process, unless another one has it. */
  sync(syncRunId: string, stopping: AbortSignal): Promise<void>;
  /** A new Context: each use case is an operation of its own. */
  operation(): Context;
  /** Aborts when the run is to be cancelled. */
  stopping: AbortSignal;
  onMove(run: Row<SyncRun>): void;
}

/**
 * Syncs and waits for the end. The run is done here unless another process has it; one that is INTERRUPTED is followed
 * on in the run that takes it up.
 * @throws Refusal when the ProjectDoc is deleted meanwhile
 */
export async function syncToTheEnd(following: Following, projectDocId: string): Promise<Row<SyncRun>> {
  for (;;) {
    const { syncRun } = await syncProjectDoc(following.operation(), { id: projectDocId });
    const run = await followToTheEnd(following, syncRun);
    if (run.status !== SyncRunStatus.INTERRUPTED) return run;
  }
}

async function followToTheEnd(following: Following, run: Row<SyncRun>): Promise<Row<SyncRun>> {
  const { services, sync, operation, stopping, onMove } = following;
  const { logger } = operation();
  const work = new AbortController();
  const cancel = async (): Promise<void> => {
    // It may have ended by itself just now. Work that is aborted before that would be taken up again.
    await cancelSyncRun(operation(), { id: run.id }).catch(() => {});
    work.abort(new Error('The sync was cancelled'));
  };
  if (stopping.aborted) await cancel();
  stopping.addEventListener('abort', cancel);
  // A run whose work breaks off is noticed by its heartbeat, here as in the service.
  const working = sync(run.id, work.signal).catch((error: unknown) =>
    logger.error({ err: error, syncRunId: run.id }, 'sync failed'),
  );
  try {
    let last = run;
    for await (last of await followSyncRun(operation(), run.id)) onMove(last);
    await working;
    if (!last.finishedAt) refuse('NOT_FOUND', 'id', 'It was deleted while it was synced.');
    // Its job was not taken, as the run was done without.
    await services.jobs.drop(SYNC_QUEUE, run.id);
    return last;
  } finally {
    stopping.removeEventListener('abort', cancel);
    // Nothing is left of it by now, unless following it failed.
    work.abort(new Error('The command ends'));
    await working;
  }
}
