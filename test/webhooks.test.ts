import { once } from 'node:events';
import { connect } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { SourceKind } from '../src/project-doc/project-doc.entity.js';
import { forgetOldDeliveries } from '../src/project-doc/receive-push.js';
import { SyncRun } from '../src/project-doc/sync-run.entity.js';
import { TakenDelivery } from '../src/project-doc/taken-delivery.entity.js';
import { buildProject, buildProjectDoc } from './support/factories.js';
import { type HostedApp, startHostedApp } from './support/hosted-app.js';
import { documentsOf, followRepository, untilRun } from './support/sync-bench.js';
import { startTestApp, type Values } from './support/test-app.js';
import { deliver, pushTo, signatureOf, WEBHOOK_SECRET } from './support/webhooks.js';

let { host, app, stop } = {} as HostedApp;
let logged: string[] = [];
beforeAll(async () => {
  const env = { GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET };
  ({ host, app, stop } = await startHostedApp(env, (line) => logged.push(line)));
});
afterEach(() => host.respondWith(null));
afterAll(() => stop());

const FILES = { 'a.md': '# A\n\nText.\n' };
const MIB = 1_048_576;
const ended = ({ finishedAt }: Values): boolean => finishedAt !== null;
const count = (entity: typeof SyncRun | typeof TakenDelivery): Promise<number> =>
  app.app.services.database.fork().count(entity as typeof SyncRun);

/** Refused in the service's usual form, and nothing is left of it. */
async function expectRefusal(answer: Promise<{ status: number; body: Values }>, status: number, code: string) {
  const before = [await count(SyncRun), await count(TakenDelivery)];
  const { body, status: actual } = await answer;
  expect({ status: actual, body }).toEqual({
    status,
    body: {
      errors: [
        {
          message: expect.any(String),
          extensions: { code, requestId: expect.any(String), retryable: expect.any(Boolean) },
        },
      ],
    },
  });
  expect([await count(SyncRun), await count(TakenDelivery)]).toEqual(before);
}

describe('a push to a branch that is followed', () => {
  it('starts a sync that stores what was pushed', async () => {
    const followed = await followRepository(app, host, FILES);
    await followed.repository.commit({ 'b.md': '# B\n' });
    const { status, body } = await deliver(app, pushTo(host.url(followed.name)));
    expect({ status, body }).toEqual({ status: 202, body: { syncRuns: [expect.any(String)], oneMoreAfter: [] } });
    expect(await untilRun(app, body.syncRuns[0], ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 2 });
    expect(Object.keys(await documentsOf(app, followed.projectDocId))).toEqual(['a.md', 'b.md']);
  });

  it('asks the git host for nothing before it is answered', async () => {
    const followed = await followRepository(app, host, FILES);
    host.respondWith('hang');
    const { status, body } = await deliver(app, pushTo(host.url(followed.name)));
    expect(status).toBe(202);
    await app.mutate('cancelSyncRun', 'syncRun { id }', { id: body.syncRuns[0] });
  });

  it('starts one of each ProjectDoc of the repository that follows the branch, and of no other', async () => {
    const here = await followRepository(app, host, FILES);
    const other = await followRepository(app, host, FILES);
    const githubUrl = host.url(here.name);
    const { id: projectId } = await buildProject(app);
    const follow = (values: Values) => buildProjectDoc(app, { projectId, githubUrl, ...values });
    const byDefault = await follow({ githubFolderPath: 'docs' });
    const byName = await follow({ branch: 'main' });
    const otherCase = await follow({ githubUrl: githubUrl.toUpperCase().replace('HTTP', 'http') });
    const next = await follow({ branch: 'next' });
    await follow({ branch: 'MAIN' });
    await follow({ sourceKind: SourceKind.CHECKOUT });
    const docsOf = async (branch: string): Promise<unknown[]> => {
      const { body } = await deliver(app, pushTo(githubUrl, branch));
      const runs = await app.app.services.database.fork().find(SyncRun, { id: { $in: body.syncRuns } });
      return runs.map((run) => run.projectDocId).toSorted();
    };
    expect(await docsOf('main')).toEqual([here.projectDocId, byDefault.id, byName.id, otherCase.id].toSorted());
    expect(await docsOf('next')).toEqual([next.id]);
    expect(await docsOf('feature/x')).toEqual([]);
    expect(await docsOf('main')).not.toContain(other.projectDocId);
  });

  it('starts the first one where the branch is the beginning of what a pasted page says', async () => {
    const where = { branch: 'release', githubFolderPath: '2.0/docs' };
    const followed = await followRepository(app, host, FILES, where);
    await followed.repository.commit({ 'docs/b.md': '# B\n' }, { branch: 'release/2.0' });
    const push = async (branch: string) => (await deliver(app, pushTo(host.url(followed.name), branch))).body.syncRuns;
    for (const branch of ['release/2', 'release/2.0/docs/b']) expect(await push(branch)).toEqual([]);
    const [first] = await push('release/2.0');
    expect(await untilRun(app, first, ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1 });
    expect(await push('release/2.0')).toHaveLength(1);
    expect(await push('release/2.0/docs')).toEqual([]);
  });

  it('takes the forms of an address for the same repository', async () => {
    const { id: projectId } = await buildProject(app);
    await buildProjectDoc(app, { projectId, githubUrl: host.url('Octo/Hello'), branch: 'never' });
    for (const name of ['octo/hello', 'Octo/Hello.git', 'Octo/Hello/']) {
      const { body } = await deliver(app, pushTo(host.url(name), 'never'));
      expect(body.syncRuns).toHaveLength(1);
      await untilRun(app, body.syncRuns[0], ended);
    }
  });

  it('is understood as a form as well', async () => {
    const followed = await followRepository(app, host, FILES);
    const body = new URLSearchParams({ payload: JSON.stringify(pushTo(host.url(followed.name))) }).toString();
    for (const contentType of ['application/x-www-form-urlencoded', 'application/x-www-form-urlencoded; charset=utf-8'])
      expect(await deliver(app, null, { body, contentType })).toMatchObject({ status: 202 });
  });

  it('is understood without a length that is told before', async () => {
    const followed = await followRepository(app, host, FILES);
    const body = JSON.stringify(pushTo(host.url(followed.name)));
    const answer = await sendRaw([
      'Transfer-Encoding: chunked',
      `X-Hub-Signature-256: ${signatureOf(body)}`,
      '',
      `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 202 /);
  });

  it('is understood up to 1 MiB', async () => {
    const followed = await followRepository(app, host, FILES);
    const payload = pushTo(host.url(followed.name), 'main', { filler: '' });
    payload.filler = 'x'.repeat(MIB - JSON.stringify(payload).length);
    expect(await deliver(app, payload)).toMatchObject({ status: 202 });
    payload.filler += 'x';
    await expectRefusal(deliver(app, payload), 413, 'BAD_USER_INPUT');
  });
});

describe('a delivery that comes again', () => {
  it('starts nothing, one after the other or at once', async () => {
    const followed = await followRepository(app, host, FILES);
    const payload = pushTo(host.url(followed.name));
    const send = () => deliver(app, payload, { delivery: `again-${followed.projectDocId}` });
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    const first = answers.filter(({ status }) => status === 202);
    expect(first).toHaveLength(1);
    await untilRun(app, first[0]!.body.syncRuns[0], ended);
    expect(await send()).toEqual({ status: 200, body: { duplicate: true, syncRuns: [] } });
    expect(answers.filter(({ body }) => body.duplicate)).toHaveLength(9);
    const { projectDocId } = followed;
    expect(await app.app.services.database.fork().count(SyncRun, { projectDocId })).toBe(1);
  });

  it('is new when the first time failed', async () => {
    const followed = await followRepository(app, host, FILES);
    const { jobs } = app.app.services;
    const send = jobs.send.bind(jobs);
    const payload = pushTo(host.url(followed.name));
    const delivery = `failing-${followed.projectDocId}`;
    jobs.send = () => Promise.reject(new Error('out of order'));
    try {
      await expectRefusal(deliver(app, payload, { delivery }), 500, 'INTERNAL');
    } finally {
      jobs.send = send;
    }
    expect(await deliver(app, payload, { delivery })).toMatchObject({ status: 202 });
  });

  it('is forgotten after a week', async () => {
    const followed = await followRepository(app, host, FILES);
    const { database } = app.app.services;
    const delivery = `old-${followed.projectDocId}`;
    await deliver(app, pushTo(host.url(followed.name)), { delivery });
    const week = 7 * 24 * 3600 * 1000;
    const isKnown = () => database.fork().count(TakenDelivery, { delivery });
    await forgetOldDeliveries(database, Date.now() + week - 60_000);
    expect(await isKnown()).toBe(1);
    await forgetOldDeliveries(database, Date.now() + week + 1_000);
    expect(await isKnown()).toBe(0);
  });
});

describe('what starts no sync', () => {
  it.each([
    ['a ping', { zen: 'Design for failure.' }, 'ping', { message: 'pong' }],
    ['another event', { action: 'opened' }, 'issues', { syncRuns: [], reason: 'Only pushes start syncs.' }],
  ])('is answered 200: %s', async (_, payload, event, body) => {
    expect(await deliver(app, payload, { event })).toEqual({ status: 200, body });
  });

  it.each([
    ['a tag', { ref: 'refs/tags/v1' }, 'Only pushes to branches start syncs.'],
    ['a deletion', { deleted: true }, 'Only pushes to branches start syncs.'],
    ['a branch that nobody follows', { ref: 'refs/heads/other' }, 'No ProjectDoc follows this branch.'],
    [
      'a ref that no database can hold',
      { ref: 'refs/heads/\0' },
      'The repository is not at one of the allowed git hosts.',
    ],
  ])('is answered 200: a push of %s', async (_, values, reason) => {
    const followed = await followRepository(app, host, FILES);
    const answer = await deliver(app, pushTo(host.url(followed.name), 'main', values));
    expect(answer).toEqual({ status: 200, body: { syncRuns: [], reason } });
  });

  it.each(['https://git.example/owner/name', 'https://github.com/owner', 'https://me:pw@github.com/o/n', 'nonsense'])(
    'is answered 200: a push to a repository that none can follow, %s',
    async (url) => {
      const reason = 'The repository is not at one of the allowed git hosts.';
      expect(await deliver(app, pushTo(url))).toEqual({ status: 200, body: { syncRuns: [], reason } });
    },
  );
});

describe('a push to a repository under a name that no ProjectDoc has', () => {
  const push = (url: string, id: unknown, branch = 'main') =>
    deliver(app, pushTo(url, branch, { repository: { id, html_url: url, default_branch: 'main' } }));
  const NOBODYS = { syncRuns: [], reason: expect.stringMatching(/^No ProjectDoc has this repository\./) };

  it('starts a sync of what followed it before it was renamed, as its id tells', async () => {
    const { name } = await followRepository(app, host, FILES);
    await untilRun(app, (await push(host.url(name), 4711)).body.syncRuns[0], ended);
    const renamed = host.url(`${name}-renamed`);
    const { body } = await push(renamed, 4711);
    expect(await untilRun(app, body.syncRuns[0], ended)).toMatchObject({ status: 'SUCCEEDED' });
    for (const id of [4712, '4711', null]) expect((await push(renamed, id)).body).toEqual(NOBODYS);
    expect((await push('https://github.com/owner/name', 4711)).body).toEqual(NOBODYS);
  });

  it('starts one also where only another branch was pushed to under the old name', async () => {
    const { name } = await followRepository(app, host, FILES, { branch: 'docs' });
    expect((await push(host.url(name), 4714)).status).toBe(200);
    expect((await push(host.url(`${name}-renamed`), 4714, 'docs')).status).toBe(202);
  });

  it('starts none of what follows another repository since', async () => {
    const { name, projectDocId: id } = await followRepository(app, host, FILES);
    await untilRun(app, (await push(host.url(name), 4713)).body.syncRuns[0], ended);
    await app.mutate('updateProjectDoc', 'projectDoc { id }', { id, githubUrl: host.url('owner/another') });
    expect((await push(host.url(name), 4713)).body).toEqual(NOBODYS);
  });

  it('says what to do after a repository was renamed, in its answer and in the log', async () => {
    const followed = await followRepository(app, host, FILES);
    const url = host.url(`${followed.name}-renamed`);
    logged = [];
    const { status, body } = await deliver(app, pushTo(url));
    const reason = 'No ProjectDoc has this repository. If it was renamed or moved, updateProjectDoc takes its new URL.';
    expect({ status, body }).toEqual({ status: 200, body: { syncRuns: [], reason } });
    expect(logged.map((line) => JSON.parse(line)).filter((line) => line.reason === reason)).toEqual([
      {
        level: 30,
        time: expect.any(String),
        requestId: expect.any(String),
        url,
        reason,
        msg: 'a push started no sync',
      },
    ]);
    await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: followed.projectDocId, githubUrl: url });
    expect(await deliver(app, pushTo(url))).toMatchObject({ status: 202 });
  });
});

describe('a signature', () => {
  const body = JSON.stringify({ zen: 'Keep it logically awesome.' });
  const right = signatureOf(body);
  it.each([
    ['missing', null],
    ['empty', ''],
    ['of another secret', signatureOf(body, 'another')],
    ['of an empty secret', signatureOf(body, '')],
    ['of other bytes', signatureOf(`${body} `)],
    ['with another algorithm', right.replace('sha256', 'sha1')],
    ['without its algorithm', right.slice('sha256='.length)],
    ['cut short', right.slice(0, -2)],
    ['cut to nothing', 'sha256='],
    ['with more behind it', `${right}00`],
    ['not hexadecimal', `sha256=${'z'.repeat(64)}`],
    ['given twice', `${right}, ${right}`],
  ])('is refused with 401 when it is %s', async (_, signature) => {
    await expectRefusal(deliver(app, null, { event: 'ping', body, signature }), 401, 'UNAUTHENTICATED');
  });

  it('is looked at before all else', async () => {
    const wrong = { signature: signatureOf('other'), delivery: null, body: 'not JSON', contentType: 'text/plain' };
    await expectRefusal(deliver(app, null, wrong), 401, 'UNAUTHENTICATED');
    await expectRefusal(deliver(app, null, { ...wrong, body: '' }), 401, 'UNAUTHENTICATED');
  });

  it('is of the bytes, whatever they say', async () => {
    expect(await deliver(app, null, { event: 'ping', body: `\n ${body}\n` })).toMatchObject({ status: 200 });
  });
});

describe('a signed request that is wrong', () => {
  it.each([
    ['without a delivery', { delivery: null }],
    ['with an empty delivery', { delivery: '' }],
    ['with a delivery of more than 100 characters', { delivery: 'd'.repeat(101) }],
    ['without an event', { event: '' }],
    ['without a body', { body: '' }],
    ['whose body is no JSON', { body: '{"ref": ' }],
    ['whose body is not UTF-8', { body: new Uint8Array([0x22, 0xff, 0xfe, 0x22]) }],
    ['whose body is nested without end', { body: '['.repeat(500_000) }],
    ['whose body is no object', { body: '[1]' }],
    ['whose body is null', { body: 'null' }],
    ['whose push has no ref', { body: '{"repository":{"html_url":"https://github.com/o/n"}}' }],
    ['whose push has no repository', { body: '{"ref":"refs/heads/main"}' }],
    ['whose repository is text', { body: '{"ref":"refs/heads/main","repository":"o/n"}' }],
    ['whose repository has no address', { body: '{"ref":"refs/heads/main","repository":{"html_url":[]}}' }],
    ['whose form has no payload', { body: 'other=1', contentType: 'application/x-www-form-urlencoded' }],
  ])('is refused with 400: one %s', async (_, options) => {
    await expectRefusal(deliver(app, {}, options), 400, 'BAD_USER_INPUT');
  });

  it.each(['text/plain', 'multipart/form-data; boundary=x', null])(
    'is refused with 415: one of the type %s',
    async (contentType) => {
      await expectRefusal(deliver(app, {}, { contentType }), 415, 'BAD_USER_INPUT');
    },
  );

  it('is refused with 413 before more than 1 MiB of it is read', async () => {
    expect(await sendRaw([`Content-Length: ${MIB + 1}`, '', ''])).toMatch(/^HTTP\/1.1 413 /);
    const chunk = `${(MIB + 1).toString(16)}\r\n${'x'.repeat(MIB + 1)}\r\n`;
    expect(await sendRaw(['Transfer-Encoding: chunked', '', chunk])).toMatch(/^HTTP\/1.1 413 /);
  });

  it('is refused with 403 when a web page or another host name stands behind it', async () => {
    const headers = { origin: 'https://evil.example' };
    await expectRefusal(deliver(app, {}, { event: 'ping', headers }), 403, 'FORBIDDEN');
    expect(await sendRaw(['Content-Length: 0', '', ''], 'evil.example')).toMatch(/^HTTP\/1.1 403 /);
  });
});

describe('without GITHUB_WEBHOOK_SECRET', () => {
  it.each([undefined, '', '   '])('there is nothing at the address (%j)', async (secret) => {
    const plain = await startTestApp({ env: secret === undefined ? {} : { GITHUB_WEBHOOK_SECRET: secret } });
    try {
      const body = '{}';
      for (const signature of [signatureOf(body, ''), null])
        await expectRefusal(deliver(plain, {}, { event: 'ping', body, signature }), 404, 'NOT_FOUND');
    } finally {
      await plain.stop();
    }
  });
});

/** All that comes back on a connection of its own, for requests that no client would send. */
async function sendRaw([first, ...rest]: string[], name = 'localhost'): Promise<string> {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const head = [
    'POST /webhooks/github HTTP/1.1',
    `Host: ${name}`,
    'Connection: close',
    'Content-Type: application/json',
    'X-GitHub-Event: push',
    `X-GitHub-Delivery: ${crypto.randomUUID()}`,
    first!,
  ];
  let text = '';
  socket.setEncoding('utf8').on('data', (more) => (text += more));
  // A server that has answered does not wait for the rest.
  socket.on('error', () => {});
  socket.write([...head, ...rest].join('\r\n'));
  await once(socket, 'close');
  return text;
}
