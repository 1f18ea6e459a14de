import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import {
  buildConversation,
  buildDocument,
  buildLLMProvider,
  buildMessage,
  buildProject,
  buildProjectDoc,
  buildSyncRun,
} from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

/** Minutes of one hour, out of order and with two that are equal. */
const minute = (value: number) => new Date(Date.UTC(2026, 0, 31, 12, value));

describe('projects', () => {
  // Of their own: they are compared with all that there are.
  let app: TestApp;
  let names: string[];
  beforeAll(async () => {
    app = await startTestApp();
    const rows = [
      { name: 'beta', createdAt: minute(2), updatedAt: minute(9) },
      { name: 'Alpha', createdAt: minute(1), updatedAt: minute(8) },
      { name: 'Äpfel', createdAt: minute(3), updatedAt: minute(7) },
      { name: 'alpha 2', createdAt: minute(3), updatedAt: minute(5) },
      { name: 'Zulu', createdAt: minute(4), updatedAt: minute(6) },
    ];
    for (const row of rows) await buildProject(app, row);
    names = rows.map(({ name }) => name);
  });
  afterAll(() => app.stop());

  const list = async (args: Values = {}) =>
    (
      await app.query(
        'query($orderBy: ProjectOrder, $filter: ProjectFilter) { projects(orderBy: $orderBy, filter: $filter) { nodes { name } totalCount } }',
        args,
      )
    ).projects;
  const namesOf = async (args?: Values) => (await list(args)).nodes.map(({ name }: Values) => name);

  const byCreation = ['Alpha', 'beta', 'Äpfel', 'alpha 2', 'Zulu'];
  const byUpdate = ['alpha 2', 'Zulu', 'Äpfel', 'Alpha', 'beta'];
  const byName = ['Alpha', 'alpha 2', 'beta', 'Zulu', 'Äpfel'];

  it('come newest first, the later made first of two of the same time', async () => {
    expect(await namesOf()).toEqual(byCreation.toReversed());
    expect(await namesOf({ orderBy: null })).toEqual(byCreation.toReversed());
  });

  it.each([
    ['CREATED_AT', byCreation],
    ['UPDATED_AT', byUpdate],
    ['NAME', byName],
  ])('come by %s in both directions', async (field, expected) => {
    expect(await namesOf({ orderBy: { field, direction: 'ASC' } })).toEqual(expected);
    expect(await namesOf({ orderBy: { field, direction: 'DESC' } })).toEqual(expected.toReversed());
  });

  it.each([
    ['ALPHA', ['alpha 2', 'Alpha']],
    ['ä', ['Äpfel']],
    ['2', ['alpha 2']],
    ['%', []],
    ['_', []],
    ['\\', []],
  ])('are filtered by the text "%s" as it is, in any case', async (nameContains, expected) => {
    const { nodes, totalCount } = await list({ filter: { nameContains } });
    expect(nodes.map(({ name }: Values) => name)).toEqual(expected);
    expect(totalCount).toBe(expected.length);
  });

  it.each([{}, { nameContains: null }, { nameContains: '' }])('are all there for the filter %j', async (filter) => {
    expect((await namesOf({ filter })).sort()).toEqual(names.toSorted());
  });

  it.each([
    ['of 256 characters', 'x'.repeat(256), 'nameContains must have at most 255 characters.'],
    ['with NUL', 'a\0', 'nameContains must not hold NUL characters or broken Unicode.'],
    ['with half a surrogate pair', 'a\ud800', 'nameContains must not hold NUL characters or broken Unicode.'],
  ])('refuse a filter %s', async (_, nameContains, message) => {
    const { errors } = await app.request('query($filter: ProjectFilter) { projects(filter: $filter) { totalCount } }', {
      filter: { nameContains },
    });
    expect(errors).toMatchObject([{ message, extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('take a filter of 255 characters that need two code units each', async () => {
    expect(await namesOf({ filter: { nameContains: '😀'.repeat(255) } })).toEqual([]);
  });
});

describe('llmProviders', () => {
  it('come with the default first, then newest first', async () => {
    const old = await buildLLMProvider(app, { modelName: 'old', createdAt: minute(1) });
    await buildLLMProvider(app, { modelName: 'new', createdAt: minute(2) });
    const models = async () =>
      (await app.query('{ llmProviders { nodes { modelName isDefault } } }')).llmProviders.nodes.map(
        ({ modelName, isDefault }: Values) => (isDefault ? `${modelName}, the default` : modelName),
      );
    const [first, ...rest] = await models();
    expect(first).toMatch(/, the default$/);
    expect(rest).toEqual(['new', 'old']);
    await app.mutate('setDefaultLLMProvider', 'llmProvider { id }', { id: old.id });
    // The one of the first start is newer than both.
    expect(await models()).toEqual(['old, the default', first.replace(', the default', ''), 'new']);
  });
});

describe('lists below a project', () => {
  const list = async (id: string, field: string, key: string) =>
    (await app.query(`query($id: ID!) { project(id: $id) { ${field} { nodes { ${key} } } } }`, { id })).project[
      field
    ].nodes.map((node: Values) => node[key]);

  it('have documents by path, byte by byte, whichever ProjectDoc they are of', async () => {
    const { id: projectId } = await buildProject(app);
    const docs = [await buildProjectDoc(app, { projectId }), await buildProjectDoc(app, { projectId })];
    const paths = ['docs/b.md', 'README.md', 'docs/B.md', 'docs.md', 'docs/a/z.md', 'docs/é.md'];
    for (const [index, filePath] of paths.entries())
      await buildDocument(app, { projectId, projectDocId: docs[index % 2]!.id, filePath });
    expect(await list(projectId, 'documents', 'filePath')).toEqual([
      'README.md',
      'docs.md',
      'docs/B.md',
      'docs/a/z.md',
      'docs/b.md',
      'docs/é.md',
    ]);
  });

  it('have conversations last active first, the later made first of two of the same time', async () => {
    const { id: projectId } = await buildProject(app);
    for (const [title, updatedAt] of [
      ['a', 2],
      ['b', 5],
      ['c', 1],
      ['d', 5],
    ] as const)
      await buildConversation(app, { projectId, title, updatedAt: minute(updatedAt) });
    expect(await list(projectId, 'conversations', 'title')).toEqual(['d', 'b', 'a', 'c']);
  });

  it('have messages oldest first by their sequence, whatever their times', async () => {
    const { id: projectId } = await buildProject(app);
    const { id } = await buildConversation(app, { projectId });
    for (const [sequence, createdAt] of [
      [2, 1],
      [1, 1],
      [10, 1],
      [3, 9],
    ] as const)
      await buildMessage(app, {
        conversationId: id,
        sequence,
        content: String(sequence),
        createdAt: minute(createdAt),
      });
    await buildMessage(app, { conversationId: id, sequence: 4, content: 'on another branch', active: false });
    const { conversation } = await app.query(
      'query($id: ID!) { conversation(id: $id) { messages { totalCount nodes { content } } } }',
      { id },
    );
    expect(conversation.messages.nodes.map(({ content }: Values) => content)).toEqual(['1', '2', '3', '10']);
    expect(conversation.messages.totalCount).toBe(4);
  });

  it('have runs newest first, and the newest is latestSyncRun', async () => {
    const { id: projectId } = await buildProject(app);
    const { id } = await buildProjectDoc(app, { projectId });
    for (const [commitSha, createdAt] of [
      ['a', 2],
      ['b', 7],
      ['c', 7],
      ['d', 1],
    ] as const)
      await buildSyncRun(app, { projectDocId: id, commitSha, createdAt: minute(createdAt) });
    const { projectDoc } = await app.query(
      'query($id: ID!) { projectDoc(id: $id) { latestSyncRun { commitSha } syncRuns { nodes { commitSha } } } }',
      { id },
    );
    expect(projectDoc.syncRuns.nodes.map(({ commitSha }: Values) => commitSha)).toEqual(['c', 'b', 'a', 'd']);
    expect(projectDoc.latestSyncRun.commitSha).toBe('c');
  });
});
