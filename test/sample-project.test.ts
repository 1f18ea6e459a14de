import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { EXAMPLE_OPERATIONS } from '../src/example-operations.js';
import { SAMPLE_QUESTION } from '../src/sample-project.js';
import { untilRun } from './support/sync-bench.js';
import { createTestHome, startTestApp, type TestApp, type TestHome, type Values } from './support/test-app.js';

const FIELDS = `id name projectDocs { nodes {
  id name githubUrl githubFolderPath branch syncStatus latestSyncRun { id }
} }`;

let home: TestHome;
let app: TestApp;
let run: Values;
const start = (at = home) => startTestApp({ env: { SAMPLE_PROJECT: 'true' }, home: at });
const projectsOf = async (of = app): Promise<Values[]> =>
  (await of.query(`{ projects { nodes { ${FIELDS} } } }`)).projects.nodes;
beforeAll(async () => {
  home = await createTestHome({ empty: true });
  app = await start();
  const [project] = await projectsOf();
  const { id } = project!.projectDocs.nodes[0].latestSyncRun;
  run = await untilRun(app, id, ({ finishedAt }) => finishedAt !== null);
});
afterAll(async () => {
  await app.stop();
  await home.remove();
});

describe('the first start', () => {
  it("loads a project about this service: this checkout's own README, license and docs", async () => {
    const [project, ...others] = await projectsOf();
    expect(others).toEqual([]);
    expect(project!.name).toBe('ibid');
    const [projectDoc] = project!.projectDocs.nodes;
    expect(projectDoc).toMatchObject({ name: 'README and docs', githubFolderPath: null, branch: null });
    expect(projectDoc.githubUrl).toMatch(/^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
    expect(run).toMatchObject({ status: 'SUCCEEDED', filesFailed: 0 });
    expect(run.filesAdded).toBeGreaterThan(0);
  });

  it('answers the question that a newcomer is shown', async () => {
    const [project] = await projectsOf();
    const { assistantMessage } = await app.mutate('createConversation', 'assistantMessage { id }', {
      projectId: project!.id,
      message: SAMPLE_QUESTION,
    });
    const results = await app.follow(
      `subscription($id: ID!) { answerEvents(messageId: $id) {
        ... on AnswerEnded { message { content citations { verdict source { filePath } } } } } }`,
      { id: assistantMessage.id },
    );
    const { content, citations } = results.at(-1)!.data.answerEvents.message;
    expect(content).toContain('\n  createdb ibid\n');
    expect(citations.length).toBeGreaterThan(0);
    for (const { verdict, source } of citations)
      expect([verdict, source.filePath]).toEqual(['SUPPORTED', expect.stringMatching(/^(README\.md$|docs\/)/)]);
  });

  it.each([
    ['What is the default port?', 'docs/operations.md', 'The default port is 4000'],
    ['What license does ibid have?', 'README.md', 'MIT license'],
    ['What does the license say about liability?', 'LICENSE', 'LIABILITY'],
  ])('finds what answers the question: %s', async (query, filePath, words) => {
    const [project] = await projectsOf();
    const found = await app.query(
      'query($id: ID!, $query: String!) { project(id: $id) { search(query: $query, topK: 3) { hits { filePath chunk { chunkText } } } } }',
      { id: project!.id, query },
    );
    const hits: Values[] = found.project.search.hits.filter((hit: Values) => hit.filePath === filePath);
    expect(hits.map(({ chunk }) => chunk.chunkText).join('')).toContain(words);
  });

  it('is what the query finds that GraphiQL opens with, also beside a newer project', async () => {
    const { project } = await app.mutate('createProject', 'project { id }', { name: 'Newer' });
    const { projects } = await app.query(EXAMPLE_OPERATIONS[0]!.query);
    expect(projects.nodes.map(({ name }: Values) => name)).toEqual(['ibid']);
    expect(projects.nodes[0].search.hits).toHaveLength(5);
    await app.mutate('deleteProject', 'deletedId', { id: project.id });
  });
});

describe('a later start', () => {
  it('leaves the sample as it is', async () => {
    const before = await projectsOf();
    await app.stop();
    app = await start();
    expect(await projectsOf()).toEqual(before);
  });

  it('does not bring it back when it was deleted', async () => {
    const own = await createTestHome({ empty: true });
    const first = await start(own);
    const [project] = await projectsOf(first);
    await first.mutate('deleteProject', 'deletedId', { id: project!.id });
    await first.stop();
    const second = await start(own);
    expect(await projectsOf(second)).toEqual([]);
    await second.stop();
    await own.remove();
  });
});
