import { hostname } from 'node:os';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { openEmbedded } from '../src/platform/database/embedded.js';
import { SyncRunStatus } from '../src/project-doc/sync-run.entity.js';
import { type Command, startCommand } from './support/command.js';
import { buildSyncRun } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { describeOnServer } from './support/kind-of-database.js';
import { createTestDatabase, dropTestDatabase } from './support/postgres.js';
import { createServiceHome, type ServiceHome, startService } from './support/service-process.js';
import { buildSyncedProject, type SyncedProject } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome, type Values } from './support/test-app.js';
import { until } from './support/until.js';

const TABLES = `select relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'mikro_orm_migrations' order by 1`;
// A server keeps vectors as half-precision numbers.
const ROW = { embedding: 'project_id, embedding_model, text_digest, indexed, vector::halfvec' } as Record<
  string,
  string
>;
const rowsOf = (table: string): string =>
  `select count(*)::int as count, md5(string_agg(row(${ROW[table] ?? 't.*'})::text, '|' order by row(${ROW[table] ?? 't.*'})::text)) as content
   from "${table}" t`;

const SEEN = `query($project: ID!, $conversation: ID!) {
  project(id: $project) {
    name
    search(query: "nightly backup", mode: HYBRID) { hits { score document { filePath } chunk { chunkText } } }
    evaluationSets { nodes { name questions { nodes { text } } } }
  }
  conversation(id: $conversation) { messages { nodes { id content status rating ratingComment
    citations { verdict quote sourceIndex } sources { filePath url chunkText } } } }
}`;

describeOnServer('ibid move', () => {
  let host: GitHost;
  let home: TestHome;
  let project: SyncedProject;
  let conversation: string;
  let waitingRun: string;
  let seen: Values;
  let rows: Map<string, Values>;
  let databaseUrl: string;
  let client: Client;

  beforeAll(async () => {
    host = await startGitHost();
    home = await createTestHome({ embedded: true });
    const app = await startTestApp({ home, env: { GIT_HOSTS: host.hostEntry } });
    await fill(app);
    seen = await app.query(SEEN, { project: project.projectId, conversation });
    await app.stop();
    rows = await rowsAfterStop();
  });
  afterAll(async () => {
    await host.stop();
    await home.remove();
  });
  beforeEach(() => take({ empty: true }));
  afterEach(() => drop());

  async function take(options: { empty?: boolean }): Promise<void> {
    databaseUrl = await createTestDatabase(process.env.TEST_DATABASE_URL!, options);
    client = new Client({ connectionString: databaseUrl, options: '-c timezone=UTC' });
    await client.connect();
  }

  async function drop(): Promise<void> {
    await client.end();
    await dropTestDatabase(process.env.TEST_DATABASE_URL!, databaseUrl);
  }

  /** What people have made in a month, in small. */
  async function fill(app: TestApp): Promise<void> {
    project = await buildSyncedProject(app, host, {
      'docs/install.md': '# Installation\n\nRun `npm install "ibid\\demo"` to install (it is 1,5 MB).\n',
      'docs/backup.md': '# Backups\n\nThe nightly backup copies the database to the vault at three. {"a": null}\n',
    });
    const message = 'When does the nightly backup copy the database?';
    const asked = await app.mutate('createConversation', 'conversation { id } assistantMessage { id }', {
      projectId: project.projectId,
      message,
    });
    conversation = asked.conversation.id;
    const { id } = asked.assistantMessage;
    await app.follow('subscription($id: ID!) { answerEvents(messageId: $id) { seq } }', { id });
    await app.mutate('rateMessage', 'message { id }', { id, rating: 'GOOD', comment: 'Just so, "three" – \\o/' });
    await app.mutate('createEvaluationSetFromRatings', 'evaluationSet { id }', {
      projectId: project.projectId,
      name: 'Rated',
    });
    ({ id: waitingRun } = await buildSyncRun(app, {
      projectDocId: project.projectDocId,
      status: SyncRunStatus.QUEUED,
      startedAt: null,
      finishedAt: null,
      createdAt: new Date(0),
    }));
  }

  async function rowsAfterStop(): Promise<Map<string, Values>> {
    const { pglite, release } = await openEmbedded(home.dataDir);
    const all = await allRows(async (text) => (await pglite.query<Values>(text)).rows);
    await pglite.close();
    await release();
    return all;
  }

  async function allRows(read: (text: string) => Promise<Values[]>): Promise<Map<string, Values>> {
    const all = new Map<string, Values>();
    for (const { name } of await read(TABLES)) all.set(name, (await read(rowsOf(name)))[0]!);
    return all;
  }

  const onServer = async (text: string): Promise<Values[]> => (await client.query(text)).rows;
  const move = (): Command =>
    startCommand(['move'], { env: { DATA_DIR: home.dataDir, DATABASE_URL: databaseUrl, LOG_LEVEL: 'warn' } });

  it('copies every row, and tells what', async () => {
    const { code, stdout, stderr } = await move().exited;
    expect(stderr).toMatch(
      /^Opening the databases {2}0:0\d\nCopying answer_event {2}[^]*\nCopying .* {2}COPIED {2}0:\d\d\n$/,
    );
    expect(stdout.split('\n')).toEqual([
      `Copied all data into ${placeOf(databaseUrl)}.`,
      '  Projects      1',
      '  Documents     2',
      '  Conversations 1',
      '  Messages      2',
      `Next: start ibid with this DATABASE_URL. The embedded database stays in ${home.dataDir}/database until you delete it.`,
      '',
    ]);
    expect(code).toBe(0);
    expect(await allRows(onServer)).toEqual(rows);
    const filled = [...rows].filter(([, { count }]) => count > 0).map(([name]) => name);
    expect(filled).toEqual(
      expect.arrayContaining(['chunk', 'document_term', 'embedding', 'evaluation_question', 'message']),
    );
  });

  it('leaves a database that ibid goes on with: all is to be seen, and what waited is done', async () => {
    await move().exited;
    const app = await startTestApp({ home: { ...home, databaseUrl }, env: { GIT_HOSTS: host.hostEntry } });
    expect(await app.query(SEEN, { project: project.projectId, conversation })).toEqual(seen);
    const RUN = 'query($id: ID!) { node(id: $id) { ... on SyncRun { status } } }';
    await until(async () => (await app.query(RUN, { id: waitingRun })).node.status === 'SUCCEEDED');
    const sent = await app.mutate('sendMessage', 'assistantMessage { id }', {
      conversationId: conversation,
      content: 'How do I install it?',
    });
    const { id } = sent.assistantMessage;
    const events = await app.follow(
      'subscription($id: ID!) { answerEvents(messageId: $id) { ... on AnswerEnded { message { status } } } }',
      { id },
    );
    expect(events.at(-1)).toMatchObject({ data: { answerEvents: { message: { status: 'COMPLETE' } } } });
    await app.stop();
  });

  it('keeps the rules by which rows belong to each other', async () => {
    const RULES = `select conrelid::regclass::text as "table", conname, pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'public'::regnamespace order by 1, 2`;
    await move().exited;
    const moved = await onServer(RULES);
    await drop();
    await take({ empty: false });
    expect(moved).toEqual(await onServer(RULES));
  });

  it('copies nothing into a database that is in use', async () => {
    await drop();
    await take({ empty: false });
    const before = await allRows(onServer);
    const { code, stdout, stderr } = await move().exited;
    expect(stderr).toContain(
      '\nNothing was copied: the database in DATABASE_URL is in use (its table "embedding_model" has rows). Name an empty one.\n',
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(await allRows(onServer)).toEqual(before);
  });

  it('copies nothing when it is stopped in between', async () => {
    await move().exited;
    await client.query(`truncate ${(await onServer(TABLES)).map(({ name }) => `"${name}"`).join()}`);
    await client.query(`
      create function wait() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(1); return new; end';
      create trigger wait before insert on project for each row execute function wait();
      select pg_advisory_lock(1)`);
    const command = move();
    await command.untilSaid('Copying project ');
    command.signal('SIGINT');
    await client.query('select pg_advisory_unlock(1)');
    const { code, stdout, stderr } = await command.exited;
    expect(stderr).toMatch(/ {2}STOPPED {2}0:\d\d\nStopped: nothing was copied\.\n$/);
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect([...(await allRows(onServer)).values()].every(({ count }) => count === 0)).toBe(true);
  });
});

describe('ibid move refuses', () => {
  const NOWHERE = 'postgres://ibid@127.0.0.1:1/ibid';
  let home: ServiceHome;
  beforeEach(async () => void (home = await createServiceHome()));
  afterEach(() => home.remove());
  const refusal = async (env: Record<string, string>): Promise<string> => {
    const { code, stdout, stderr } = await startCommand(['move'], { env: { DATA_DIR: home.dataDir, ...env } }).exited;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    return stderr;
  };

  it('to guess where to', async () => {
    expect(await refusal({})).toBe('DATABASE_URL is missing: it says which PostgreSQL database the data goes into.\n');
  });

  it('to move what there is not', async () => {
    const DATA_DIR = `${home.dataDir}/elsewhere`;
    expect(await refusal({ DATA_DIR, DATABASE_URL: NOWHERE })).toBe(
      `There is no embedded database in ${DATA_DIR}. DATA_DIR says where it is.\n`,
    );
  });

  it('to move what a service works with', async () => {
    const service = await startService({ dataDir: home.dataDir });
    expect(await refusal({ DATABASE_URL: NOWHERE })).toContain(
      `\nibid cannot start.\nAnother ibid (process ${service.pid} on ${hostname()}) uses ${home.dataDir}. Stop it first, `,
    );
    await service.stop();
  });
});

const placeOf = (url: string): string => `${new URL(url).pathname.slice(1)} on ${new URL(url).host}`;
