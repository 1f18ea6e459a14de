import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { type Command, startCommand } from './support/command.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { describeOnEmbedded, describeOnServer } from './support/kind-of-database.js';
import {
  embedsWith,
  fails,
  type ScriptedProvider,
  startScriptedProvider,
  staysSilent,
} from './support/scripted-provider.js';
import { createServiceHome, QUICK_START, type ServiceHome } from './support/service-process.js';
import { startTestApp, type Values } from './support/test-app.js';
import { until } from './support/until.js';

let host: GitHost;
let provider: ScriptedProvider;
let home: ServiceHome;
beforeAll(async () => {
  [host, provider] = await Promise.all([startGitHost(), startScriptedProvider()]);
  await host.createRepository('owner/handbook', {
    'README.md': '# Handbook\n',
    'docs/guide.md': '# Guide\n\nText.\n',
    'logo.png': Buffer.from([0, 1, 2]),
  });
});
afterAll(async () => {
  await provider.stop();
  await host.stop();
});
beforeEach(async () => void (home = await createServiceHome()));
afterEach(async () => {
  host.respondWith(null);
  provider.reset();
  await home.remove();
});

const settings = (): Record<string, string> => ({
  ...home.env,
  DATA_DIR: home.dataDir,
  TMPDIR: home.dataDir,
  GIT_HOSTS: host.hostEntry,
});
const start = (args: string[], env: Record<string, string> = {}): Command =>
  startCommand(args, { env: { ...settings(), ...env } });
const ibid = (...args: string[]): Command['exited'] => start(args).exited;
const handbook = (): string => host.url('owner/handbook');
const scripted = (): Record<string, string> => ({
  LLM_HOSTS: provider.hostEntry,
  EMBEDDING_PROVIDER: 'openai-compatible',
  EMBEDDING_MODEL: 'scripted',
  EMBEDDING_BASE_URL: provider.baseUrl,
});

const STORED = `{ projects(first: 10, orderBy: { field: NAME, direction: ASC }) { nodes { name projectDocs(first: 10) { nodes {
  id name githubUrl githubFolderPath branch syncStatus documents { nodes { filePath } } syncRuns { nodes { status } } } } } } }`;

/** What the database holds, as the service shows it that is started after the command. */
async function stored(): Promise<Values[]> {
  const app = await startTestApp({ home });
  try {
    const { projects } = await app.query(STORED);
    return projects.nodes;
  } finally {
    await app.stop();
  }
}

describe('ibid sync', () => {
  it('loads a repository into an empty database, and tells what became of it', async () => {
    await home.remove();
    home = await createServiceHome({ empty: true });
    const { code, stdout, stderr } = await ibid('sync', handbook());
    // One that is slow says in between how far it is, or again what it does.
    const lines = stderr.split('\n').filter((line) => !/embedded {2}\d/.test(line));
    const said = (line: string | undefined) => line?.replace(/\d+:\d\d$/, '');
    expect(lines.filter((line, index) => said(line) !== said(lines[index - 1]))).toEqual([
      expect.stringMatching(/^Opening the database {2}\d:\d\d$/),
      expect.stringMatching(/^Syncing http:\S+\/owner\/handbook into project owner\/handbook {2}\d:\d\d$/),
      expect.stringMatching(/^100 % {2}3\/3 files {2}2 passages embedded {2}SUCCEEDED {2}\d:\d\d$/),
      '',
    ]);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^Synced after \d:\d\d\.$/),
      `  Repository  ${handbook()}`,
      expect.stringMatching(/^ {2}Commit {6}[0-9a-f]{40}$/),
      '  Project     owner/handbook, as "handbook"',
      '  Files       3: 2 added, 1 skipped (not documentation, too large or not text)',
      '  Passages    2 embedded',
      'Next: npm start, unless ibid is running, and ask about it in GraphiQL.',
      '',
    ]);
    expect(code).toBe(0);
    expect(await stored()).toEqual([
      {
        name: 'owner/handbook',
        projectDocs: {
          nodes: [
            {
              id: expect.any(String),
              name: 'handbook',
              githubUrl: handbook(),
              githubFolderPath: null,
              branch: null,
              syncStatus: 'SYNCED',
              documents: { nodes: [{ filePath: 'README.md' }, { filePath: 'docs/guide.md' }] },
              syncRuns: { nodes: [{ status: 'SUCCEEDED' }] },
            },
          ],
        },
      },
    ]);
  });

  it('finds what it made, and does nothing twice', async () => {
    await ibid('sync', handbook());
    const { code, stdout } = await ibid('sync', `${handbook()}.git`);
    expect(stdout).toContain('\n  Files       3: 2 unchanged, 1 skipped ');
    expect(stdout).toContain('\n  Passages    0 embedded\n');
    expect(code).toBe(0);
    const [project, ...others] = (await stored()) as [Values];
    expect(others).toEqual([]);
    expect(project.projectDocs.nodes).toHaveLength(1);
    expect(project.projectDocs.nodes[0].syncRuns.nodes).toEqual([{ status: 'SUCCEEDED' }, { status: 'SUCCEEDED' }]);
  });

  it('takes branch and folder from a pasted URL', async () => {
    const { code } = await ibid('sync', `${handbook()}/-/tree/main/docs`);
    expect(code).toBe(0);
    const [{ name, projectDocs }] = (await stored()) as [Values];
    expect(name).toBe('owner/handbook');
    expect(projectDocs.nodes).toMatchObject([
      { name: 'handbook/docs', githubUrl: handbook(), githubFolderPath: 'docs', branch: 'main' },
    ]);
    expect(projectDocs.nodes[0].documents.nodes).toEqual([{ filePath: 'docs/guide.md' }]);
  });

  it('finds where a branch ends that has a slash in its name, and what follows it already', async () => {
    const repository = await host.createRepository('owner/slashed', { 'a.md': '# A\n' });
    await repository.commit({ 'docs/b.md': '# B\n' }, { branch: 'release/2.0' });
    const page = `${host.url('owner/slashed')}/-/tree/release/2.0/docs`;
    const { code, stdout } = await ibid('sync', page);
    expect(stdout).toContain('/owner/slashed, folder docs, branch release/2.0\n');
    expect(code).toBe(0);
    expect((await ibid('sync', page)).code).toBe(0);
    const [{ projectDocs }] = (await stored()) as [Values];
    expect(projectDocs.nodes).toMatchObject([{ githubFolderPath: 'docs', branch: 'release/2.0' }]);
  });

  it('takes them, the project and the name rather from its options', async () => {
    const options = ['--folder', '/docs/', '--branch', 'main', '--project', ' Everything ', '--name', 'The guide'];
    expect((await ibid('sync', `${handbook()}/-/tree/next/src`, ...options)).code).toBe(0);
    expect((await ibid('sync', handbook(), '--project', 'Everything')).code).toBe(0);
    const [{ name, projectDocs }, ...others] = (await stored()) as [Values];
    expect(others).toEqual([]);
    expect(name).toBe('Everything');
    expect(projectDocs.nodes).toMatchObject([
      { name: 'The guide', githubFolderPath: 'docs', branch: 'main', syncStatus: 'SYNCED' },
      { name: 'handbook', githubFolderPath: null, branch: null, syncStatus: 'SYNCED' },
    ]);
  });

  it('is what npm run ibid runs, with one JSON object and nothing else on standard output', async () => {
    const npmRuns = { env: settings(), program: 'scripts/ibid.mjs' };
    const { code, stdout } = await startCommand(['sync', handbook(), '--json'], npmRuns).exited;
    expect(stdout.split('\n')).toEqual([expect.any(String), '']);
    expect(JSON.parse(stdout)).toMatchObject({
      project: { name: 'owner/handbook' },
      projectDoc: { name: 'handbook', githubUrl: handbook() },
      syncRun: { status: 'SUCCEEDED', filesTotal: 3, filesAdded: 2, filesSkipped: 1, chunksEmbedded: 2, error: null },
      failedFiles: [],
    });
    expect(code).toBe(0);
  });
});

describe('ibid sync that fails', () => {
  it('exits with 1 when there is no such repository', async () => {
    const { code, stdout, stderr } = await ibid('sync', host.url('owner/nothing'));
    expect(stdout).toMatch(/^Failed after \d:\d\d: There is no git repository at this address\.\n/);
    expect(stdout).toMatch(/\nNext: fix that, then run the command again\.\n$/);
    expect(stderr.split('\n')).toEqual([
      'Opening the database  0:00',
      expect.stringMatching(/^Syncing http:\S+ into project owner\/nothing {2}\d:\d\d$/),
      expect.stringMatching(/^Reading the repository {2}FAILED {2}\d:\d\d$/),
      '',
    ]);
    expect(code).toBe(1);
    expect(await stored()).toEqual([]);
  });

  it('leaves what there was when the repository cannot be opened, and takes back the rest', async () => {
    await ibid('sync', handbook());
    const { code, stdout } = await ibid('sync', handbook(), '--folder', 'nowhere', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      project: { id: expect.any(String), name: 'owner/handbook' },
      projectDoc: { id: null, githubFolderPath: 'nowhere' },
      syncRun: { id: null, status: 'FAILED', error: { code: 'SOURCE_NOT_FOUND' } },
    });
    expect(code).toBe(1);
    const [project, ...others] = (await stored()) as [Values];
    expect(others).toEqual([]);
    expect(project.projectDocs.nodes).toMatchObject([{ githubFolderPath: null, syncStatus: 'SYNCED' }]);
  });

  it('exits with 1 for what is refused, says all that is wrong, and makes nothing', async () => {
    const url = await ibid('sync', 'https://example.com/owner/repo');
    // No stage of which it could seem that it has failed.
    expect(url.stderr).toBe(
      'The URL was refused: example.com is not in GIT_HOSTS, the hosts that may be synced from. Add it there, and start ibid anew.\n',
    );
    expect(url).toMatchObject({ code: 1, stdout: '' });
    const options = await ibid('sync', handbook(), '--folder', '../etc', '--branch', 'a..b', '--name', ' ');
    expect(options.stderr.split('\n')).toEqual([
      '--name was refused: Name must not be blank.',
      expect.stringMatching(/^--folder was refused: githubFolderPath must be a folder inside the repository, /),
      expect.stringMatching(/^--branch was refused: Branch must be a branch name that git allows, /),
      '',
    ]);
    expect(options).toMatchObject({ code: 1, stdout: '' });
    const project = await ibid('sync', handbook(), '--project', 'p'.repeat(256));
    expect(project.stderr).toBe('--project was refused: Project must have at most 255 characters.\n');
    expect(project).toMatchObject({ code: 1, stdout: '' });
    expect(await stored()).toEqual([]);
  });

  it('exits with 1 when some files failed, and names them with their reasons', async () => {
    await host.createRepository('owner/mixed', { 'a.md': '# A\n', 'b.md': '# B\n', 'c.md': '# C\n' });
    // The batch, then its first file alone.
    provider.scriptEmbeddings(fails(400, { message: 'content filter' }), fails(400, { message: 'content filter' }));
    const { code, stdout, stderr } = await start(['sync', host.url('owner/mixed')], scripted()).exited;
    expect(stdout).toMatch(/^Synced, but for some files that failed, after \d:\d\d\.\n/);
    expect(stdout).toMatch(/\n {2}Files {7}3: 2 added, 1 failed\n/);
    expect(stdout).toMatch(/\n {2}FAILED {6}a\.md: .+\.\nNext: run the same command again\. /);
    expect(stderr).toMatch(/\n100 % {2}3\/3 files {2}2 passages embedded {2}PARTIAL {2}\d:\d\d\n$/);
    expect(code).toBe(1);

    const again = await start(['sync', host.url('owner/mixed')], scripted()).exited;
    expect(again.stdout).toContain('\n  Files       3: 1 added, 2 unchanged\n');
    expect(again.code).toBe(0);
  });

  it('says which settings are wrong, as the service does', async () => {
    const { code, stdout, stderr } = await start(['sync', handbook()], { LOG_LEVEL: 'loud' }).exited;
    expect(stderr).toMatch(/^ibid cannot start\.\nThe configuration is not valid:\n {2}LOG_LEVEL is "loud": /);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });
});

describe('ibid', () => {
  it('prints its help, and nothing else, when asked for it', async () => {
    for (const args of [['--help'], ['sync', '--help']])
      expect(await ibid(...args)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: /), stderr: '' });
  });

  it('tells of names in a file of settings that are mistyped', async () => {
    const file = join(home.dataDir, '.env');
    await writeFile(file, 'DATABSE_URL=postgres://localhost/books\n');
    const flags = [...QUICK_START, `--env-file=${file}`];
    const { DATABASE_URL: _, ...env } = settings();
    const { code, stderr } = await startCommand(['move'], { env, flags }).exited;
    const [told] = stderr.split('\n');
    expect(told).toBe(`Not a setting of ibid, and without effect: DATABSE_URL in ${file} (DATABASE_URL?)`);
    expect(code).toBe(1);
  });

  it('exits with 2 when npm kept an option for itself', async () => {
    const env = { ...settings(), npm_lifecycle_event: 'ibid', npm_config_folder: 'docs' };
    const { code, stdout, stderr } = await startCommand(['sync', handbook()], { env, program: 'scripts/ibid.mjs' })
      .exited;
    expect(stderr).toBe('npm kept --folder for itself. Put -- before the arguments: npm run ibid -- sync <url> ...\n');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it.each([
    ['nothing', []],
    ['an unknown command', ['search']],
    ['no URL', ['sync']],
    ['an unknown option', ['sync', 'https://github.com/o/r', '--floder']],
  ])('exits with 2 for %s, and shows how it is used', async (_, args) => {
    const usage = expect.stringMatching(/(^|\n)Usage: npm run ibid -- (sync <url>|<command>) \[options\]\n/);
    expect(await ibid(...args)).toMatchObject({ code: 2, stdout: '', stderr: usage });
  });
});

describe('a signal', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s cancels the run, also when it comes twice at once, and exits with %d', async (name, exitCode) => {
    host.respondWith('hang');
    const asked = host.requests.length;
    const command = start(['sync', handbook()]);
    await until(() => host.requests.length > asked);
    command.signal(name);
    command.signal(name);
    const { code, stdout, stderr } = await command.exited;
    expect(stdout).toMatch(/^Cancelled after \d:\d\d\.\n/);
    expect(stderr).toMatch(/ {2}CANCELLED {2}\d:\d\d\n$/);
    expect(code).toBe(exitCode);
    expect((await stored())[0]!.projectDocs.nodes).toMatchObject([
      { syncStatus: 'NOT_SYNCED', syncRuns: { nodes: [{ status: 'CANCELLED' }] } },
    ]);
  });

  it('leaves what was finished', async () => {
    const pages = Array.from({ length: 40 }, (_, index) => [`page-${index}.md`, `# Page ${index}\n`]);
    await host.createRepository('owner/pages', Object.fromEntries(pages));
    // The first batch of 32 is taken, the second one is not answered.
    provider.scriptEmbeddings(embedsWith(768), staysSilent());
    const command = start(['sync', host.url('owner/pages'), '--json'], scripted());
    await provider.untilRequests(2);
    command.signal('SIGINT');
    const { code, stdout } = await command.exited;
    expect(JSON.parse(stdout).syncRun).toMatchObject({ status: 'CANCELLED', filesAdded: 32, filesProcessed: 32 });
    expect(code).toBe(130);
    const again = await start(['sync', host.url('owner/pages'), '--json'], scripted()).exited;
    expect(JSON.parse(again.stdout).syncRun).toMatchObject({ filesAdded: 8, filesUnchanged: 32, status: 'SUCCEEDED' });
  });

  it('that comes again ends the command at once', async () => {
    const silent: Server = createServer((socket) => socket.on('error', () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const command = start(['sync', handbook()], { DATABASE_URL: `postgres://ibid@127.0.0.1:${port}/ibid` });
    await command.untilSaid('Opening the database');
    const signals = setInterval(() => command.signal('SIGINT'), 50);
    const { code, stderr } = await command.exited;
    clearInterval(signals);
    silent.close();
    // What it waited for has not been answered: nobody gave up on it but the user.
    expect({ code, stderr }).toEqual({ code: 130, stderr: 'Opening the database  0:00\n' });
  });
});

describeOnEmbedded('ibid sync while a service has the embedded database', () => {
  it('exits with 1, and says what can be done', async () => {
    const service = await home.start();
    const { code, stdout, stderr } = await ibid('sync', handbook());
    expect(stderr.split('\n')).toEqual([
      'Opening the database  0:00',
      expect.stringMatching(/^Opening the database {2}FAILED {2}\d:\d\d$/),
      'ibid cannot start.',
      `Another ibid (process ${service.pid} on ${hostname()}) uses ${home.dataDir}. Stop it first, give this one another DATA_DIR, or use PostgreSQL (DATABASE_URL).`,
      'Or sync through the API of the one that is running: see "Sync a repository" in README.md.',
      '',
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    await service.stop();
  });
});

describeOnServer('ibid sync while a service has the same PostgreSQL', () => {
  it('syncs beside it, with the same DATA_DIR', async () => {
    const service = await home.start({ GIT_HOSTS: host.hostEntry });
    const { code, stdout } = await ibid('sync', handbook());
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(': 2 added, 1 skipped ') });
    const { projects } = await service.query(STORED);
    expect(projects.nodes[0].projectDocs.nodes).toMatchObject([
      { syncStatus: 'SYNCED', syncRuns: { nodes: [{ status: 'SUCCEEDED' }] } },
    ]);
    await service.stop();
  });

  it('follows the run of that service, and cancels it', async () => {
    await ibid('sync', handbook());
    const service = await home.start({ GIT_HOSTS: host.hostEntry });
    host.respondWith('hang');
    const asked = host.requests.length;
    const { projects } = await service.query(STORED);
    const { id } = projects.nodes[0].projectDocs.nodes[0];
    const { syncRun } = await service.mutate('syncProjectDoc', 'syncRun { id }', { id });
    await until(() => host.requests.length > asked);
    const command = start(['sync', handbook(), '--json']);
    await command.untilSaid('Syncing ');
    command.signal('SIGINT');
    const { code, stdout } = await command.exited;
    expect(JSON.parse(stdout).syncRun).toMatchObject({ id: syncRun.id, status: 'CANCELLED' });
    expect(code).toBe(130);
    await service.stop();
  });

  it('loads several repositories into one new project at once', async () => {
    const names = ['owner/one', 'owner/two', 'owner/three'];
    for (const name of names) await host.createRepository(name, { 'a.md': `# ${name}\n` });
    const all = await Promise.all(
      names.map((name, index) => {
        const DATA_DIR = join(home.dataDir, String(index));
        return start(['sync', host.url(name), '--project', 'All'], { DATA_DIR }).exited;
      }),
    );
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    const [project, ...others] = (await stored()) as [Values];
    expect(others).toEqual([]);
    expect(project.projectDocs.nodes.map(({ name }: Values) => name).toSorted()).toEqual(['one', 'three', 'two']);
  });
});
