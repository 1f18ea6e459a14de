import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { startGitHost, type GitHost } from './support/git-host.js';
import { collect, type PostAnswer, post, subscribeWs } from './support/graphql-clients.js';
import { createServiceHome, type Service, type ServiceHome } from './support/service-process.js';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.js';
import { until } from './support/until.js';

const serverUrl = process.env.TEST_DATABASE_URL;

/** What requests have to end in, and what the service has to be back in. */
const END_MS = 12_000;
const BACK_MS = 10_000;

const QUERIES = ['{ projects { nodes { name } } }', '{ llmProviders { totalCount } }'];
const FOLLOW = 'subscription($id: ID!) { syncRunUpdated(id: $id) { status } }';
let made = 0;
const mutation = () => `mutation { createProject(input: { name: "Project ${(made += 1)}" }) { project { id } } }`;
/** More at once than there are connections. */
const everything = () => [...QUERIES, ...QUERIES, ...QUERIES, mutation(), mutation(), mutation(), mutation()];

(serverUrl ? describe : describe.skip)('a service whose PostgreSQL is gone', () => {
  let home: ServiceHome;
  let host: GitHost;
  let proxy: TcpProxy;
  let service: Service;
  let projectDocId: string;

  beforeAll(async () => {
    home = await createServiceHome();
    host = await startGitHost();
    await host.createRepository('o/r', { 'README.md': '# Handbook\n' });
    const url = new URL(home.databaseUrl!);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${proxy.port}`;
    url.password = 'hunter2';
    service = await home.start({ DATABASE_URL: url.href, DATABASE_POOL_SIZE: '4', GIT_HOSTS: host.hostEntry });
    const { createProject } = (await ask(mutation())).data;
    const create = `mutation($id: ID!, $url: String!) {
      createProjectDoc(input: { projectId: $id, name: "Docs", githubUrl: $url }) { projectDoc { id } }
    }`;
    const { data } = await ask(create, { id: createProject.project.id, url: host.url('o/r') });
    projectDocId = data.createProjectDoc.projectDoc.id;
  });
  afterAll(async () => {
    await service.stop();
    await proxy.stop();
    await host.stop();
    await home.remove();
  });

  const ask = (query: string, variables?: Record<string, unknown>) => post(service.url, query, variables);
  const statusOf = async (path: string) => (await fetch(`${service.url}/${path}`)).status;

  function expectUnavailable(answers: PostAnswer[]): void {
    for (const { status, headers: _, ...answer } of answers) {
      expect(answer.errors).toEqual([
        expect.objectContaining({
          extensions: {
            code: expect.stringMatching(/^(UNAVAILABLE|TIMEOUT)$/),
            requestId: expect.any(String),
            retryable: true,
          },
        }),
      ]);
      expect([200, 503]).toContain(status);
      expect(JSON.stringify(answer)).not.toMatch(/hunter2|127\.0\.0\.1|postgres|ECONN|connection|terminat|timeout ex/i);
      expect(JSON.stringify(answer)).not.toContain(String(proxy.port));
    }
  }

  async function untilBack(): Promise<void> {
    for (const deadline = Date.now() + BACK_MS; ;) {
      const answers = await Promise.all(everything().map((query) => ask(query)));
      if (answers.every(({ errors }) => errors === undefined)) break;
      if (Date.now() > deadline) throw new Error(`It is not back: ${JSON.stringify(answers)}`);
    }
    expect(await statusOf('readyz')).toBe(200);
  }

  async function startSync(): Promise<string> {
    const start = 'mutation($id: ID!) { syncProjectDoc(input: { id: $id }) { syncRun { id } } }';
    return (await ask(start, { id: projectDocId })).data.syncProjectDoc.syncRun.id;
  }

  async function syncs(): Promise<string> {
    const runs = await collect(subscribeWs(service.url, FOLLOW, { id: await startSync() }));
    return runs.at(-1)!.data.syncRunUpdated.status;
  }

  it.each(['refuse', 'reset', 'hang'] as const)(
    'answers that it is unavailable while connections %s, and is back when they do not',
    async (fault) => {
      await untilBack();
      await proxy.fail(fault);
      const start = performance.now();
      const [live, ready, ...answers] = await Promise.all([
        statusOf('healthz'),
        statusOf('readyz'),
        ...everything().map((query) => ask(query)),
      ]);
      expect(performance.now() - start).toBeLessThan(END_MS);
      expect([live, ready]).toEqual([200, 503]);
      expectUnavailable(answers);
      // New connections, now that the old ones are known to be dead.
      const again = performance.now();
      expectUnavailable(await Promise.all(everything().map((query) => ask(query))));
      expect(performance.now() - again).toBeLessThan(END_MS);

      await proxy.fail(null);
      await untilBack();
      expect(await syncs()).toBe('SUCCEEDED');
    },
  );

  it('answers that it is unavailable while its database is not there, as between dropdb and createdb', async () => {
    await untilBack();
    const name = new URL(home.databaseUrl!).pathname.slice(1);
    const admin = new Client({ connectionString: serverUrl });
    await admin.connect();
    await proxy.fail('refuse');
    await admin.query(`alter database ${name} rename to ${name}_away`);
    try {
      await proxy.fail(null);
      expect(await statusOf('readyz')).toBe(503);
      expectUnavailable(await Promise.all(everything().map((query) => ask(query))));
    } finally {
      await admin.query(`alter database ${name}_away rename to ${name}`);
      await admin.end();
    }
    await untilBack();
  });

  it('logs once that it is gone and once that it is back, and nothing of what is tried again meanwhile', async () => {
    await untilBack();
    const IS_GONE = 'the database cannot be used; all that needs it is tried again';
    const IS_BACK = 'the database answers again';
    // Of the connection that hears of other processes, it has a line besides.
    const logged = (): string[] =>
      [...service.output().matchAll(/"msg":"(.*)"/g)]
        .map(([, message]) => message!)
        .filter((message) => !/^(?:an operation failed|other processes are not heard)/.test(message));
    const count = (message: string): number => logged().filter((each) => each === message).length;
    await until(() => count(IS_GONE) === count(IS_BACK));
    const before = logged().length;
    await proxy.fail('refuse');
    // Sweeps come every 5 seconds, and each queue is asked for jobs every 2.
    await pause(6_000);
    await proxy.fail(null);
    await until(() => count(IS_GONE) === count(IS_BACK));
    expect(logged().slice(before)).toEqual([IS_GONE, IS_BACK]);
  });

  it('lets a sync go on that needs nothing meanwhile, and tells who follows it to come back', async () => {
    host.requests.length = 0;
    host.respondWith('hang');
    const id = await startSync();
    const following = collect(subscribeWs(service.url, FOLLOW, { id }));
    await until(() => host.requests.length);
    await proxy.fail('reset');
    expect((await following).at(-1)!.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', retryable: true } }]);
    await proxy.fail(null);
    host.respondWith(null);
    await untilBack();
    expect((await ask('query($id: ID!) { node(id: $id) { ... on SyncRun { status } } }', { id })).data.node).toEqual({
      status: 'RUNNING',
    });
    await ask('mutation($id: ID!) { cancelSyncRun(input: { id: $id }) { syncRun { id } } }', { id });
  });

  it('outlives the loss of all of its connections again and again', async () => {
    const admin = new Client({ connectionString: serverUrl });
    await admin.connect();
    for (let round = 0; round < 10; round += 1) {
      const asked = Promise.all(everything().map((query) => ask(query)));
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        new URL(home.databaseUrl!).pathname.slice(1),
      ]);
      for (const answer of await asked) if (answer.errors) expectUnavailable([answer]);
    }
    await admin.end();
    await untilBack();
    expect(await syncs()).toBe('SUCCEEDED');
    expect(service.output()).not.toContain('hunter2');
  });
});
