import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { ProjectDoc } from '../src/project-doc/project-doc.entity.js';
import { SyncRun } from '../src/project-doc/sync-run.entity.js';
import { takeUpLostRuns } from '../src/project-doc/take-up-lost-runs.js';
import { type ScriptedApp, startScriptedApp } from './support/scripted-app.js';
import { embedsWith, fails, staysSilent, type Step, waitsFor } from './support/scripted-provider.js';
import { documentsOf, type Followed, followRepository, startSync } from './support/sync-bench.js';
import type { Values } from './support/test-app.js';
import { deliver, type DeliveryAnswer, pushTo, WEBHOOK_SECRET } from './support/webhooks.js';
import { until } from './support/until.js';

let { host, provider, app, reset, stop } = {} as ScriptedApp;
beforeAll(async () => {
  ({ host, provider, app, reset, stop } = await startScriptedApp({ GITHUB_WEBHOOK_SECRET: WEBHOOK_SECRET }));
});
afterEach(() => reset());
afterAll(() => stop());

const onPostgres = process.env.TEST_DATABASE_URL !== undefined;
const page = (text: string | number) => ({ 'a.md': `# A\n\nEdition ${text}.\n` });
const push = ({ name }: Followed): Promise<DeliveryAnswer> => deliver(app, pushTo(host.url(name)));
const fork = () => app.app.services.database.fork();
const docOf = ({ projectDocId }: Followed) => fork().findOneOrFail(ProjectDoc, projectDocId);
/** Oldest first. */
const runsOf = ({ projectDocId }: Followed) => fork().find(SyncRun, { projectDocId }, { orderBy: { id: 'asc' } });

/** A run that has fetched what there was, and waits for its embedding model until `release` is called. */
async function startAndHold(followed: Followed, ...steps: Step[]): Promise<{ id: string; release: () => void }> {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  const [first = embedsWith(768), ...rest] = steps;
  provider.scriptEmbeddings(waitsFor(promise, first), ...rest);
  const before = provider.requests.length;
  const { id } = await startSync(app, followed.projectDocId);
  await provider.untilRequests(before + 1);
  return { id, release };
}

/** All its runs as soon as none is waiting or going. */
const untilQuiet = (followed: Followed): Promise<SyncRun[]> =>
  until(
    () => runsOf(followed),
    (runs) => runs.every(({ finishedAt }) => finishedAt !== null),
  );

async function expectNewestHead(followed: Followed): Promise<void> {
  const { lastGithubCommitSha, syncAgain, syncStatus } = await docOf(followed);
  const expected = { lastGithubCommitSha: await followed.repository.head(), syncAgain: false, syncStatus: 'SYNCED' };
  expect({ lastGithubCommitSha, syncAgain, syncStatus }).toEqual(expected);
}

describe('a push while a run is going', () => {
  it('says that another run follows, and adds none now', async () => {
    const followed = await followRepository(app, host, page(1));
    const { id, release } = await startAndHold(followed);
    expect(await push(followed)).toEqual({ status: 202, body: { syncRuns: [], oneMoreAfter: [id] } });
    expect(await runsOf(followed)).toHaveLength(1);
    release();
    expect(await untilQuiet(followed)).toHaveLength(2);
  });

  const FILES = { 'a.md': '# A\n\nText.\n', 'b.md': '# B\n\nPoison.\n' };
  const picky: Step = (exchange) =>
    (JSON.stringify(exchange.request.body).includes('Poison') ? fails(400) : embedsWith(768))(exchange);
  const cancel = (id: string) => app.mutate('cancelSyncRun', 'syncRun { id }', { id });
  const lose = () => takeUpLostRuns(app.app.services, new Date(Date.now() + 1_000));
  it.each([
    ['SUCCEEDED', [embedsWith(768)], null],
    ['PARTIAL', Array.from({ length: 60 }, () => picky), null],
    ['FAILED', [fails(401)], null],
    ['CANCELLED', [staysSilent()], cancel],
    ['INTERRUPTED', [staysSilent()], lose],
  ] as const)(
    'is answered by exactly one run after it, at the newest head, when it ends %s',
    async (status, steps, end) => {
      const followed = await followRepository(app, host, FILES);
      const { id, release } = await startAndHold(followed, ...steps);
      for (const edition of [1, 2, 3]) {
        await followed.repository.commit({ ...page(edition), 'b.md': '# B\n' });
        await push(followed);
      }
      if (end) await end(id);
      else release();
      const runs = await untilQuiet(followed);
      release();
      expect(runs).toMatchObject([
        { id, status },
        { status: 'SUCCEEDED', commitSha: await followed.repository.head() },
      ]);
      await expectNewestHead(followed);
    },
  );

  it('is not what syncProjectDoc does: that returns the run that is going', async () => {
    const followed = await followRepository(app, host, page(1));
    const { id, release } = await startAndHold(followed);
    expect(await startSync(app, followed.projectDocId)).toMatchObject({ id, status: 'RUNNING' });
    release();
    expect(await untilQuiet(followed)).toHaveLength(1);
  });

  it('is forgotten with the ProjectDoc', async () => {
    const followed = await followRepository(app, host, page(1));
    const { release } = await startAndHold(followed);
    await push(followed);
    const { userErrors } = await app.mutate('deleteProject', 'deletedId', { id: followed.projectId });
    expect(userErrors).toEqual([]);
    release();
    expect(await runsOf(followed)).toEqual([]);
    expect(await push(followed)).toMatchObject({ status: 200, body: { syncRuns: [] } });
  });
});

describe('a push while a run waits', () => {
  it('is answered by that run', async () => {
    const others = [await followRepository(app, host, page(1)), await followRepository(app, host, page(2))];
    const held = [await startAndHold(others[0]!), await startAndHold(others[1]!)];
    const followed = await followRepository(app, host, page(1));
    const { id } = await startSync(app, followed.projectDocId);
    await followed.repository.commit(page(2));
    expect(await push(followed)).toEqual({ status: 202, body: { syncRuns: [id], oneMoreAfter: [] } });
    for (const { release } of held) release();
    expect(await untilQuiet(followed)).toMatchObject([{ id, status: 'SUCCEEDED' }]);
    await expectNewestHead(followed);
  });

  it('has nothing left of an earlier one: a run that starts sees all of them', async () => {
    const followed = await followRepository(app, host, page(1));
    await fork().nativeUpdate(ProjectDoc, { id: followed.projectDocId }, { syncAgain: true });
    const { id } = await startSync(app, followed.projectDocId);
    expect(await untilQuiet(followed)).toMatchObject([{ id, status: 'SUCCEEDED' }]);
    await expectNewestHead(followed);
  });
});

describe('many pushes at once', () => {
  it('make one run after the one that is going', async () => {
    const followed = await followRepository(app, host, page(0));
    const { id, release } = await startAndHold(followed);
    await followed.repository.commit(page(1));
    const answers = await Promise.all(Array.from({ length: 50 }, () => push(followed)));
    expect(answers).toEqual(answers.map(() => ({ status: 202, body: { syncRuns: [], oneMoreAfter: [id] } })));
    release();
    expect(await untilQuiet(followed)).toHaveLength(2);
    await expectNewestHead(followed);
  });

  it('lose nothing and add no more than they say when they meet the end of a run', async () => {
    for (let round = 0; round < (onPostgres ? 12 : 4); round += 1) {
      const followed = await followRepository(app, host, page(round));
      const { id, release } = await startAndHold(followed);
      await followed.repository.commit(page(`${round}, revised`));
      const pushes = Array.from({ length: 8 }, async (_, index) => {
        if (index === 3) release();
        return push(followed);
      });
      const answers = await Promise.all(pushes);
      await expectNoMoreThan(await untilQuiet(followed), [id], answers);
      await expectNewestHead(followed);
    }
  });

  it('lose nothing in a stream of commits and runs', async () => {
    const followed = await followRepository(app, host, page('first'));
    const answers: Promise<DeliveryAnswer>[] = [];
    for (let edition = 0; edition < (onPostgres ? 40 : 15); edition += 1) {
      await followed.repository.commit(page(edition));
      for (let again = 0; again < 3; again += 1) answers.push(push(followed));
    }
    const all = await Promise.all(answers);
    expect(all.map(({ status }) => status)).toEqual(all.map(() => 202));
    const runs = await untilQuiet(followed);
    expect(runs.length).toBeGreaterThan(1);
    await expectNoMoreThan(runs, [], all);
    expect(runs.map(({ status }) => status)).toEqual(runs.map(() => 'SUCCEEDED'));
    expect((await documentsOf(app, followed.projectDocId, 'content'))['a.md']!.content).toContain('Edition');
    await expectNewestHead(followed);
  });

  it('meet deletions and cancellations of several ProjectDocs of one repository without a deadlock', async () => {
    for (let round = 0; round < (onPostgres ? 10 : 3); round += 1) {
      const first = await followRepository(app, host, page(round));
      const githubUrl = host.url(first.name);
      const more = Array.from({ length: 4 }, async () => {
        const input = { projectId: first.projectId, name: 'Another', githubUrl };
        return (await app.mutate('createProjectDoc', 'projectDoc { id }', input)).projectDoc.id as string;
      });
      const ids = [first.projectDocId, ...(await Promise.all(more))];
      const runs = await Promise.all(ids.map((id) => startSync(app, id)));
      const cancel = ({ id }: Values) =>
        app.request('mutation($id: ID!) { cancelSyncRun(input: { id: $id }) { syncRun { id } } }', { id });
      const [pushes, cancelled] = await Promise.all([
        Promise.all(Array.from({ length: 6 }, () => push(first))),
        Promise.all(runs.slice(0, 3).map(cancel)),
        app.mutate('deleteProjectDoc', 'deletedId', { id: ids[4] }),
        pause(round * 5).then(() => app.mutate('deleteProject', 'deletedId', { id: first.projectId })),
      ]);
      expect(pushes.filter(({ status }) => status !== 200 && status !== 202)).toEqual([]);
      // It may be deleted before it can be shown.
      const codes = cancelled.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
      expect(codes.filter((code) => code !== 'NOT_FOUND')).toEqual([]);
      expect(await fork().count(SyncRun, { projectDocId: { $in: ids } })).toBe(0);
    }
  });
});

/** Each run was there before, is one that a push found waiting or queued, or follows one that a push found going. */
async function expectNoMoreThan(runs: SyncRun[], before: string[], answers: DeliveryAnswer[]): Promise<void> {
  const known = new Set([...before, ...answers.flatMap(({ body }) => body.syncRuns)]);
  const going = new Set(answers.flatMap(({ body }) => body.oneMoreAfter));
  const ids = runs.map(({ id }) => id);
  expect(ids.filter((id, index) => !known.has(id) && !going.has(ids[index - 1]))).toEqual([]);
}
