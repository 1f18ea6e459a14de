import { randomUUID } from 'node:crypto';
import { buildProject } from './factories.js';
import type { Changes, GitHost, GitRepository } from './git-host.js';
import type { TestApp, Values } from './test-app.js';
import { until } from './until.js';

/** Everything that is to be known of a run, but what became of its files. */
export const RUN = `id status commitSha startedAt finishedAt progress filesTotal filesProcessed filesAdded filesUpdated
  filesRenamed filesDeleted filesUnchanged filesSkipped filesFailed chunksEmbedded chunksReused error { code message retryable }`;

export interface Followed {
  projectId: string;
  projectDocId: string;
  repository: GitRepository;
  /** As the host knows it. */
  name: string;
}

/** A project that follows a new repository on `host`, not synced yet. `where`: its branch and folder. */
export async function followRepository(
  app: TestApp,
  host: GitHost,
  files: Changes,
  where: { branch?: string; githubFolderPath?: string; projectId?: string } = {},
): Promise<Followed> {
  const projectId = where.projectId ?? (await buildProject(app)).id;
  const name = `owner/${randomUUID()}`;
  const repository = await host.createRepository(name, files);
  const input = { projectId, name: 'Documentation', githubUrl: host.url(name), ...where };
  const { projectDoc } = await app.mutate('createProjectDoc', 'projectDoc { id }', input);
  return { projectId, projectDocId: projectDoc.id, repository, name };
}

export interface SyncedProject extends Followed {
  /** The commit that was synced. */
  commitSha: string;
}

/** A project that follows a new repository on `host`, synced. */
export async function buildSyncedProject(app: TestApp, host: GitHost, files: Changes): Promise<SyncedProject> {
  const followed = await followRepository(app, host, files);
  await syncToEnd(app, followed);
  return { ...followed, commitSha: await followed.repository.head() };
}

/** Starts a sync, or finds the one that is going. */
export async function startSync(app: TestApp, projectDocId: string): Promise<Values> {
  return (await app.mutate('syncProjectDoc', `syncRun { ${RUN} }`, { id: projectDocId })).syncRun;
}

/** Starts a sync and waits for its end, whatever that is. */
export async function sync(app: TestApp, { projectDocId }: Pick<Followed, 'projectDocId'>): Promise<Values> {
  const { id } = await startSync(app, projectDocId);
  return untilRun(app, id, (run) => run.finishedAt !== null);
}

/** Starts a sync and waits for its end, which has to be a success. */
export async function syncToEnd(app: TestApp, followed: Pick<Followed, 'projectDocId'>): Promise<void> {
  const run = await sync(app, followed);
  if (run.status !== 'SUCCEEDED') throw new Error(`The sync did not succeed: ${JSON.stringify(run)}`);
}

/** The run as soon as it is as `reached` wants it. */
export function untilRun(app: TestApp, id: string, reached: (run: Values) => boolean): Promise<Values> {
  const query = `query($id: ID!) { node(id: $id) { ... on SyncRun { ${RUN} } } }`;
  return until(async () => (await app.query(query, { id })).node, reached);
}

export interface Outcome {
  path: string;
  previousPath: string | null;
  outcome: string;
  reason: string | null;
  document: { id: string } | null;
}

/** What became of the first hundred files of a run, by path. */
export async function outcomesOf(app: TestApp, runId: string): Promise<Record<string, Outcome>> {
  const fields = 'path previousPath outcome reason document { id }';
  const { node } = await app.query(
    `query($id: ID!) { node(id: $id) { ... on SyncRun { files(first: 100) { nodes { ${fields} } } } } }`,
    { id: runId },
  );
  return Object.fromEntries(node.files.nodes.map((file: Outcome) => [file.path, file]));
}

/** The first fifty documents, by path, with the fields given besides their ids. */
export async function documentsOf(app: TestApp, projectDocId: string, fields = ''): Promise<Record<string, Values>> {
  const { projectDoc } = await app.query(
    `query($id: ID!) { projectDoc(id: $id) { documents(first: 50) { nodes { id filePath ${fields} } } } }`,
    { id: projectDocId },
  );
  return Object.fromEntries(projectDoc.documents.nodes.map((document: Values) => [document.filePath, document]));
}
