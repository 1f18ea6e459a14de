import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { dropUnneededEmbeddings } from '../src/document/drop-embeddings.js';
import { Embedding } from '../src/document/embedding.entity.js';
import { query } from '../src/platform/database/query.js';
import { Project } from '../src/project/project.entity.js';
import { digestText } from '../src/platform/text/digest.js';
import { Reembedding, ReembeddingStatus } from '../src/reembedding/reembedding.entity.js';
import { adoptConfiguredModel } from '../src/reembedding/adopt-configured-model.js';
import { takeUpLostReembeddings } from '../src/reembedding/reembedding.service.js';
import { setClockOff } from './support/clock.js';
import { buildChunk, buildDocument, buildProject, buildProjectDoc, buildReembedding } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { itOnServer } from './support/kind-of-database.js';
import {
  buildProjectOf,
  buildStoredProject,
  holdAfter,
  modelOf,
  REEMBEDDING,
  textsSentTo,
  untilReembedding,
} from './support/reembed-bench.js';
import {
  breaksDown,
  embedsWith,
  fails,
  failsOn,
  rateLimited,
  type ScriptedProvider,
  startScriptedProvider,
} from './support/scripted-provider.js';
import { type Followed, followRepository, startSync, sync, untilRun } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome, type Values } from './support/test-app.js';

const OLD = 'openai-compatible/old';
const NEW = 'openai-compatible/new';
const BUILTIN = 'builtin/hashing-1';

let host: GitHost;
let home: TestHome;
/** Each serves one of the two models, at an address of its own. */
let old: ScriptedProvider;
let fresh: ScriptedProvider;
let app: TestApp;
const logged: string[] = [];

async function startWith(model: 'old' | 'new' | 'builtin', settings: Record<string, string> = {}): Promise<void> {
  const { baseUrl } = model === 'old' ? old : fresh;
  const remote = { EMBEDDING_PROVIDER: 'openai-compatible', EMBEDDING_MODEL: model, EMBEDDING_BASE_URL: baseUrl };
  const env = {
    GIT_HOSTS: host.hostEntry,
    LLM_HOSTS: `${old.hostEntry},${fresh.hostEntry}`,
    ...(model === 'builtin' ? {} : remote),
    ...settings,
  };
  app = await startTestApp({ env, home, log: (line) => void logged.push(line) });
}

function behave(): void {
  for (const provider of [old, fresh]) provider.reset();
  // Its vectors are of another kind: compared with those of the old model, nothing would fit.
  fresh.alwaysEmbed(embedsWith(512));
}

beforeAll(async () => {
  [host, old, fresh, home] = await Promise.all([
    startGitHost(),
    startScriptedProvider(),
    startScriptedProvider(),
    createTestHome(),
  ]);
  behave();
  // Which leaves where the old model is.
  await startWith('old');
  await app.stop();
  await startWith('new');
});
afterAll(async () => {
  await app.stop();
  await Promise.all([old.stop(), fresh.stop(), host.stop(), home.remove()]);
});
afterEach(() => {
  expect(logged.splice(0).filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  behave();
});

/** More than one batch: 32 texts go into one. */
const pagesAbout = (what: string) =>
  Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`page-${index}.md`, `# Page ${index}\n\nAll ${what}, number${index}.\n`]),
  );
const MANY = pagesAbout('animals');
const FEW = { 'a.md': '# Zebras\n\nThey sleep.\n', 'b.md': '# Giraffes\n\nThey stand.\n' };
type Stored = Pick<Followed, 'projectId'>;
const textOf = (name: string): string => expect.stringContaining(name) as unknown as string;

const mutate = (name: string, id: string) => app.mutate(name, `reembedding { ${REEMBEDDING} }`, { id });
const reembed = async ({ projectId }: Stored): Promise<string> =>
  (await mutate('reembedProject', projectId)).reembedding.id;
const keptOf = ({ projectId }: Stored): Promise<number> =>
  app.app.services.database.fork().count(Embedding, { projectId, embeddingModel: OLD });

const request = ({ projectId }: Stored, query: string, mode = 'SEMANTIC') =>
  app.request(
    `query($id: ID!, $query: String!, $mode: SearchMode) {
      project(id: $id) { search(query: $query, mode: $mode, topK: 100) { mode hits { filePath similarityScore } } } }`,
    { id: projectId, query, mode },
  );
/** What is found by vectors, and which of the two models was asked for the query's. */
async function search(followed: Stored, query: string): Promise<{ hits: Values[]; asked: string[] }> {
  const before = [old.requests.length, fresh.requests.length] as const;
  const { hits } = (await request(followed, query)).data.project.search;
  const asked = [
    ...old.requests.slice(before[0]).map(() => 'old'),
    ...fresh.requests.slice(before[1]).map(() => 'new'),
  ];
  return { hits, asked };
}

describe('a start with another embedding model', () => {
  it('makes new vectors by itself, which are used once there are those of all passages', async () => {
    const em = app.app.services.database.fork();
    // What other tests have left would be changed as well.
    await em.nativeDelete(Project, {});
    const followed = await buildProjectOf(app, host, OLD, MANY);
    const empty = await followRepository(app, host, FEW);
    await em.nativeUpdate(Project, { id: empty.projectId }, { embeddingModel: OLD });
    behave();
    await app.stop();
    const held = holdAfter(fresh, 1, 512);
    await startWith('new');
    await fresh.untilRequests(2);
    const [going] = (await modelOf(app, followed.projectId)).reembeddings.nodes;
    expect(going).toMatchObject({ status: 'RUNNING', fromModel: OLD, toModel: NEW, finishedAt: null, keptUntil: null });
    expect(going).toMatchObject({ chunksTotal: 40, chunksDone: 32, chunksEmbedded: 32, progress: 0.8 });
    const found = await search(followed, 'number7');
    expect(found).toMatchObject({ asked: ['old'], hits: { length: 40, 0: { filePath: 'page-7.md' } } });
    // One without passages has the new model at once.
    expect(await modelOf(app, empty.projectId)).toMatchObject({ embeddingModel: NEW, reembeddings: { totalCount: 0 } });
    held.release();
    // Whatever is answered on the way has all vectors of one model.
    const { reembeddings } = await modelOf(app, followed.projectId);
    for (let isGoing = true; isGoing;) {
      isGoing = (await untilReembedding(app, reembeddings.nodes[0].id, () => true)).finishedAt === null;
      const { hits } = await search(followed, 'number7');
      expect([hits.length, hits[0]!.filePath]).toEqual([40, 'page-7.md']);
      expect(hits[0]!.similarityScore).toBeGreaterThan(hits[1]!.similarityScore + 0.1);
    }

    const ended = await untilReembedding(app, reembeddings.nodes[0].id);
    expect(ended).toMatchObject({ status: 'SUCCEEDED', chunksDone: 40, chunksEmbedded: 40, progress: 1, error: null });
    expect(Date.parse(ended.keptUntil) - Date.parse(ended.finishedAt)).toBe(7 * 24 * 3_600_000);
    expect(await modelOf(app, followed.projectId)).toMatchObject({ embeddingModel: NEW });
    const after = await search(followed, 'number7');
    expect(after).toMatchObject({ asked: ['new'], hits: { length: 40, 0: { filePath: 'page-7.md' } } });
    expect(after.hits[0]!.similarityScore).toBeGreaterThan(after.hits[1]!.similarityScore + 0.1);
  });

  /** The embedded database has one process, which does not sync while it starts. */
  itOnServer('makes them for a project whose first passages another process is just storing', async () => {
    const { id: projectId } = await buildProject(app, { embeddingModel: OLD });
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const { services } = app.app;
    let adopted: Promise<void> | undefined;
    await services.database.fork().transactional(async (em) => {
      // As holdProjectDoc does it.
      await query(em)`select from project where id = ${projectId} for share`;
      adopted = adoptConfiguredModel(services);
      const waiting = () =>
        query(em)`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await waiting()).length === 0) await pause(20);
      const { id: documentId } = await buildDocument(app, { projectId, projectDocId, passageCount: 1 });
      await buildChunk(app, { projectId, documentId, chunkIndex: 0, embeddingModel: OLD });
    });
    await adopted;
    const { latestReembedding } = await modelOf(app, projectId);
    expect(await untilReembedding(app, latestReembedding.id)).toMatchObject({
      status: 'SUCCEEDED',
      fromModel: OLD,
      toModel: NEW,
      chunksEmbedded: 1,
    });
  });
});

describe('reembedProject', () => {
  it('answers the change that is going, and refuses when the project has the model, or is none', async () => {
    const followed = await buildStoredProject(app, OLD, FEW);
    const held = holdAfter(fresh, 0, 512);
    const first = await mutate('reembedProject', followed.projectId);
    expect(first).toMatchObject({ reembedding: { fromModel: OLD, toModel: NEW, progress: 0 }, userErrors: [] });
    await fresh.untilRequests(1);
    expect(await mutate('reembedProject', followed.projectId)).toMatchObject({
      reembedding: { id: first.reembedding.id, status: 'RUNNING' },
    });
    held.release();
    await untilReembedding(app, first.reembedding.id);
    expect(await mutate('reembedProject', followed.projectId)).toEqual({
      reembedding: null,
      userErrors: [
        {
          code: 'CONFLICT',
          message: `The project has the configured embedding model already: ${NEW}.`,
          field: ['input', 'id'],
        },
      ],
    });
    for (const name of ['reembedProject', 'cancelReembedding', 'rollBackReembedding'])
      expect(await mutate(name, home.dataDir)).toMatchObject({ userErrors: [{ code: 'NOT_FOUND' }] });
  });

  it('takes in what syncs add and take away meanwhile, and sends each text once', async () => {
    const followed = await buildProjectOf(app, host, OLD, MANY);
    const held = holdAfter(fresh, 1, 512);
    const id = await reembed(followed);
    await fresh.untilRequests(2);
    old.reset();
    await followed.repository.commit({ 'new.md': '# Okapis\n\nThey hide.\n', 'page-3.md': null });
    expect(await sync(app, followed)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 1, filesDeleted: 1 });
    expect(textsSentTo(old)).toEqual([textOf('Okapis')]);
    expect((await search(followed, 'okapis')).hits[0]).toMatchObject({ filePath: 'new.md' });
    held.release();
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'SUCCEEDED', chunksTotal: 40, chunksEmbedded: 41 });
    const sent = textsSentTo(fresh);
    expect([sent.length, new Set(sent).size]).toEqual([41, 41]);
    const { hits, asked } = await search(followed, 'okapis');
    expect([hits.length, hits[0]!.filePath, asked]).toEqual([40, 'new.md', ['new']]);
  });

  it('lets a sync go on with the new model that was going when it came into use', async () => {
    const followed = await buildProjectOf(app, host, OLD, FEW);
    await followed.repository.commit({ 'new.md': '# Okapis\n\nThey hide.\n' });
    const held = holdAfter(old, 0);
    const before = old.requests.length;
    const run = await startSync(app, followed.projectDocId);
    await old.untilRequests(before + 1);
    await untilReembedding(app, await reembed(followed));
    held.release();
    expect(await untilRun(app, run.id, ({ finishedAt }) => finishedAt !== null)).toMatchObject({
      status: 'SUCCEEDED',
      filesAdded: 1,
      filesUnchanged: 2,
      filesProcessed: 3,
    });
    const { hits, asked } = await search(followed, 'okapis');
    expect([hits.length, hits[0]!.filePath, asked]).toEqual([3, 'new.md', ['new']]);
  });

  it('lets a sync make vectors again that went while it counted on them', async () => {
    const followed = await buildProjectOf(app, host, OLD, FEW);
    const { projectId } = followed;
    await followed.repository.commit({ 'copy.md': FEW['a.md'], 'new.md': '# Okapis\n\nThey hide.\n' });
    const held = holdAfter(old, 0);
    const before = old.requests.length;
    const run = await startSync(app, followed.projectDocId);
    await old.untilRequests(before + 1);
    await app.app.services.database.fork().nativeDelete(Embedding, { projectId });
    held.release();
    expect(await untilRun(app, run.id, ({ finishedAt }) => finishedAt !== null)).toMatchObject({
      status: 'SUCCEEDED',
      filesAdded: 2,
      filesProcessed: 4,
    });
    const { hits } = await search(followed, 'zebras');
    expect(hits.map(({ filePath }) => filePath).toSorted()).toEqual(['a.md', 'copy.md', 'new.md']);
  });

  it('mends a project of which a part has no vector', async () => {
    const followed = await buildStoredProject(app, NEW, FEW);
    behave();
    const em = app.app.services.database.fork();
    await em.nativeDelete(Embedding, { ...followed, textDigest: digestText(FEW['a.md'].trim()) });
    expect((await search(followed, 'zebras')).hits).toHaveLength(1);
    behave();
    const ended = await untilReembedding(app, await reembed(followed));
    expect(ended).toMatchObject({ status: 'SUCCEEDED', fromModel: NEW, chunksEmbedded: 1, keptUntil: null });
    expect(textsSentTo(fresh)).toEqual([textOf('Zebras')]);
    expect((await search(followed, 'zebras')).hits).toHaveLength(2);
  });

  it('ends when its project is deleted', async () => {
    const followed = await buildStoredProject(app, OLD, FEW);
    const held = holdAfter(fresh, 0, 512);
    const id = await reembed(followed);
    await fresh.untilRequests(1);
    await app.mutate('deleteProject', 'deletedId', { id: followed.projectId });
    held.release();
    // The next one has its turn when this one has ended.
    await untilReembedding(app, await reembed(await buildStoredProject(app, OLD, FEW)));
    expect(await app.app.services.database.fork().count(Reembedding, { id })).toBe(0);
    expect(await keptOf(followed)).toBe(0);
  });
});

describe('a reembedding whose model fails', () => {
  it('is FAILED and says where, after all other texts; the next one sends only what is missing', async () => {
    const followed = await buildStoredProject(app, OLD, { ...MANY, 'page-3.md': '# Bad\n\nIt is poison.\n' });
    fresh.alwaysEmbed(failsOn('poison', fails(400)));
    const failed = await untilReembedding(app, await reembed(followed));
    expect(failed).toMatchObject({ status: 'FAILED', chunksTotal: 40, chunksDone: 39, error: { retryable: false } });
    expect(failed.error.message).toMatch(
      /^One text could not be embedded; the first is at page-3\.md, lines 1 to 3: The/,
    );
    expect(failed.error.message).not.toMatch(/secret|key /);
    expect((await search(followed, 'number7')).asked).toEqual(['old']);
    behave();
    const id = await reembed(followed);
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'SUCCEEDED', chunksDone: 40, chunksEmbedded: 1 });
    expect(textsSentTo(fresh)).toEqual([textOf('poison')]);
  });

  it('tries no other text after 20 that are refused, and does not say that they are all', async () => {
    const followed = await buildStoredProject(app, OLD, MANY);
    fresh.alwaysEmbed(failsOn('animals', fails(400)));
    const { error } = await untilReembedding(app, await reembed(followed));
    expect(error.message).toMatch(/^At least 20 texts could not be embedded; the first is at page-0\.md/);
  });

  it('is FAILED at once when that does not pass', async () => {
    fresh.alwaysEmbed(fails(401));
    const id = await reembed(await buildStoredProject(app, OLD, MANY));
    expect(await untilReembedding(app, id)).toMatchObject({
      status: 'FAILED',
      chunksDone: 0,
      error: { code: 'AUTH', retryable: false },
    });
    expect(fresh.requests).toHaveLength(1);
    const lines = logged.map((line) => JSON.parse(line)).filter(({ reembeddingId }) => reembeddingId === id);
    expect(lines).toMatchObject([
      { level: 30, msg: 'reembedding', fromModel: OLD, toModel: NEW },
      { level: 40, msg: 'reembedding failed', code: 'AUTH', reason: expect.stringContaining('API key') },
    ]);
  });
});

describe('a reembedding whose model fails for a time', () => {
  const jobOf = (id: string, change = 'data = data') =>
    app.app.services.database.forJobs
      .executeSql(
        `update jobs.job set ${change} where singleton_key = '${id}' and state = 'created'
         returning data -> 'setbacks' as setbacks, extract(epoch from start_after - now())::float as seconds`,
      )
      .then(({ rows }) => rows[0] as { setbacks: { count: number }; seconds: number });
  const untilItWaits = (id: string) =>
    untilReembedding(app, id, ({ status, error }) => status === 'QUEUED' && error !== null);
  async function itsTimeComes(id: string, setbacks?: object): Promise<void> {
    const data = setbacks ? `, data = data || '${JSON.stringify({ setbacks })}'` : '';
    await jobOf(id, `start_after = now()${data}`);
    app.app.services.jobs.wake('reembed');
  }

  it('waits with the reason, longer each time unless it made vectors, and goes on by itself', async () => {
    const followed = await buildStoredProject(app, OLD, MANY);
    fresh.alwaysEmbed(breaksDown());
    const id = await reembed(followed);
    expect(await untilItWaits(id)).toMatchObject({
      chunksDone: 0,
      finishedAt: null,
      error: { code: 'PROVIDER_ERROR', message: expect.stringMatching(/^The provider failed/), retryable: true },
    });
    expect(fresh.requests).toHaveLength(5);
    const first = await jobOf(id);
    expect([first.setbacks.count, first.seconds > 5, first.seconds <= 16]).toEqual([1, true, true]);

    const failAgain = async (setbacks?: object) => {
      const before = fresh.requests.length;
      await itsTimeComes(id, setbacks);
      await fresh.untilRequests(before + 5);
      await untilItWaits(id);
      return jobOf(id);
    };
    const second = await failAgain();
    expect([second.setbacks.count, second.seconds > 20, second.seconds <= 31]).toEqual([2, true, true]);
    const tenth = await failAgain({ count: 9, since: Date.now() });
    expect([tenth.setbacks.count, tenth.seconds > 440, tenth.seconds <= 601]).toEqual([10, true, true]);
    fresh.scriptEmbeddings(embedsWith(512));
    expect((await failAgain()).setbacks.count).toBe(1);
    expect((await search(followed, 'number7')).asked).toEqual(['old']);

    behave();
    await itsTimeComes(id);
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 40, error: null });
    expect(textsSentTo(fresh)).toHaveLength(8);
  });

  it('waits as long as the provider asks for, while other projects have their turn', async () => {
    fresh.alwaysEmbed(rateLimited(200));
    const id = await reembed(await buildStoredProject(app, OLD, FEW));
    expect(await untilItWaits(id)).toMatchObject({ error: { code: 'RATE_LIMITED' } });
    expect((await jobOf(id)).seconds).toBeGreaterThan(150);
    expect(fresh.requests).toHaveLength(1);
    await mutate('cancelReembedding', id);
  });

  it('is tried at once when reembedProject is asked for it again', async () => {
    fresh.alwaysEmbed(rateLimited(200));
    const project = await buildStoredProject(app, OLD, FEW);
    const id = await reembed(project);
    await untilItWaits(id);
    behave();
    expect(await reembed(project)).toBe(id);
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'SUCCEEDED', error: null });
  });

  it('is FAILED once it has made no vector for an hour', async () => {
    fresh.alwaysEmbed(breaksDown());
    const id = await reembed(await buildStoredProject(app, OLD, FEW));
    await untilItWaits(id);
    await itsTimeComes(id, { count: 9, since: Date.now() - 3_600_000 });
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'FAILED', error: { code: 'PROVIDER_ERROR' } });
  });

  it('can be cancelled meanwhile', async () => {
    fresh.alwaysEmbed(breaksDown());
    const id = await reembed(await buildStoredProject(app, OLD, FEW));
    await untilItWaits(id);
    expect(await mutate('cancelReembedding', id)).toMatchObject({ reembedding: { status: 'CANCELLED' } });
    behave();
    await itsTimeComes(id);
    // Jobs of the queue are done one after the other.
    const other = await buildStoredProject(app, OLD, { 'c.md': '# Okapis\n\nThey hide.\n' });
    await untilReembedding(app, await reembed(other));
    expect(textsSentTo(fresh)).toEqual([textOf('Okapis')]);
  });
});

describe('cancelReembedding', () => {
  it('leaves the old vectors in use, and what was made is not made again', async () => {
    const followed = await buildStoredProject(app, OLD, MANY);
    const held = holdAfter(fresh, 1, 512);
    const id = await reembed(followed);
    await fresh.untilRequests(2);
    expect(await mutate('cancelReembedding', id)).toMatchObject({
      reembedding: { id, status: 'CANCELLED', chunksDone: 32, error: null, keptUntil: expect.any(String) },
      userErrors: [],
    });
    held.release();
    expect(await mutate('cancelReembedding', id)).toMatchObject({ userErrors: [{ code: 'CONFLICT' }] });
    expect(await mutate('rollBackReembedding', id)).toMatchObject({ userErrors: [{ code: 'CONFLICT' }] });
    expect(await search(followed, 'number7')).toMatchObject({ asked: ['old'], hits: { length: 40 } });
    fresh.reset();
    expect(await untilReembedding(app, await reembed(followed))).toMatchObject({ status: 'SUCCEEDED', chunksDone: 40 });
    expect(textsSentTo(fresh)).toHaveLength(8);
  });
});

describe('rollBackReembedding', () => {
  it('brings the old vectors back, makes those of what came since, and can be taken back itself', async () => {
    const followed = await buildProjectOf(app, host, OLD, FEW);
    const id = await reembed(followed);
    await untilReembedding(app, id);
    await followed.repository.commit({ 'new.md': '# Okapis\n\nThey hide.\n' });
    await sync(app, followed);
    old.reset();
    const { reembedding: back } = await mutate('rollBackReembedding', id);
    expect(back).toMatchObject({ fromModel: NEW, toModel: OLD, rollsBack: { id } });
    expect(await untilReembedding(app, back.id)).toMatchObject({
      status: 'SUCCEEDED',
      chunksTotal: 3,
      chunksEmbedded: 1,
    });
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'ROLLED_BACK', keptUntil: null });
    expect(textsSentTo(old)).toEqual([textOf('Okapis')]);
    const { hits, asked } = await search(followed, 'okapis');
    expect([hits.length, hits[0]!.filePath, asked]).toEqual([3, 'new.md', ['old']]);
    fresh.reset();
    const { reembedding: forth } = await mutate('rollBackReembedding', back.id);
    expect(await untilReembedding(app, forth.id)).toMatchObject({ status: 'SUCCEEDED', toModel: NEW });
    expect(fresh.requests).toEqual([]);
    expect((await search(followed, 'okapis')).asked).toEqual(['new']);
  });

  it('waits for no change of another project', async () => {
    const followed = await buildStoredProject(app, OLD, FEW);
    const id = await reembed(followed);
    await untilReembedding(app, id);
    fresh.reset();
    const held = holdAfter(fresh, 0, 512);
    const other = await reembed(await buildStoredProject(app, OLD, FEW));
    await fresh.untilRequests(1);
    const { reembedding: back } = await mutate('rollBackReembedding', id);
    expect(await untilReembedding(app, back.id)).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 0 });
    expect(await untilReembedding(app, other, () => true)).toMatchObject({ status: 'RUNNING' });
    held.release();
    await untilReembedding(app, other);
  });

  it('is refused once the old vectors are not kept any more, and only they are kept', async () => {
    const followed = await buildStoredProject(app, OLD, FEW);
    const id = await reembed(followed);
    await untilReembedding(app, id);
    const { services } = app.app;
    await dropUnneededEmbeddings(services);
    expect(await keptOf(followed)).toBe(2);
    await services.database.fork().nativeUpdate(Reembedding, { id }, { keptUntil: new Date(0) });
    await dropUnneededEmbeddings(services);
    expect(await keptOf(followed)).toBe(0);
    expect(await mutate('rollBackReembedding', id)).toMatchObject({
      userErrors: [{ code: 'CONFLICT', message: 'Its old vectors are not kept: see keptUntil.' }],
    });
  });
});

describe('a search of a project whose model is not the configured one', () => {
  it('does with words when the model is gone, unless it was asked for meaning alone', async () => {
    const followed = await buildProjectOf(app, host, OLD, FEW);
    old.alwaysEmbed(fails(503));
    const { data } = await request(followed, 'zebras', 'HYBRID');
    expect(data.project.search).toEqual({ mode: 'KEYWORD', hits: [{ filePath: 'a.md', similarityScore: null }] });
    old.alwaysEmbed(fails(401));
    const { errors } = await request(followed, 'zebras');
    expect(errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE' } }]);
  });

  it('names no setting where its model is gone, since none says any more which it is', async () => {
    const followed = await buildStoredProject(app, OLD, FEW);
    old.alwaysEmbed(fails(404, { message: 'no such model' }));
    expect((await request(followed, 'zebras')).errors![0]!.message).toBe(
      'The provider has no model old (HTTP 404). Check that it is still served, or use reembedProject to change to the configured model.',
    );
  });

  it('sends a key to the server alone that it is configured for', async () => {
    const keys = { OPENAI_COMPATIBLE_API_KEY: 'key-of-new' };
    const sentTo = ({ requests }: ScriptedProvider) => new Set(requests.map(({ headers }) => headers.authorization));
    await app.stop();
    await startWith('new', keys);
    const followed = await buildStoredProject(app, OLD, FEW);
    await search(followed, 'zebras');
    expect([...sentTo(old)]).toEqual([undefined]);

    old.reset();
    await app.stop();
    const held = holdAfter(fresh, 0, 512);
    await startWith('new', {
      ...keys,
      EMBEDDING_PREVIOUS_BASE_URL: old.baseUrl,
      EMBEDDING_PREVIOUS_API_KEY: 'key-of-old',
    });
    expect((await search(followed, 'zebras')).hits).toHaveLength(2);
    held.release();
    await untilReembedding(app, (await modelOf(app, followed.projectId)).latestReembedding.id);
    expect([...sentTo(old)]).toEqual(['Bearer key-of-old']);
    expect([...sentTo(fresh)]).toEqual(['Bearer key-of-new']);
  });

  it('does with words when nobody knows any more where the model was', async () => {
    const followed = await buildProjectOf(app, host, NEW, FEW);
    const { projectId: id } = followed;
    await app.app.services.database.fork().nativeUpdate(Project, { id }, { embeddingModel: 'builtin/older' });
    const { data } = await request(followed, 'zebras', 'HYBRID');
    expect(data.project.search).toEqual({ mode: 'KEYWORD', hits: [{ filePath: 'a.md', similarityScore: null }] });
    const { errors } = await request(followed, 'zebras');
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/^The embedding model builtin\/older cannot be called any more/) },
    ]);
  });
});

describe('a reembedding whose process ends', () => {
  it('is taken up once it has shown no life for long, and while it does, it is left alone', async () => {
    const { projectId } = await buildStoredProject(app, OLD, FEW);
    const other = await buildStoredProject(app, OLD, FEW);
    const values = { status: ReembeddingStatus.RUNNING, fromModel: OLD, finishedAt: null };
    const { id } = await buildReembedding(app, { ...values, projectId, heartbeatAt: new Date(0) });
    const { id: alive } = await buildReembedding(app, {
      ...values,
      projectId: other.projectId,
      heartbeatAt: new Date(Date.now() + 3_600_000),
    });
    await takeUpLostReembeddings(app.app.services);
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'SUCCEEDED', chunksEmbedded: 2 });
    expect(await untilReembedding(app, alive, () => true)).toMatchObject({ status: 'RUNNING' });
    expect(await mutate('cancelReembedding', alive)).toMatchObject({ userErrors: [] });
  });

  /** The embedded database has no clock of its own. */
  itOnServer('is not taken for dead, slow as its clock may be, by one with a fast clock', async () => {
    const followed = await buildStoredProject(app, OLD, FEW);
    const held = holdAfter(fresh, 0, 512);
    try {
      setClockOff(-3_600_000);
      const id = await reembed(followed);
      await fresh.untilRequests(1);
      setClockOff(3_600_000);
      await takeUpLostReembeddings(app.app.services);
      setClockOff(0);
      held.release();
      expect(await untilReembedding(app, id)).toMatchObject({ status: 'SUCCEEDED' });
      expect(await app.app.services.database.fork().findOneOrFail(Reembedding, id)).toMatchObject({ attempt: 1 });
    } finally {
      setClockOff(0);
      held.release();
    }
  });

  it('goes on in the next one and sends nothing twice; what callers took back stays', async () => {
    const followed = await buildStoredProject(app, OLD, pagesAbout('plants'));
    const [cancelled, rolledBack] = [await buildStoredProject(app, OLD, FEW), await buildStoredProject(app, OLD, FEW)];
    const settled = [
      await buildReembedding(app, { projectId: cancelled.projectId, status: ReembeddingStatus.CANCELLED }),
      await buildReembedding(app, { projectId: rolledBack.projectId, status: ReembeddingStatus.ROLLED_BACK }),
    ];
    holdAfter(fresh, 1, 512);
    const id = await reembed(followed);
    await fresh.untilRequests(2);
    const stored = textsSentTo(fresh).slice(0, 32);
    await app.stop();
    behave();
    await startWith('new');
    expect(await untilReembedding(app, id)).toMatchObject({ status: 'SUCCEEDED', chunksDone: 40, chunksEmbedded: 40 });
    const sent = textsSentTo(fresh).filter((text) => text.includes('plants'));
    expect(sent).toHaveLength(8);
    expect(sent.filter((text) => stored.includes(text))).toEqual([]);
    for (const [index, { projectId }] of [cancelled, rolledBack].entries())
      expect(await modelOf(app, projectId)).toMatchObject({
        embeddingModel: OLD,
        reembeddings: { totalCount: 1, nodes: [{ id: settled[index]!.id }] },
      });
  });

  it('makes room for the change to a third model, when the next one has that', async () => {
    const followed = await buildStoredProject(app, OLD, FEW);
    holdAfter(fresh, 0, 512);
    const id = await reembed(followed);
    await fresh.untilRequests(1);
    await app.stop();
    behave();
    await startWith('builtin');
    expect(await untilReembedding(app, id)).toMatchObject({
      status: 'FAILED',
      error: { code: 'INTERRUPTED', message: 'The service was started with another embedding model.' },
    });
    const { latestReembedding } = await modelOf(app, followed.projectId);
    expect(await untilReembedding(app, latestReembedding.id)).toMatchObject({ status: 'SUCCEEDED', fromModel: OLD });
    expect(await modelOf(app, followed.projectId)).toMatchObject({ embeddingModel: BUILTIN });
    expect(await search(followed, 'zebras')).toMatchObject({ asked: [], hits: { 0: { filePath: 'a.md' } } });
    await app.app.services.database.fork().nativeDelete(Project, {});
    await app.stop();
    await startWith('new');
  });
});
