import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { DocumentTerm } from '../src/document/document-term.entity.js';
import { Document } from '../src/document/document.entity.js';
import { Embedding } from '../src/document/embedding.entity.js';
import { buildProject } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { describeOnServer } from './support/kind-of-database.js';
import { embeddingBy } from './support/scripted-app.js';
import { type ScriptedProvider, startScriptedProvider, waitsWith } from './support/scripted-provider.js';
import { followRepository, startSync, sync, untilRun } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome, type Values } from './support/test-app.js';

let host: GitHost;
let provider: ScriptedProvider;
let home: TestHome;
let app: TestApp;
const start = () => startTestApp({ env: { GIT_HOSTS: host.hostEntry, ...embeddingBy(provider) }, home });
beforeAll(async () => {
  [host, provider, home] = await Promise.all([startGitHost(), startScriptedProvider(), createTestHome()]);
  app = await start();
});
afterEach(() => provider.reset());
afterAll(async () => {
  await app.stop();
  await home.remove();
  await Promise.all([host.stop(), provider.stop()]);
});

const ended = ({ finishedAt }: Values): boolean => finishedAt !== null;
const numbers = Array.from({ length: 30 }, (_, index) => index);
const page = (index: number, revision: string): string =>
  `# Page ${index}\n\nThe marmalade of page ${index}, ${revision}.\n\n## Details\n\n${`More ${revision} words. `.repeat(40)}\n`;
const files = (revision: string) =>
  Object.fromEntries(numbers.map((index) => [`page-${index}.md`, page(index, revision)]));

describe('a search during a sync', () => {
  it('sees of each document the old revision or the new one, never none and never both', async () => {
    const followed = await followRepository(app, host, files('old'));
    await sync(app, followed);
    await followed.repository.commit(files('new'));
    const search = async (): Promise<string[]> => {
      const { project } = await app.query(
        `query($id: ID!) { project(id: $id) { search(query: "marmalade", mode: KEYWORD, topK: 100) { hits { filePath chunk { chunkText } } } } }`,
        { id: followed.projectId },
      );
      const { hits } = project.search;
      expect(hits.map(({ filePath }: Values) => filePath).sort()).toEqual(Object.keys(files('any')).sort());
      return hits.map(({ chunk }: Values) => /, (old|new)\./.exec(chunk.chunkText)![1]!);
    };
    const held = Promise.withResolvers<void>();
    provider.alwaysEmbed(waitsWith('page 9, new', held.promise));
    const { id } = await startSync(app, followed.projectDocId);
    await untilRun(app, id, ({ filesUpdated }) => filesUpdated > 0);
    expect(new Set(await search())).toEqual(new Set(['old', 'new']));
    held.resolve();
    for (let run: Values | null = null; !run || !ended(run);) {
      const [, { node }] = await Promise.all([
        search(),
        app.query('query($id: ID!) { node(id: $id) { ... on SyncRun { finishedAt } } }', { id }),
      ]);
      run = node;
    }
    expect(await untilRun(app, id, ended)).toMatchObject({ status: 'SUCCEEDED', filesUpdated: 30 });
    expect(new Set(await search())).toEqual(new Set(['new']));
  });

  it('finds nothing any more of what left the repository, once the run is over', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n\nMarmalade.\n', 'b.md': '# B\n' });
    await sync(app, followed);
    await followed.repository.commit({ 'a.md': null });
    await sync(app, followed);
    const { project } = await app.query(
      'query($id: ID!) { project(id: $id) { search(query: "marmalade", mode: KEYWORD) { hits { filePath } } } }',
      { id: followed.projectId },
    );
    expect(project.search.hits).toEqual([]);
  });
});

describe('what belongs to a document', () => {
  it.each([
    [
      'its file changed',
      (one: Values) => one.repository.commit({ 'a.md': '# Other\n' }).then(() => sync(app, one as never)),
    ],
    ['its file left', (one: Values) => one.repository.commit({ 'a.md': null }).then(() => sync(app, one as never))],
    [
      'its ProjectDoc was deleted',
      (one: Values) => app.mutate('deleteProjectDoc', 'deletedId', { id: one.projectDocId }),
    ],
    ['its project was deleted', (one: Values) => app.mutate('deleteProject', 'deletedId', { id: one.projectId })],
  ])('is gone when %s', async (_, change) => {
    const followed = await followRepository(app, host, { 'a.md': '# Unusual zucchini\n\nText.\n', 'b.md': '# B\n' });
    await sync(app, followed);
    const { projectId } = followed;
    const em = () => app.app.services.database.fork();
    const terms = () => em().find(DocumentTerm, { projectId });
    expect((await terms()).map(({ term }) => term)).toContain('zucchini');
    await change(followed);
    const documents = await em().find(Document, { projectId });
    const ids = new Set(documents.map(({ id }) => id));
    expect((await terms()).filter(({ documentId }) => !ids.has(documentId))).toEqual([]);
    expect((await terms()).map(({ term }) => term)).not.toContain('zucchini');
  });
});

// The embedded database belongs to one process.
describeOnServer('two processes on one database', () => {
  let other: TestApp;
  beforeAll(async () => void (other = await start()));
  afterAll(() => other.stop());

  it('never run one ProjectDoc at once', async () => {
    const { id: projectId } = await buildProject(app);
    const [alone, followed] = await Promise.all(
      [1, 2].map(() => followRepository(app, host, files('first'), { projectId })),
    );
    host.requests.length = 0;
    await sync(app, alone!);
    const requestsOfOne = host.requests.length;
    host.requests.length = 0;
    const runs = await Promise.all([app, other, app, other].map((one) => startSync(one, followed!.projectDocId)));
    expect(new Set(runs.map(({ id }) => id)).size).toBe(1);
    expect(await untilRun(other, runs[0]!.id, ended)).toMatchObject({ status: 'SUCCEEDED', filesAdded: 30 });
    expect(host.requests.length).toBe(requestsOfOne);
  });

  it('may sync several ProjectDocs of one project at once, whose common passages are stored once', async () => {
    const { id: projectId } = await buildProject(app);
    const common = { 'page.md': page(0, 'first') };
    const followed = await Promise.all(
      numbers.slice(0, 4).map(() => followRepository(app, host, common, { projectId })),
    );
    const runs = await Promise.all(followed.map((one, index) => sync(index % 2 ? app : other, one)));
    expect(runs.map(({ status, filesAdded }) => [status, filesAdded])).toEqual(followed.map(() => ['SUCCEEDED', 1]));
    const em = app.app.services.database.fork();
    expect(await em.count(Document, { projectId })).toBe(4);
    expect(await em.count(Embedding, { projectId })).toBe(2);
  });
});
