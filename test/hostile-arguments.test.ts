import 'reflect-metadata';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getNamedType, getNullableType, type GraphQLObjectType, isListType, isObjectType, isScalarType } from 'graphql';

import { MessageRole } from '../src/conversation/message.enums.js';
import { newId } from '../src/platform/database/columns.js';
import { buildApiSchema } from '../src/schema.js';
import {
  buildChunk,
  buildConversation,
  buildDocument,
  buildEvaluationQuestion,
  buildEvaluationRun,
  buildEvaluationSet,
  buildLLMProvider,
  buildMessage,
  buildProject,
  buildProjectDoc,
  buildReembedding,
  buildSyncRun,
  buildSyncRunFile,
} from './support/factories.js';
import {
  HOSTILE_FLOATS,
  HOSTILE_JSON,
  HOSTILE_NUMBERS,
  HOSTILE_STRINGS,
  LARGE_STRINGS,
  leakIn,
} from './support/hostile-values.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { type Argument, argumentsOf, type Ids } from './support/schema-arguments.js';
import { startTestApp, type TestApp } from './support/test-app.js';

/** Below the limits on aliases and tokens. */
const AT_ONCE = 5;

const schema = await buildApiSchema();
const places = argumentsOf(schema);
const pathsOf = (operation: Argument['operation']) => places.filter((place) => place.operation === operation);

let host: GitHost;
let app: TestApp;
/** What the operations are about. */
let ids: Ids;
/** What belongs to somebody else: their ids are among the hostile values, so deletes may hit them. */
let others: Ids;
beforeAll(async () => {
  host = await startGitHost();
  await host.createRepository('r', { 'a.md': '# A\n' });
  // Nobody listens at the first: a sync that one of the values starts ends at once.
  app = await startTestApp({ env: { GIT_HOSTS: `127.0.0.1:1,${host.hostEntry}` } });
  ids = await buildOneOfEach();
  others = await buildOneOfEach();
});
afterAll(async () => {
  await app.stop();
  await host.stop();
});

async function buildOneOfEach(): Promise<Ids> {
  const { id: projectId } = await buildProject(app);
  const { id: projectDocId } = await buildProjectDoc(app, { projectId, githubUrl: 'https://127.0.0.1:1/o/r' });
  const { id: documentId } = await buildDocument(app, { projectId, projectDocId });
  const { id: llmProviderId } = await buildLLMProvider(app);
  const { id: conversationId } = await buildConversation(app, { projectId, llmProviderId });
  const { id: syncRunId } = await buildSyncRun(app, { projectDocId });
  await buildSyncRunFile(app, { syncRunId, position: 1, documentId });
  const { id: setId } = await buildEvaluationSet(app, { projectId });
  const expected = [
    { documentId, projectDocId, filePath: 'docs/1.md', quote: null, startLine: null, endLine: null, grade: 1 },
  ];
  const { id: parentId } = await buildMessage(app, { conversationId, sequence: 1 });
  const answer = { conversationId, sequence: 2, role: MessageRole.ASSISTANT, parentId, llmProviderId };
  return {
    Project: projectId,
    ProjectDoc: projectDocId,
    Document: documentId,
    Chunk: (await buildChunk(app, { projectId, documentId, chunkIndex: 0 })).id,
    LLMProvider: llmProviderId,
    Conversation: conversationId,
    Message: (await buildMessage(app, answer)).id,
    SyncRun: syncRunId,
    Reembedding: (await buildReembedding(app, { projectId })).id,
    SyncPreview: (await buildProjectDoc(app, { projectId, githubUrl: host.url('r') })).id,
    EvaluationSet: setId,
    EvaluationQuestion: (await buildEvaluationQuestion(app, { setId, expected })).id,
    EvaluationRun: (await buildEvaluationRun(app, { setId })).id,
  };
}

/** Values for a place, in groups that go in one operation: what GraphQL itself refuses would hide the others of its group. */
function groupsFor(place: Argument): unknown[][] {
  const type = getNamedType(place.type);
  const isList = isListType(getNullableType(place.type));
  const texts = [...HOSTILE_STRINGS, ...Object.values(others), newId()];
  const fitting: readonly unknown[] =
    { String: texts, ID: texts, Int: HOSTILE_NUMBERS, Float: [...HOSTILE_NUMBERS, ...HOSTILE_FLOATS] }[type.name] ??
    (type.name === 'JSON'
      ? [
          ...texts,
          ...HOSTILE_FLOATS,
          ...HOSTILE_JSON,
          ...HOSTILE_JSON.map((value) => ({ stop: value })),
          ...texts.map((text) => ({ stop: [text] })),
        ]
      : []);
  const large = isScalarType(type) && fitting.includes("'") ? LARGE_STRINGS : [];
  const wrong = ["'", '\0', LARGE_STRINGS[0], 2 ** 31, 1e308, true, null, [], { a: 1 }, HOSTILE_JSON.at(-1)];
  const values = isList ? [[], ...fitting.map((value) => [value]), Array(1_000).fill('x')] : fitting;
  const groups = Array.from({ length: Math.ceil(values.length / AT_ONCE) }, (_, index) =>
    values.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );
  return [...groups, ...[...large, ...wrong].map((value) => [isList && typeof value === 'string' ? [value] : value])];
}

interface Answer {
  status?: number;
  data?: unknown;
  errors?: { message: string; extensions: { code: string } }[];
}

/** What the service may say of any value: nothing of its inside, and that the value is wrong, not the operation around it. */
const EXPECTED_CODES = ['BAD_USER_INPUT', 'NOT_FOUND'];

function expectDiscretion({ status = 200, data, errors = [] }: Answer, values: readonly unknown[]): void {
  const answer = JSON.stringify({ data, errors });
  const found = {
    leak: leakIn(answer),
    isServerError: status >= 500,
    codes: errors.map(({ extensions }) => extensions.code).filter((code) => !EXPECTED_CODES.includes(code)),
    tooLong: errors.filter(({ message }) => message.length > 300),
  };
  const about = { values: JSON.stringify(values).slice(0, 300), answer: answer.slice(0, 1_000) };
  expect({ ...found, ...about }).toEqual({ leak: null, isServerError: false, codes: [], tooLong: [], ...about });
}

async function ask(place: Argument): Promise<void> {
  for (const values of groupsFor(place)) {
    const { document, variables } = place.operationWith(values, ids);
    const { status, data, errors } = await app.request(document, variables);
    expectDiscretion({ status, data, errors }, values);
  }
}

describe('hostile values', () => {
  // They have left what they were not about as it was.
  afterAll(async () => {
    const { nodes } = await app.query('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Object.values(ids) });
    expect(nodes).toEqual(Object.values(ids).map((id) => ({ id })));
  });

  it('reach every argument of the schema', () => {
    const declared = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
      .flatMap((type) =>
        Object.values((type as GraphQLObjectType).getFields()).flatMap((field) =>
          field.args.map((arg) => `${type.name}.${field.name}(${arg.name}`),
        ),
      );
    const reached = (['query', 'mutation', 'subscription'] as const).flatMap(pathsOf);
    expect(new Set(reached.map(({ path }) => /^[\w.]+\(\w+/.exec(path)![0]))).toEqual(new Set(declared));
  });

  it('come with operations that are otherwise in order', async () => {
    for (const place of [...pathsOf('query'), ...pathsOf('mutation')]) {
      // Some of them delete what they are about.
      const own = place.operation === 'mutation' ? await buildOneOfEach() : ids;
      const { document, variables } = place.operationWith([place.harmless(own)], own);
      const { errors = [] } = await app.request(document, variables);
      const messages = errors.map(({ message }) => message).filter((text) => !text.includes('is not a cursor'));
      expect([place.path, messages]).toEqual([place.path, []]);
    }
  });

  it.each(pathsOf('query').map((place) => [place.path, place] as const))('are safe in %s', (_, place) => ask(place));
  it.each(pathsOf('mutation').map((place) => [place.path, place] as const))('are safe in %s', (_, place) => ask(place));

  it.each(pathsOf('subscription').map((place) => [place.path, place] as const))('are safe in %s', async (_, place) => {
    for (const value of groupsFor(place).flat()) {
      const { document, variables } = place.operationWith([value], ids);
      for (const result of await app.follow(document, variables)) expectDiscretion(result, [value]);
    }
  });
});
