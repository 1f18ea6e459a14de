import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';

import { startGitHost } from './support/git-host.js';
import { type GraphqlResult, post } from './support/graphql-clients.js';
import {
  createServiceHome,
  type Service,
  type ServiceHome,
  spawnService,
  startInVain,
} from './support/service-process.js';
import { startTestApp, type Values } from './support/test-app.js';
import { until } from './support/until.js';

let home: ServiceHome;
beforeEach(async () => void (home = await createServiceHome()));
afterEach(() => home.remove());

const CREATE = `mutation($input: CreateProjectInput!) {
  createProject(input: $input) { project { id name } userErrors { message } }
}`;
const create = ({ url }: Pick<Service, 'url'>, name: string): Promise<GraphqlResult> =>
  post(url, CREATE, { input: { name, idempotencyKey: name } });
/** The names of the projects that are stored, once each of `again` has been created again. */
async function storedNames(again: readonly string[] = []): Promise<string[]> {
  const app = await startTestApp({ home });
  try {
    for (const name of again)
      expect((await create(app, name)).data.createProject).toMatchObject({ project: { name }, userErrors: [] });
    const { projects } = await app.query('{ projects(first: 100) { nodes { name } } }');
    return projects.nodes.map(({ name }: Values) => name);
  } finally {
    await app.stop();
  }
}

describe('a signal to stop', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'ends the service with exit code 0: %s, also twice',
    async (name) => {
      const service = await home.start();
      service.signal(name);
      service.signal(name);
      expect(await service.exited).toEqual({ code: 0, signal: null });
    },
  );

  it('lets a service end that still starts, which then does not say that it is ready', async () => {
    const { dataDir } = home;
    // However long the start takes.
    const ended = startInVain({ dataDir, env: { SHUTDOWN_GRACE: '10m' } });
    process.kill(await holderOf(dataDir), 'SIGTERM');
    expect(await ended).toMatchObject({ code: 0, output: expect.not.stringMatching(/cannot start|is ready/) });
    await expect(readFile(join(dataDir, 'ibid.pid'))).rejects.toThrow('ENOENT');
  });

  it('ends a service whose start hangs', async () => {
    const silent = createServer((socket) => socket.on('error', () => {}).resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const env = { DATABASE_URL: `postgres://ibid@127.0.0.1:${port}/ibid`, SHUTDOWN_GRACE: '0s' };
    const { child, output, exited } = spawnService({ dataDir: home.dataDir, env });
    await once(silent, 'connection');
    child.kill('SIGTERM');
    expect(await exited).toEqual({ code: 1, signal: null });
    // It did not wait until it had given up on the database.
    expect(output()).not.toContain('cannot start');
    silent.close();
  });

  it('makes it not ready at once, refuses what comes, and answers what is in flight', async () => {
    const service = await home.start();
    const body = JSON.stringify({ query: CREATE, variables: { input: { name: 'In flight' } } });
    const request = await send(
      service,
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    const readiness = await send(service, 'GET /readyz HTTP/1.1\r\nHost: localhost\r\n');
    // What comes after them has an answer: both have arrived.
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    await stopping(service);
    await expect(fetch(`${service.url}/readyz`)).rejects.toThrow('fetch failed');
    const [ready, answer] = [received(readiness), received(request)];
    readiness.write('\r\n');
    expect(await ready).toMatch(/^HTTP\/1\.1 503 [^]*"The service is stopping\."/);
    request.write(body);
    expect(await answer).toMatch(/^HTTP\/1\.1 200 [^]*"name":"In flight"/);
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(await storedNames()).toEqual(['In flight']);
  });

  it('closes WebSockets with 1001, and ends event streams as if they had been cut', async () => {
    const host = await startGitHost();
    host.respondWith('hang');
    const service = await home.start({ GIT_HOSTS: host.hostEntry });
    const { data } = await create(service, 'Handbook');
    const input = { projectId: data.createProject.project.id, name: 'Docs', githubUrl: host.url('o/r') };
    const { projectDoc } = await service.mutate('createProjectDoc', 'projectDoc { id }', input);
    const { syncRun } = await service.mutate('syncProjectDoc', 'syncRun { id }', { id: projectDoc.id });
    const query = `subscription { syncRunUpdated(id: "${syncRun.id}") { id } }`;
    const stream = await fetch(`${service.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query }),
    });
    const socket = new WebSocket(`${service.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    await once(socket, 'message');
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
    expect(JSON.parse(String((await once(socket, 'message'))[0]))).toMatchObject({ type: 'next' });
    service.signal('SIGTERM');
    const [[code], events] = await Promise.all([once(socket, 'close'), stream.text()]);
    expect(code).toBe(1001);
    expect(events).toContain(syncRun.id);
    expect(events).not.toContain('event: complete');
    expect(await service.exited).toEqual({ code: 0, signal: null });
    await host.stop();
  });

  it('loses nothing that was acknowledged', async () => {
    const service = await home.start();
    const acknowledged = await writeWhile(service, () => stopping(service));
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(await storedNames()).toEqual(expect.arrayContaining(acknowledged));
  });
});

describe('a kill', () => {
  it('loses no acknowledged write, and the same idempotency key makes one object', async () => {
    const service = await home.start();
    const acknowledged = await writeWhile(service, () => service.signal('SIGKILL'));
    expect(await service.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await storedNames()).toEqual(expect.arrayContaining(acknowledged));
    const names = await storedNames(acknowledged);
    expect(names).toHaveLength(new Set(names).size);
  });
});

/** Writes by several clients at once, until the service is gone; `end` is called in the middle. The names that were acknowledged. */
async function writeWhile(service: Service, end: () => unknown): Promise<string[]> {
  const acknowledged: string[] = [];
  const writers = Array.from({ length: 4 }, async (_, writer) => {
    for (let index = 0; index < 25; index += 1) {
      const name = `Project ${writer}-${index}`;
      const answer = await create(service, name).catch(() => null);
      if (answer === null) return;
      if (answer.data?.createProject.project) acknowledged.push(name);
      if (acknowledged.length === 20) void end();
    }
  });
  await Promise.all(writers);
  expect(acknowledged.length).toBeGreaterThanOrEqual(20);
  expect(acknowledged.length).toBeLessThan(100);
  return acknowledged;
}

/** The process that opens the embedded database of `dataDir`. */
const holderOf = (dataDir: string): Promise<number> =>
  until(async () => Number.parseInt(await readFile(join(dataDir, 'ibid.pid'), 'utf8').catch(() => ''), 10));

async function stopping(service: Service): Promise<void> {
  service.signal('SIGTERM');
  await until(() => service.output().includes('"msg":"stopping"'));
}

async function send({ url }: Service, text: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

async function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  await once(socket, 'close');
  return text;
}
