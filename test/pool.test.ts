import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { describeOnServer } from './support/kind-of-database.js';
import { buildSyncedProject, syncToEnd, type SyncedProject } from './support/sync-bench.js';
import { createTestHome, startTestApp, type Values } from './support/test-app.js';
import { until } from './support/until.js';

/** The embedded database has one connection, whatever is set. */

describeOnServer('a pool of two connections', () => {
  let { host, app, stop } = {} as HostedApp;
  let project: SyncedProject;
  beforeAll(async () => {
    ({ host, app, stop } = await startHostedApp({ DATABASE_POOL_SIZE: '2' }));
    project = await buildSyncedProject(app, host, { 'docs/backup.md': '# Backups\n\nThe vault is copied at three.\n' });
  });
  afterAll(() => stop());

  const search = async (index: number): Promise<Values> => {
    const query = 'query($id: ID!, $query: String!) { project(id: $id) { search(query: $query) { hits { score } } } }';
    return app.query(query, { id: project.projectId, query: `When is the vault copied ${index}?` });
  };
  const list = () =>
    app.query(
      '{ projects { totalCount nodes { stats { chunkCount } conversations { totalCount nodes { messages { nodes { content } } } } } } }',
    );

  /** Each gives a way to see that it did what it says. */
  const OPERATIONS: ((index: number) => Promise<unknown>)[] = [
    async (index) => {
      const input = { name: `Project ${index}`, idempotencyKey: `project ${index}` };
      const [first, second] = await Promise.all([1, 2].map(() => app.mutate('createProject', 'project { id }', input)));
      expect(first).toEqual({ project: { id: expect.any(String) }, userErrors: [] });
      expect(second).toEqual(first);
    },
    async (index) => {
      const { conversation, assistantMessage } = await app.mutate(
        'createConversation',
        'conversation { id } assistantMessage { id }',
        { projectId: project.projectId, message: 'When is the vault copied?', idempotencyKey: `conversation ${index}` },
      );
      const events = await app.follow(
        'subscription($id: ID!) { answerEvents(messageId: $id) { ... on AnswerEnded { message { status } } } }',
        { id: assistantMessage.id },
      );
      expect(events.at(-1)!.data.answerEvents).toEqual({ message: { status: 'COMPLETE' } });
      const sent = await app.mutate('sendMessage', 'userMessage { id }', {
        conversationId: conversation.id,
        content: 'And when again?',
        idempotencyKey: `message ${index}`,
      });
      expect(sent).toEqual({ userMessage: { id: expect.any(String) }, userErrors: [] });
    },
    async (index) => expect((await search(index)).project.search.hits.length).toBeGreaterThan(0),
    async () => expect((await list()).projects.totalCount).toBeGreaterThan(0),
    async () => syncToEnd(app, project),
  ];

  it('serves 50 operations of every kind at once', async () => {
    const all = Array.from({ length: 10 }, (_, index) => OPERATIONS.map((operation) => operation(index))).flat();
    expect(all).toHaveLength(50);
    await Promise.all(all);
  });
});

describeOnServer('a DATABASE_URL with parameters', () => {
  it('is obeyed by all connections, but for what the service relies on', async () => {
    const home = await createTestHome();
    const url = new URL(home.databaseUrl!);
    url.searchParams.set('application_name', 'ibid of the library');
    url.searchParams.set('options', '-c timezone=Asia/Tokyo -c work_mem=12345kB');
    const app = await startTestApp({ home, env: { DATABASE_URL: url.href } });
    try {
      const read = async (statement: string) => (await app.app.services.database.forJobs.executeSql(statement)).rows[0];
      const setting = async (name: string) => (await read(`select current_setting('${name}') as value`)).value;
      expect(await setting('work_mem')).toBe('12345kB');
      expect(await setting('timezone')).toBe('UTC');
      expect(await setting('statement_timeout')).toBe('30s');
      const connections =
        "select array_agg(distinct application_name) as names, bool_or(query like 'listen %') as listens from pg_stat_activity where datname = current_database() and backend_type = 'client backend'";
      // The one that hears of other processes is opened in the background.
      const { names } = await until(
        () => read(connections),
        ({ listens }) => listens,
      );
      expect(names).toEqual(['ibid of the library']);
    } finally {
      await app.stop();
      await home.remove();
    }
  });
});
