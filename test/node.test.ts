import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { newId } from '../src/platform/database/columns.js';
import {
  buildChunk,
  buildConversation,
  buildDocument,
  buildEvaluationQuestion,
  buildEvaluationRun,
  buildEvaluationSet,
  buildMessage,
  buildProject,
  buildProjectDoc,
  buildReembedding,
  buildSyncRun,
  defaultProviderId,
} from './support/factories.js';
import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
/** One object of each type, by the type's name. */
let ids: Record<string, string>;

beforeAll(async () => {
  app = await startTestApp();
  const { id: projectId } = await buildProject(app, { name: 'Handbook' });
  const { id: projectDocId } = await buildProjectDoc(app, { projectId });
  const { id: documentId } = await buildDocument(app, { projectId, projectDocId });
  const { id: conversationId } = await buildConversation(app, { projectId });
  const { id: setId } = await buildEvaluationSet(app, { projectId });
  ids = {
    Project: projectId,
    ProjectDoc: projectDocId,
    Reembedding: (await buildReembedding(app, { projectId })).id,
    SyncRun: (await buildSyncRun(app, { projectDocId })).id,
    Document: documentId,
    Chunk: (await buildChunk(app, { projectId, documentId, chunkIndex: 0 })).id,
    LLMProvider: await defaultProviderId(app),
    Conversation: conversationId,
    Message: (await buildMessage(app, { conversationId, sequence: 1 })).id,
    EvaluationSet: setId,
    EvaluationQuestion: (await buildEvaluationQuestion(app, { setId })).id,
    EvaluationRun: (await buildEvaluationRun(app, { setId })).id,
  };
});
afterAll(() => app.stop());

const node = async (id: string) =>
  (await app.query('query($id: ID!) { node(id: $id) { __typename id ... on Project { name } } }', { id })).node;
const nodes = (list: string[]) =>
  app.request('query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', { ids: list });

describe('node', () => {
  it('finds an object of every type by its id alone', async () => {
    const found = await Promise.all(Object.values(ids).map(async (id) => [(await node(id)).__typename, id]));
    expect(Object.fromEntries(found)).toEqual(ids);
  });

  it('covers every type that implements Node', async () => {
    const { __type } = await app.query('{ __type(name: "Node") { possibleTypes { name } } }');
    expect(__type.possibleTypes.map(({ name }: { name: string }) => name).sort()).toEqual(Object.keys(ids).sort());
  });

  it('answers the fields of the type that it found', async () => {
    expect(await node(ids.Project!)).toEqual({ __typename: 'Project', id: ids.Project, name: 'Handbook' });
  });

  it.each(['', ' ', 'nonsense', '42', '00000000-0000-0000-0000-000000000000', `${newId()}0`, newId()])(
    'is null for the id "%s"',
    async (id) => expect(await node(id)).toBeNull(),
  );
});

describe('nodes', () => {
  it('answers in the order of the ids, null where there is nothing, and repeats what is asked for twice', async () => {
    const { data } = await nodes([ids.Message!, 'nonsense', ids.Project!, newId(), ids.Message!]);
    expect(data.nodes).toEqual([
      { __typename: 'Message', id: ids.Message },
      null,
      { __typename: 'Project', id: ids.Project },
      null,
      { __typename: 'Message', id: ids.Message },
    ]);
  });

  it('is empty for no ids', async () => {
    expect((await nodes([])).data).toEqual({ nodes: [] });
  });

  it('takes 100 ids, and costs one statement', async () => {
    const list = Array.from({ length: 100 }, (_, index) => (index === 99 ? ids.Chunk! : newId()));
    const seen = await app.statements(async () => {
      const { data } = await nodes(list);
      expect(data.nodes).toEqual([...Array(99).fill(null), { __typename: 'Chunk', id: ids.Chunk }]);
    });
    expect(seen).toHaveLength(1);
  });

  it('refuses 101 ids', async () => {
    const { data, errors } = await nodes(Array.from({ length: 101 }, newId));
    expect(data).toBeNull();
    expect(errors).toMatchObject([
      { message: 'ids must name at most 100.', path: ['nodes'], extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });
});
