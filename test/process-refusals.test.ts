import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { lockDataDir } from '../src/platform/database/data-dir-lock.js';
import { VARIABLES } from '../src/variables.js';
import { startCommand } from './support/command.js';
import { describeOnServer } from './support/kind-of-database.js';
import { onServer } from './support/postgres.js';
import { createServiceHome, type ServiceHome, startInVain, startService } from './support/service-process.js';
import { createTestHome, startTestApp, type TestHome } from './support/test-app.js';

let dataDir: string;
beforeAll(async () => void (dataDir = await mkdtemp(join(tmpdir(), 'ibid-refusals-'))));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

/** What a service says that cannot start with this environment. */
async function refusal(env: Record<string, string>, at = join(dataDir, 'unused')): Promise<string[]> {
  const { code, output } = await startInVain({ env, dataDir: at });
  expect(code).toBe(1);
  const [first, ...lines] = output.trimEnd().split('\n');
  expect(first).toBe('ibid cannot start.');
  return lines;
}

const listening: Server[] = [];
afterEach(() => listening.splice(0).forEach((server) => server.close()));

async function listen(answer: (port: Server) => void = () => {}): Promise<{ port: number; close(): void }> {
  const server = createServer();
  listening.push(server);
  answer(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

describe('a start with a bad configuration', () => {
  it('ends with one message that lists every fault', async () => {
    const env = {
      PORT: '4000x',
      HOST: '0.0.0.0',
      DATABASE_URL: 'mysql://me:hunter2@db/ibid',
      GIT_HOSTS: 'https://github.com',
      LOG_LEVEL: 'loud',
      SAMPLE_PROJECT: 'no',
      OPENAI_API_KEY: 'hunter2 hunter2',
    };
    expect(await refusal(env)).toEqual([
      'The configuration is not valid:',
      '  HOST is "0.0.0.0": there are no accounts yet, so whoever reaches it could read and change everything. ' +
        'Use 127.0.0.1, or set ALLOW_UNAUTHENTICATED=true where something in front of the service checks who comes.',
      '  GIT_HOSTS is "https://github.com": it must be host, host:port, host=private or ' +
        'host=github|gitlab|gitea|forgejo|bitbucket, without a path.',
      '  PORT is "4000x": it must be a whole number from 0 to 65535.',
      '  DATABASE_URL is not a PostgreSQL address: it must be a URL such as postgres://user:password@host:5432/name.',
      '  OPENAI_API_KEY holds spaces or characters outside ASCII: it must be the key alone (its value is not shown).',
      '  LOG_LEVEL is "loud": it must be one of fatal, error, warn, info, debug, trace, silent.',
      '  SAMPLE_PROJECT is "no": it must be one of true, false.',
    ]);
  });

  it('ends when the port is in use', async () => {
    const { port } = await listen();
    const home = await createServiceHome();
    expect(await refusal({ ...home.env, PORT: String(port) }, home.dataDir)).toEqual([
      `Port ${port} on 127.0.0.1 is in use by another process. Set PORT to a free one.`,
    ]);
    await home.remove();
  });
});

describe('a start with arguments', () => {
  it('ends, since an argument that is let by would be taken for a setting', async () => {
    const { code, output } = await startInVain({ dataDir: join(dataDir, 'unused'), args: ['--port', '5123'] });
    expect(output.split('\n')).toEqual([
      'ibid cannot start.',
      'It takes no arguments, and "--port" is one. Settings are environment variables: PORT=5123 npm start',
      'To see all of them: npm start -- --help',
      '',
    ]);
    expect(code).toBe(1);
  });

  it('ends also where npm kept the argument for itself', async () => {
    const env = { npm_lifecycle_event: 'start', npm_config_port: '5123' };
    const { code, stdout, stderr } = await startCommand([], { env, program: 'scripts/start.mjs' }).exited;
    expect(stderr).toBe('npm kept --port for itself. Settings are environment variables: PORT=... npm start\n');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('prints every setting with its default when asked for help', async () => {
    const { code, output } = await startInVain({ dataDir: join(dataDir, 'unused'), args: ['--help'] });
    expect(output).toMatch(/^Usage: npm start\n/);
    for (const [name, { default: value, doc }] of Object.entries(VARIABLES))
      expect(output).toContain(`\n${name}=${value}\n    ${doc}\n`);
    expect(code).toBe(0);
  });
});

describe('a start with HOST=0.0.0.0', () => {
  it('goes on with ALLOW_UNAUTHENTICATED=true, and warns', async () => {
    const home = await createServiceHome();
    const service = await home.start({ HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'true' });
    const [warning] = service.output().split('\n');
    expect(JSON.parse(warning!)).toEqual({
      level: 40,
      time: expect.any(String),
      msg: 'ALLOW_UNAUTHENTICATED is true: whoever reaches this service can read and change everything.',
    });
    expect(await service.query('{ __typename }')).toEqual({ __typename: 'Query' });
    await service.stop();
    await home.remove();
  });
});

describe('a start with a DATA_DIR that is in use', () => {
  let home: ServiceHome;
  beforeAll(async () => void (home = await createServiceHome()));
  afterAll(() => home.remove());
  const holder = () => join(home.dataDir, 'ibid.pid');

  it('ends with a message and harms nothing, and later takes over what a dead process left', async () => {
    const { dataDir } = home;
    const first = await startService({ dataDir });
    const { project } = await first.mutate('createProject', 'project { id }', { name: 'Kept' });
    const held = await readFile(holder(), 'utf8');

    expect(await refusal({}, dataDir)).toEqual([
      `Another ibid (process ${first.pid} on ${hostname()}) uses ${dataDir}. Stop it first, give this one another DATA_DIR, or use PostgreSQL (DATABASE_URL).`,
    ]);
    expect(await readFile(holder(), 'utf8')).toBe(held);

    first.signal('SIGKILL');
    await first.exited;
    const next = await startService({ dataDir });
    expect(Number.parseInt(await readFile(holder(), 'utf8'), 10)).toBe(next.pid);
    expect((await next.query('{ projects { nodes { id } } }')).projects.nodes).toEqual([project]);
    await next.stop();
    await expect(readFile(holder())).rejects.toThrow('ENOENT');
  });

  it('ends also where the holder cannot be seen, as in another container', async () => {
    const { dataDir } = home;
    const first = await startService({ dataDir });
    await writeFile(holder(), '999999999 on elsewhere\n');
    const [message] = await refusal({}, dataDir);
    expect(message).toMatch(/^Another ibid \(process 999999999 on elsewhere\) uses /);
    await first.stop();
  });

  it('takes over what a process left that did not end in good order, though another one has its number now', async () => {
    await writeFile(holder(), `${process.ppid} on ${hostname()}\n`);
    const release = await lockDataDir(home.dataDir);
    expect(Number.parseInt(await readFile(holder(), 'utf8'), 10)).toBe(process.pid);
    await release();
    await expect(readFile(holder())).rejects.toThrow('ENOENT');
  });

  it('ends with the name of the lock where that is no file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ibid-lock-'));
    const lock = join(folder, 'ibid.lock');
    await mkdir(lock);
    await expect(lockDataDir(folder)).rejects.toThrow(`${lock} cannot be locked: unable to open database file.`);
    await rm(folder, { recursive: true });
  });

  it('lets one of many have what a dead process left', async () => {
    const at = { dataDir: home.dataDir };
    await writeFile(holder(), '999999999\n');
    const all = await Promise.allSettled([startService(at), startService(at), startService(at)]);
    const started = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(started).toHaveLength(1);
    await started[0]!.stop();
  });
});

describe('a start with a DATA_DIR that can be none', () => {
  it.each([
    ['is a file', () => resolve('package.json'), 'EEXIST: file already exists'],
    ['lies in a file', () => resolve('package.json', 'data'), 'EEXIST: file already exists'],
    // Where Node.js tries for ever to make one.
    ['lies where no folder can be made', () => '/proc/nothing/data', 'ENOENT: no such file or directory'],
  ])('ends when it %s', async (_, at, reason) => {
    expect(await refusal({}, at())).toEqual([
      `DATA_DIR has to be a folder that this user may write to: ${reason}, mkdir '${at().replace(/\/data$/, '')}'.`,
    ]);
  });
});

describe('a start without a git that is new enough', () => {
  it.each([
    [
      'missing',
      null,
      'git 2.39 or later is needed, but git was not found or does not run: install it and start again.',
    ],
    [
      'too old',
      'git version 2.38.5',
      'git 2.39 or later is needed, but this is "git version 2.38.5": update it and start again.',
    ],
  ])('ends when it is %s', async (_, version, message) => {
    const folder = await mkdtemp(join(dataDir, 'bin-'));
    if (version) {
      await writeFile(join(folder, 'git'), `#!/bin/sh\necho '${version}'\n`);
      await chmod(join(folder, 'git'), 0o755);
    }
    expect(await refusal({ PATH: folder })).toEqual([message]);
  });
});

describe('a start with a DATABASE_URL that leads nowhere', () => {
  /** As PostgreSQL refuses a connection that it has read the start of. */
  const refuses = (code: string, message: string) => (server: Server) =>
    server.on('connection', (socket) =>
      socket
        .on('error', () => {})
        .once('data', () => {
          const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
          const length = Buffer.alloc(4);
          length.writeUInt32BE(fields.length + 4);
          socket.end(Buffer.concat([Buffer.from('E'), length, fields]));
        }),
    );

  /** As PostgreSQL's protocol has it: its length, and the number that stands for it. */
  const SSL_REQUEST = '0000000804d2162f';

  const urlOf = (port: number): string => `postgres://ibid:hunter2@127.0.0.1:${port}/books`;

  it('ends when its password is wrong', async () => {
    const { port } = await listen(refuses('28P01', 'password authentication failed for user "ibid"'));
    expect(await refusal({ DATABASE_URL: urlOf(port) })).toEqual([
      'PostgreSQL refused the user name or password in DATABASE_URL.',
    ]);
  });

  it.each([
    [
      'its user is unknown',
      refuses('28000', 'role "ibid" does not exist'),
      'PostgreSQL does not let the user in DATABASE_URL in: it must exist, and pg_hba.conf must allow it.',
    ],
    [
      'it has no connection left',
      refuses('53300', 'sorry, too many clients already'),
      'PostgreSQL has no connection left. Raise its max_connections, or lower DATABASE_POOL_SIZE.',
    ],
    [
      'it starts or stops',
      refuses('57P03', 'the database system is starting up'),
      'PostgreSQL is starting or stopping. Try again in a few seconds.',
    ],
    [
      'a pooler does not take what the service asks for',
      refuses('08P01', 'unsupported startup parameter: options'),
      'PostgreSQL, or a pooler in front of it, refused the connection: unsupported startup parameter: options. PgBouncer needs ignore_startup_parameters = options',
    ],
    [
      'something else answers',
      (server: Server) => server.on('connection', (socket) => socket.on('error', () => {}).end('HTTP/1.1 400 No\r\n')),
      'PostgreSQL cannot be reached at the host and port in DATABASE_URL.',
    ],
    [
      'nothing answers',
      (server: Server) => server.on('connection', (socket) => socket.on('error', () => {}).resume()),
      'PostgreSQL cannot be reached at the host and port in DATABASE_URL.',
    ],
  ])('gives the reason when %s', async (_, answer, message) => {
    const { port } = await listen(answer);
    await expectReason(urlOf(port), message);
  });

  it('gives the reason when its database does not exist, and tries to make none through another one', async () => {
    const asked = new Set<string | undefined>();
    const { port } = await listen((server) => {
      refuses('3D000', 'database "books" does not exist')(server);
      server.on('connection', (socket) =>
        socket.once('data', (start) => asked.add(/\0database\0([^\0]+)/.exec(String(start))?.[1])),
      );
    });
    await expectReason(
      urlOf(port),
      'The database "books" does not exist. Correct its name in DATABASE_URL, or create it: createdb "books"',
    );
    expect([...asked]).toEqual(['books']);
  });

  it('gives the reason when nobody listens', async () => {
    const { port, close } = await listen();
    close();
    await expectReason(urlOf(port), 'PostgreSQL cannot be reached at the host and port in DATABASE_URL.');
  });

  it('gives the reason when its host is unknown', async () => {
    await expectReason('postgres://ibid:hunter2@nowhere.invalid/books', 'The host in DATABASE_URL is not known.');
  });

  it('sends nothing in plain text when sslmode asks for TLS, and gives the reason', async () => {
    const sent: Buffer[] = [];
    const { port } = await listen((server) =>
      server.on('connection', (socket) =>
        socket.on('error', () => {}).on('data', (data) => (sent.push(data), socket.write('N'))),
      ),
    );
    for (const sslmode of ['require', 'verify-full'])
      await expectReason(
        `${urlOf(port)}?sslmode=${sslmode}`,
        'PostgreSQL cannot be reached as the sslmode in DATABASE_URL asks for: The server does not support SSL connections.',
      );
    expect(new Set(sent.map((data) => data.toString('hex')))).toEqual(new Set([SSL_REQUEST]));
  });

  it('gives the reason when the certificate of its authority is not there', async () => {
    const { port } = await listen();
    const missing = join(dataDir, 'authority.pem');
    await expectReason(
      `${urlOf(port)}?sslmode=verify-full&sslrootcert=${missing}`,
      `DATABASE_URL cannot be used: ENOENT: no such file or directory, open '${missing}'`,
    );
  });

  /** What the process would print before it ends. */
  async function expectReason(DATABASE_URL: string, message: string): Promise<void> {
    await expect(startTestApp({ env: { DATABASE_URL } })).rejects.toEqual(expect.objectContaining({ message }));
  }
});

describeOnServer('a start with a PostgreSQL whose pgvector', () => {
  let home: TestHome;
  beforeEach(async () => void (home = await createTestHome()));
  afterEach(() => home.remove());

  it('is too old says which one is needed', async () => {
    await onServer(home.databaseUrl!, `update pg_extension set extversion = '0.7.4' where extname = 'vector'`);
    await expect(startTestApp({ home })).rejects.toEqual(
      new Error('ibid needs pgvector 0.8 or later; this is 0.7.4. Update it, then run: alter extension vector update'),
    );
  });

  it('is left to a superuser says so, and goes on once one has made the extension', async () => {
    const empty = await createTestHome({ empty: true });
    const url = new URL(empty.databaseUrl!);
    const [name, user] = [url.pathname.slice(1), `ibid_test_user_${process.pid}`];
    await onServer(url.href, `create role ${user} login password 'secret'`);
    await onServer(url.href, `alter database ${name} owner to ${user}`);
    [url.username, url.password] = [user, 'secret'];
    const start = () => startTestApp({ home: { ...empty, databaseUrl: url.href } });
    try {
      await expect(start()).rejects.toEqual(
        new Error(
          'The user in DATABASE_URL may not create the pgvector extension. Run "create extension vector" once as a superuser.',
        ),
      );
      await onServer(empty.databaseUrl!, 'create extension vector');
      await (await start()).stop();
    } finally {
      await empty.remove();
      await onServer(home.databaseUrl!, `drop role ${user}`);
    }
  });
});
