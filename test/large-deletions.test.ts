import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Document } from '../src/document/document.entity.js';
import { execute } from '../src/platform/database/query.js';
import { SyncStatus } from '../src/project-doc/project-doc.entity.js';
import { SyncRunStatus } from '../src/project-doc/sync-run.entity.js';
import {
  buildConversation,
  buildDocument,
  buildProject,
  buildProjectDoc,
  buildSyncRun,
  buildSyncRunFile,
} from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

const fork = () => app.app.services.database.fork();
/** More than go in one statement: 100 do. */
const DOCUMENTS = 150;

async function buildLarge() {
  const { id: projectId } = await buildProject(app);
  const values = { projectId, syncStatus: SyncStatus.SYNCING, lastGithubCommitSha: 'c'.repeat(40) };
  const { id: projectDocId } = await buildProjectDoc(app, values);
  const run = await buildSyncRun(app, { projectDocId, status: SyncRunStatus.RUNNING, finishedAt: null });
  const documents = await Promise.all(
    Array.from({ length: DOCUMENTS }, () => buildDocument(app, { projectId, projectDocId })),
  );
  await buildSyncRunFile(app, { syncRunId: run.id, position: 1, documentId: documents[0]!.id });
  const conversation = await buildConversation(app, { projectId });
  return { projectId, projectDocId, runId: run.id, conversationId: conversation.id };
}

describe('a small project', () => {
  it('is deleted at once, after a look at its size', async () => {
    const { id } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId: id });
    await buildDocument(app, { projectId: id, projectDocId });
    const statements = await app.statements(() => app.mutate('deleteProject', 'deletedId', { id }));
    expect(statements).toHaveLength(2);
  });
});

const STATE = `query($project: ID!, $doc: ID!, $run: ID!) {
  project(id: $project) { conversations { totalCount } }
  projectDoc(id: $doc) { syncStatus freshness documents { totalCount } }
  run: node(id: $run) { ... on SyncRun { status } }
}`;

describe.each([
  ['deleteProject', 'projectId'],
  ['deleteProjectDoc', 'projectDocId'],
] as const)('%s of many documents', (mutation, key) => {
  let large: Awaited<ReturnType<typeof buildLarge>>;
  beforeEach(async () => void (large = await buildLarge()));

  const remove = () =>
    app.request(`mutation($id: ID!) { ${mutation}(input: { id: $id }) { deletedId userErrors { code } } }`, {
      id: large[key],
    });

  it('leaves nothing', async () => {
    expect((await remove()).data).toEqual({ [mutation]: { deletedId: large[key], userErrors: [] } });
    const state = await app.query(STATE, { project: large.projectId, doc: large.projectDocId, run: large.runId });
    const isLeft = mutation === 'deleteProjectDoc';
    expect(state).toEqual({
      project: isLeft ? { conversations: { totalCount: 1 } } : null,
      projectDoc: null,
      run: null,
    });
    expect(await fork().count(Document, { projectId: large.projectId })).toBe(0);
  });

  it('ends its syncs and what could be synced again when it is broken off, and goes on when it is asked again', async () => {
    const em = fork();
    await execute(em)`create function refuse_the_last() returns trigger language plpgsql as $$
      begin
        if not exists (select from document where project_id = old.project_id and id <> old.id) then
          raise exception 'The database is gone';
        end if;
        return old;
      end $$`;
    await execute(em)`
      create trigger refuse_the_last before delete on document for each row execute function refuse_the_last()`;
    try {
      expect((await remove()).errors).toHaveLength(1);
    } finally {
      await execute(em)`drop function refuse_the_last() cascade`;
    }
    const state = await app.query(STATE, { project: large.projectId, doc: large.projectDocId, run: large.runId });
    expect(state).toEqual({
      project: { conversations: { totalCount: 1 } },
      projectDoc: { syncStatus: 'NOT_SYNCED', freshness: 'NOT_SYNCED', documents: { totalCount: DOCUMENTS - 100 } },
      run: { status: 'CANCELLED' },
    } satisfies Values);
    expect((await remove()).data).toEqual({ [mutation]: { deletedId: large[key], userErrors: [] } });
  });
});
