import { readdir, readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';

import { query } from '../src/platform/database/query.js';
import { buildProject } from './support/factories.js';
import { filesBelow } from './support/git-bench.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { followRepository, RUN, startSync, sync, untilRun } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome } from './support/test-app.js';
import { until } from './support/until.js';

const TOKEN = 'ghp_not_to_be_sent';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp({ GITHUB_TOKEN: TOKEN })));
afterAll(() => stop());

describe('a private repository', () => {
  it('is the same as none to a service without a token for its host, which says where that belongs', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    host.requireAuth(followed.name, TOKEN);
    const message = `There is no public repository at this address. If it is private, set a token for ${host.hostEntry} in GIT_TOKENS.`;
    const error = { code: 'SOURCE_NOT_FOUND', message, retryable: false };
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error });
  });

  it('never gets the token of another host', async () => {
    host.requests.length = 0;
    await sync(app, await followRepository(app, host, { 'a.md': '# A\n' }));
    expect(host.requests.length).toBeGreaterThan(0);
    expect(host.requests.filter(({ authorization }) => authorization !== null)).toEqual([]);
  });
});

describe('GIT_TOKENS', () => {
  const SECRET = 'glpat-t0ken.of=the~host';
  const WRONG = 'glpat-wr0ng';
  const lines: string[] = [];
  let home: TestHome;
  let other: GitHost;
  let own: TestApp;
  beforeAll(async () => {
    [other, home] = await Promise.all([startGitHost(), createTestHome()]);
    const env = {
      GIT_HOSTS: `${host.hostEntry},${other.hostEntry}`,
      GIT_TOKENS: `${host.hostEntry}=${SECRET},${other.hostEntry}=x-token-auth:${WRONG}`,
      GITHUB_TOKEN: TOKEN,
    };
    own = await startTestApp({ env, home, log: (line) => lines.push(line) });
  });
  afterEach(() => host.respondWith(null));
  afterAll(async () => {
    await own.stop();
    await home.remove();
    await other.stop();
  });

  /** The secrets, and how they look in a header. */
  const traces = [SECRET, WRONG, TOKEN].flatMap((token) => [
    token,
    Buffer.from(`x-access-token:${token}`).toString('base64'),
    Buffer.from(`x-token-auth:${token}`).toString('base64'),
  ]);
  const tracesIn = (text: string) => traces.filter((trace) => text.includes(trace));

  async function followPrivate(at: GitHost, token: string) {
    const followed = await followRepository(own, at, { 'a.md': '# A\n\nText.\n' });
    at.requireAuth(followed.name, token);
    return followed;
  }

  it('opens a private repository', async () => {
    const followed = await followPrivate(host, SECRET);
    expect(await sync(own, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, error: null });
    const sent = host.requests.filter(({ path }) => path.includes(followed.name)).map((one) => one.authorization);
    const basic = `Basic ${Buffer.from(`x-access-token:${SECRET}`).toString('base64')}`;
    expect(new Set(sent)).toEqual(new Set([basic]));
  });

  it('takes a user name before the token, for hosts that want one of their own', async () => {
    const followed = await followPrivate(other, WRONG);
    expect(await sync(own, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    const basic = `Basic ${Buffer.from(`x-token-auth:${WRONG}`).toString('base64')}`;
    expect(new Set(other.requests.map((one) => one.authorization))).toEqual(new Set([basic]));
  });

  it('names itself when its token is refused', async () => {
    const followed = await followPrivate(other, 'another');
    const message = `The git host refused access to the repository. Check the token for ${other.hostEntry} in GIT_TOKENS.`;
    const run = await sync(own, followed);
    expect(run).toMatchObject({ status: 'FAILED', error: { code: 'AUTH', message, retryable: false } });
  });

  it('names itself when the host says that there is nothing', async () => {
    const followed = await followRepository(own, host, { 'a.md': '# A\n' });
    host.respondWith(404);
    const message = 'There is no git repository at this address, or the token for it in GIT_TOKENS does not open it.';
    expect(await sync(own, followed)).toMatchObject({ error: { code: 'SOURCE_NOT_FOUND', message } });
  });

  it('names itself when the token is refused at the transfer', async () => {
    const followed = await followRepository(own, host, { 'a.md': '# A\n' });
    host.respondWith(403, 'transfer');
    const message = `The git host refused access to the repository. Check the token for ${host.hostEntry} in GIT_TOKENS.`;
    expect(await sync(own, followed)).toMatchObject({ error: { code: 'AUTH', message, retryable: false } });
  });

  it('sends a token to its own host and port only, also behind a redirect', async () => {
    const followed = await followPrivate(other, WRONG);
    host.redirect(`/${followed.name}`, other.url(followed.name));
    host.redirect(`/${followed.name}.git`, other.url(followed.name));
    const githubUrl = host.url(followed.name);
    await own.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, githubUrl });
    for (const one of [host, other]) one.requests.length = 0;
    expect(await sync(own, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    const sentBy = (one: GitHost) => new Set(one.requests.map(({ authorization }) => authorization));
    expect(sentBy(host)).toEqual(new Set([`Basic ${Buffer.from(`x-access-token:${SECRET}`).toString('base64')}`]));
    expect(sentBy(other)).toEqual(new Set([`Basic ${Buffer.from(`x-token-auth:${WRONG}`).toString('base64')}`]));
  });

  it('shows no token in the arguments of any process while a fetch is going', async () => {
    const followed = await followPrivate(host, SECRET);
    host.respondWith('hang', 'transfer');
    host.requests.length = 0;
    const { id } = await startSync(own, followed.projectDocId);
    await until(() => host.requests.some(({ method }) => method === 'POST'));
    const processes = await argumentsOfAll();
    expect(processes.filter((line) => /\bgit\b.*\bfetch\b/.test(line))).not.toEqual([]);
    expect(processes.filter((line) => line.includes(`remote-http origin ${host.url(followed.name)}`))).not.toEqual([]);
    expect(processes.flatMap(tracesIn)).toEqual([]);
    await own.mutate('cancelSyncRun', 'syncRun { id }', { id });
    await untilRun(own, id, ({ finishedAt }) => finishedAt !== null);
  });

  it('leaves no trace of a token in logs, in the database, in answers or anywhere below DATA_DIR', async () => {
    const id = (await followPrivate(host, SECRET)).projectDocId;
    await sync(own, { projectDocId: id });
    expect(lines).not.toEqual([]);
    expect(lines.flatMap(tracesIn)).toEqual([]);
    const rows = await everyRow(own);
    expect(rows.filter((row) => row.includes(host.hostEntry))).not.toEqual([]);
    expect(rows.flatMap(tracesIn)).toEqual([]);
    const { node } = await own.query(
      `query($id: ID!) { node(id: $id) { ... on ProjectDoc { githubUrl latestSyncRun { ${RUN} files(first: 9) { nodes { path reason } } } } } }`,
      { id },
    );
    expect(tracesIn(JSON.stringify(node))).toEqual([]);
    const files = await filesBelow(own.config.dataDir);
    expect(files.filter((path) => path.endsWith('/config'))).not.toEqual([]);
    const found = await Promise.all(
      files.map(async (path) => tracesIn(await readFile(path, 'latin1').catch(() => ''))),
    );
    expect(found.flat()).toEqual([]);
  });
});

/** The command line of every process, on Linux. */
async function argumentsOfAll(): Promise<string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return all.map((line) => line.replaceAll('\0', ' '));
}

/** All of the database as text: every row of every table, those of the job queue too. */
async function everyRow({ app: { services } }: TestApp): Promise<string[]> {
  const em = services.database.fork();
  const tables = await query(em)<{ name: string }>`
    select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema')`;
  const all: string[] = [];
  for (const { name } of tables) {
    const rows = await query(em)<{ row: string }>`select t::text as row from ${sql.raw(name)} t`;
    all.push(...rows.map(({ row }) => row));
  }
  return all;
}

describe("the service's own checkout", () => {
  it.each([
    '.',
    '/',
    process.cwd(),
    `file://${process.cwd()}`,
    'CHECKOUT',
    '../../main',
    'ext::sh -c id',
    'host:/path',
  ])('cannot be named by a githubUrl: %j', async (githubUrl) => {
    const { id: projectId } = await buildProject(app);
    const input = { projectId, name: 'Documentation', githubUrl };
    const { projectDoc, userErrors } = await app.mutate('createProjectDoc', 'projectDoc { id }', input);
    expect(projectDoc).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'githubUrl'] }]);
  });

  it('cannot be named by any input', async () => {
    const { id: projectId } = await buildProject(app);
    const { errors } = await app.request(
      'mutation($input: CreateProjectDocInput!) { createProjectDoc(input: $input) { projectDoc { id } } }',
      { input: { projectId, name: 'Documentation', githubUrl: 'github.com/o/r', sourceKind: 'CHECKOUT' } },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
