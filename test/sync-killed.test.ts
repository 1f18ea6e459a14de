import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { query } from '../src/platform/database/query.js';
import { type GitHost, type GitRepository, startGitHost } from './support/git-host.js';
import { embedsAfter, type ScriptedProvider, startScriptedProvider } from './support/scripted-provider.js';
import { createServiceHome, type Service, type ServiceHome } from './support/service-process.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const isPostgres = Boolean(process.env.TEST_DATABASE_URL);
const ROUNDS = isPostgres ? 5 : 2;
const KILLS = isPostgres ? 20 : 5;

let host: GitHost;
let provider: ScriptedProvider;
let home: ServiceHome;
let repository: GitRepository;
let service: Service;
let commits: { before: string; after: string };
beforeAll(async () => {
  [host, provider, home] = await Promise.all([startGitHost(), startScriptedProvider(), createServiceHome()]);
  provider.alwaysEmbed(embedsAfter(40));
  repository = await host.createRepository('owner/docs', FILES_BEFORE);
  const before = await repository.head();
  for (const [from, to] of RENAMES) await repository.rename(from, to);
  commits = { before, after: await repository.commit(CHANGES) };
});
afterAll(async () => {
  service.signal('SIGKILL');
  await service.exited;
  await home.remove();
  await provider.stop();
  await host.stop();
});

const page = (index: number, words: string): string =>
  `# Page ${index}\n\n${words} of page ${index}.\n\n${[1, 2, 3]
    .map((part) => `## Part ${part}\n\n${`The ${words} of part ${part}, page ${index}. `.repeat(25)}\n\n`)
    .join('')}`;
const path = (index: number): string => `docs/page-${index}.md`;
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);
const FILES_BEFORE = Object.fromEntries(numbers(0, 50).map((index) => [path(index), page(index, 'first words')]));
const RENAMES = numbers(0, 5).map((index) => [path(index), `docs/moved/page-${index}.md`] as const);
const CHANGES = {
  ...Object.fromEntries(numbers(5, 10).map((index) => [path(index), null])),
  ...Object.fromEntries(numbers(10, 30).map((index) => [path(index), page(index, 'second words')])),
  ...Object.fromEntries(numbers(50, 60).map((index) => [path(index), page(index, 'new words')])),
};
/** What has to be embedded on the way from one commit to the other, at the least. */
const CHANGED_FILES = 30;

const env = (): Record<string, string> => ({
  GIT_HOSTS: host.hostEntry,
  LLM_HOSTS: provider.hostEntry,
  EMBEDDING_PROVIDER: 'openai-compatible',
  EMBEDDING_MODEL: 'scripted',
  EMBEDDING_BASE_URL: provider.baseUrl,
});

/** A ProjectDoc that was synced with the first commit, in a project of its own. */
async function followFirstCommit(service: Service, branch: string): Promise<string> {
  await repository.moveBranch(branch, commits.before);
  const { project } = await service.mutate('createProject', 'project { id }', { name: branch });
  const input = { projectId: project.id, name: branch, githubUrl: host.url('owner/docs'), branch };
  const { id } = (await service.mutate('createProjectDoc', 'projectDoc { id }', input)).projectDoc;
  await startSync(service, id);
  await untilSynced(service, id);
  await repository.moveBranch(branch, commits.after);
  return id;
}

const startSync = (service: Service, id: string): Promise<Values> =>
  service.mutate('syncProjectDoc', 'syncRun { id }', { id });

async function latestRun(service: Service, id: string): Promise<Values> {
  const { projectDoc } = await service.query(
    'query($id: ID!) { projectDoc(id: $id) { latestSyncRun { status finishedAt commitSha error { message } } } }',
    { id },
  );
  return projectDoc.latestSyncRun;
}

async function untilSynced(service: Service, id: string): Promise<void> {
  for (let run; (run = await latestRun(service, id)).status !== 'SUCCEEDED';) {
    if (run.finishedAt && run.status !== 'INTERRUPTED') throw new Error(JSON.stringify(run));
    await pause(50);
  }
}

/** A dead process's heartbeat is not waited for: half a minute goes by at once. */
async function letTimePass(): Promise<void> {
  if (!home.databaseUrl) return;
  const client = new Client({ connectionString: home.databaseUrl });
  await client.connect();
  await client.query(`update sync_run set heartbeat_at = heartbeat_at - interval '30 s' where status = 'RUNNING'`);
  await client.end();
}

/** All that a sync writes of a ProjectDoc, but for ids and times. */
async function contentOf({ app }: TestApp, projectDocId: string): Promise<unknown> {
  const em = app.services.database.fork();
  const documents = await query(em)`
    select file_path, file_name, title, file_type, file_size, content, metadata, language, passage_count, term_count, blob_sha, commit_sha,
      (select json_agg(json_build_array(t.term, t.postings, t.project_id = document.project_id) order by t.term)
        from document_term t where t.document_id = document.id) as terms
    from document where project_doc_id = ${projectDocId} order by file_path`;
  const chunks = await query(em)`
    select d.file_path, c.chunk_index, c.chunk_text, c.text_digest, c.header_anchor, c.header_path,
      c.start_line, c.end_line, c.metadata
    from document d join chunk c on c.document_id = d.id where d.project_doc_id = ${projectDocId} order by d.file_path, c.chunk_index`;
  const embeddings = await query(em)`
    select embedding_model, text_digest, vector::text from embedding
    where project_id = (select project_id from project_doc where id = ${projectDocId}) order by text_digest`;
  const projectDoc = await query(em)`
    select sync_status, last_github_commit_sha, last_github_commit_date from project_doc where id = ${projectDocId}`;
  return [documents, chunks, embeddings, projectDoc];
}

describe('a process that is killed at any moment of a sync', () => {
  it('loses nothing, repeats nothing that was stored, and comes to the same end', async () => {
    service = await home.start(env());
    const undisturbed = await followFirstCommit(service, 'undisturbed');
    provider.reset();
    provider.alwaysEmbed(embedsAfter(40));
    const began = performance.now();
    await startSync(service, undisturbed);
    await untilSynced(service, undisturbed);
    const duration = performance.now() - began;
    const needed = provider.requests.flatMap(({ body }) => body.input as string[]);
    expect(needed.length).toBeGreaterThan(CHANGED_FILES);

    const disturbed: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = await followFirstCommit(service, `disturbed-${round}`);
      disturbed.push(id);
      provider.reset();
      provider.alwaysEmbed(embedsAfter(40));
      const kills = Math.floor((KILLS * (round + 1)) / ROUNDS) - Math.floor((KILLS * round) / ROUNDS);
      await startSync(service, id);
      for (let kill = 0; kill < kills; kill += 1) {
        // Once it is in the middle of its work for certain, which no time tells.
        if (round === 0 && kill === 0) await provider.untilRequests(1);
        else await pause(Math.random() * duration * 0.8);
        service.signal('SIGKILL');
        await service.exited;
        await letTimePass();
        service = await home.start(env());
      }
      await untilSynced(service, id);
      const sent = provider.requests.flatMap(({ body }) => body.input as string[]);
      expect(new Set(sent)).toEqual(new Set(needed));
      // At each death one batch may be with the model, and one on its way into the database.
      const batches = 2 * 48;
      expect(sent.length).toBeLessThanOrEqual(needed.length + kills * batches);
    }

    const runs: Values[] = [];
    for (const id of disturbed) {
      const query = 'query($id: ID!) { projectDoc(id: $id) { syncRuns(first: 100) { nodes { status finishedAt } } } }';
      runs.push(...(await service.query(query, { id })).projectDoc.syncRuns.nodes);
    }
    expect(runs.filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
    expect(runs.map(({ status }) => status)).toContain('INTERRUPTED');
    await service.stop();
    const app = await startTestApp({ env: env(), home });
    try {
      const expected = await contentOf(app, undisturbed);
      for (const id of disturbed) expect(await contentOf(app, id)).toEqual(expected);
    } finally {
      await app.stop();
    }
  }, 240_000);
});

// The embedded database belongs to one process.
(isPostgres ? describe : describe.skip)('a process that dies while another one lives', () => {
  it('has its run taken up within a minute', async () => {
    const dying = await home.start(env());
    service = await home.start(env());
    const id = await followFirstCommit(dying, 'survived');
    // Whichever of the two takes the run: the one that has it is to die.
    service.signal('SIGSTOP');
    host.respondWith('hang');
    await startSync(dying, id);
    for (let run; (run = await latestRun(dying, id)).status !== 'RUNNING';)
      if (run.finishedAt) throw new Error(run.status);
    dying.signal('SIGKILL');
    const diedAt = Date.now();
    await dying.exited;
    host.respondWith(null);
    service.signal('SIGCONT');
    await untilSynced(service, id);
    const query = 'query($id: ID!) { projectDoc(id: $id) { syncRuns(first: 3) { nodes { status finishedAt } } } }';
    const [next, lost] = (await service.query(query, { id })).projectDoc.syncRuns.nodes;
    expect([next.status, lost.status]).toEqual(['SUCCEEDED', 'INTERRUPTED']);
    expect(Date.parse(lost.finishedAt) - diedAt).toBeLessThan(60_000);
  });
});
