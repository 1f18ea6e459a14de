import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Client } from 'pg';

import { SAMPLE_QUESTION } from '../src/sample-project.js';
import { describeOnServer } from './support/kind-of-database.js';
import {
  createServiceHome,
  QUICK_START,
  type Service,
  type ServiceHome,
  startService,
} from './support/service-process.js';
import type { Values } from './support/test-app.js';
import { until } from './support/until.js';

const PROJECTS = '{ projects { nodes { projectDocs { nodes { githubUrl lastGithubCommitSha syncStatus } } } } }';

/** A copy of the sources without .git, as a release is unpacked. */
async function copyService(folder: string): Promise<string> {
  await mkdir(folder);
  for (const part of ['dist', 'package.json', 'README.md']) await cp(part, join(folder, part), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('the first start', () => {
  let home: ServiceHome;
  let service: Service;
  beforeAll(async () => {
    home = await createServiceHome({ empty: true });
    const root = await copyService(join(home.dataDir, 'copy'));
    const dataDir = join(home.dataDir, 'data');
    service = await startService({ env: { ...home.env, SAMPLE_PROJECT: 'true' }, dataDir, root });
  });
  afterAll(async () => {
    await service.stop();
    await home.remove();
  });

  it('says in a few plain lines where to go, and one question to try', () => {
    const { host, pathname } = new URL(home.databaseUrl ?? 'none:');
    const database = home.databaseUrl
      ? `PostgreSQL, ${pathname.slice(1)} on ${host}`
      : `embedded, in ${join(home.dataDir, 'data')}`;
    expect(service.output().trim().split('\n')).toEqual([
      'ibid is ready.',
      `  Explore    ${service.url}/graphiql`,
      `  API        ${service.url}/graphql   (POST, WebSocket, SSE)`,
      `  Database   ${database}`,
      `  Try asking ${SAMPLE_QUESTION}`,
      '  Stop with Ctrl-C.',
    ]);
  });

  it('listens on loopback, alive and ready', async () => {
    expect(service.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const path of ['healthz', 'readyz']) expect((await fetch(`${service.url}/${path}`)).status).toBe(200);
  });

  it("gives the sample project the files' own text where there is no .git, under the repository of package.json", async () => {
    const synced = ({ projects }: Values): boolean => projects.nodes[0]?.projectDocs.nodes[0]?.syncStatus === 'SYNCED';
    const { projects } = await until(() => service.query(PROJECTS), synced);
    const { repository } = JSON.parse(await readFile('package.json', 'utf8'));
    expect(projects.nodes).toEqual([
      {
        projectDocs: {
          nodes: [
            {
              githubUrl: repository.url.replace(/^git\+|\.git$/g, ''),
              lastGithubCommitSha: '0'.repeat(40),
              syncStatus: 'SYNCED',
            },
          ],
        },
      },
    ]);
    const documents = await service.query('{ projects { nodes { documents { nodes { filePath content } } } } }');
    expect(documents.projects.nodes[0].documents.nodes).toEqual([
      { filePath: 'README.md', content: await readFile('README.md', 'utf8') },
    ]);
  });
});

describe('a file of settings with a name that is mistyped', () => {
  it('is told in one line, and the service starts', async () => {
    const home = await createServiceHome();
    const file = join(home.dataDir, '.env');
    await writeFile(file, 'LOG_LEVLE=debug\n');
    const service = await home.start({}, [...QUICK_START, `--env-file=${file}`]);
    const [warning] = service.output().split('\n');
    expect(JSON.parse(warning!)).toMatchObject({
      level: 40,
      msg: `Not a setting of ibid, and without effect: LOG_LEVLE in ${file} (LOG_LEVEL?)`,
    });
    await service.stop();
    await home.remove();
  });
});

describe('SAMPLE_PROJECT=false', () => {
  it('loads none and suggests no question', async () => {
    // Its database is what the first start with SAMPLE_PROJECT=false left.
    const home = await createServiceHome();
    const service = await home.start({ SAMPLE_PROJECT: 'false' });
    const data = await service.query('{ projects { totalCount } llmProviders { nodes { providerName } } }');
    expect(data).toEqual({ projects: { totalCount: 0 }, llmProviders: { nodes: [{ providerName: 'builtin' }] } });
    expect(service.output()).not.toContain('Try asking');
    await service.stop();
    await home.remove();
  });
});

describeOnServer('several processes that start together on an empty PostgreSQL', () => {
  it('make its tables, the first language model and the sample project once', async () => {
    const home = await createServiceHome({ empty: true });
    const env = { ...home.env, SAMPLE_PROJECT: 'true', DATABASE_POOL_SIZE: '2' };
    const services = await Promise.all(
      ['a', 'b', 'c'].map((name) => startService({ env, dataDir: join(home.dataDir, name) })),
    );
    for (const service of services) {
      const data = await service.query('{ projects { totalCount } llmProviders { totalCount } }');
      expect(data).toEqual({ projects: { totalCount: 1 }, llmProviders: { totalCount: 1 } });
    }
    await Promise.all(services.map((service) => service.stop()));
    await home.remove();
  });
});

describeOnServer('a start that others keep waiting for longer than a statement may take', () => {
  let home: ServiceHome;
  let other: Client;
  beforeEach(async () => {
    home = await createServiceHome();
    other = new Client({ connectionString: home.databaseUrl });
    await other.connect();
  });
  afterEach(async () => {
    await other.end();
    await home.remove();
  });

  async function startsAfterAllThat(): Promise<string> {
    const starting = home.start({ DATABASE_URL: `${home.databaseUrl}?options=-c%20statement_timeout%3D200` });
    const waited = async (): Promise<void> => {
      const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and query_start < clock_timestamp() - interval '400 ms'`;
      while ((await other.query(waits)).rowCount === 0) {
        await pause(50);
        await other.query('select pg_stat_clear_snapshot()');
      }
    };
    await Promise.race([waited(), starting]);
    await other.query('commit');
    const service = await starting;
    await service.stop();
    return service.output();
  }

  it('waits for the change of tables that another process makes, and says so', async () => {
    await other.query('begin');
    await other.query('select pg_advisory_xact_lock(4114001)');
    expect(await startsAfterAllThat()).toContain('another process brings the database up to date');
  });

  it('waits with its migrations for whoever reads a table, such as a backup', async () => {
    await other.query(`delete from mikro_orm_migrations where name = '20261204-configured-models'`);
    await other.query('alter table embedding_model drop column configured_at');
    await other.query('begin');
    await other.query('select from embedding_model');
    expect(await startsAfterAllThat()).toContain('ibid is ready.');
  });
});
