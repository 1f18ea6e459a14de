import {
  buildAttempt,
  buildChunk,
  buildConversation,
  buildDocument,
  buildEvaluationQuestion,
  buildEvaluationResult,
  buildEvaluationRun,
  buildEvaluationSet,
  buildFallbacks,
  buildLLMProvider,
  buildMessage,
  buildProject,
  buildProjectDoc,
  buildReembedding,
  buildSyncRun,
  buildSyncRunFile,
  defaultProviderId,
} from './factories.js';
import type { TestApp, Values } from './test-app.js';

/** Every list of the contract: the field that holds it, below the parent of which type, and what tells its nodes apart. */
export const LISTS = {
  projects: { parent: null, field: 'projects', key: 'id' },
  llmProviders: { parent: null, field: 'llmProviders', key: 'id' },
  'Project.projectDocs': { parent: 'Project', field: 'projectDocs', key: 'id' },
  'Project.conversations': { parent: 'Project', field: 'conversations', key: 'id' },
  'Project.reembeddings': { parent: 'Project', field: 'reembeddings', key: 'id' },
  'Project.documents': { parent: 'Project', field: 'documents', key: 'id' },
  'ProjectDoc.documents': { parent: 'ProjectDoc', field: 'documents', key: 'id' },
  'ProjectDoc.syncRuns': { parent: 'ProjectDoc', field: 'syncRuns', key: 'id' },
  'SyncRun.files': { parent: 'SyncRun', field: 'files', key: 'path' },
  'Document.chunks': { parent: 'Document', field: 'chunks', key: 'id' },
  'LLMProvider.conversations': { parent: 'LLMProvider', field: 'conversations', key: 'id' },
  'Conversation.messages': { parent: 'Conversation', field: 'messages', key: 'id' },
  'Project.evaluationSets': { parent: 'Project', field: 'evaluationSets', key: 'id' },
  'EvaluationSet.questions': { parent: 'EvaluationSet', field: 'questions', key: 'id' },
  'EvaluationSet.runs': { parent: 'EvaluationSet', field: 'runs', key: 'id' },
  'EvaluationRun.results': { parent: 'EvaluationRun', field: 'results', key: 'questionId' },
} as const;

export type ListName = keyof typeof LISTS;

export interface BuiltList {
  /** What `keyOf` gives for the nodes of the whole list, in its order. */
  keys: string[];
  keyOf: (node: Values) => string;
  /** A query of this list with the page arguments as variables. */
  document: (selection: string) => string;
  variables: Values;
}
export type Lists = Record<ListName, BuiltList>;

const PAGE = 'first: $first, after: $after, last: $last, before: $before';

/** Fills every list with `size` rows whose times are all equal, so that only the second key orders them. */
export async function buildLists(app: TestApp, size: number): Promise<Lists> {
  const at = new Date('2026-01-31T12:00:00.123Z');
  const times = { createdAt: at, updatedAt: at };
  const each = <Row>(build: (index: number) => Promise<Row>): Promise<Row[]> =>
    Array.from({ length: size }, (_, index) => index).reduce<Promise<Row[]>>(
      async (rows, index) => [...(await rows), await build(index)],
      Promise.resolve([]),
    );
  const projects = await each(() => buildProject(app, times));
  const { id: projectId } = projects[0]!;
  const providers = await each(() => buildLLMProvider(app, { createdAt: at }));
  const { id: llmProviderId } = providers[0]!;
  const projectDocs = await each(() => buildProjectDoc(app, { projectId, ...times }));
  const { id: projectDocId } = projectDocs[0]!;
  // Backwards, so that the order of ids is not the order of paths.
  const documents = await each((index) =>
    buildDocument(app, { projectId, projectDocId, filePath: `docs/${size - index}.md`, ...times }),
  );
  const { id: documentId } = documents[0]!;
  const reembeddings = await each(() => buildReembedding(app, { projectId, createdAt: at }));
  const chunks = await each((index) => buildChunk(app, { projectId, documentId, chunkIndex: size - index }));
  const runs = await each(() => buildSyncRun(app, { projectDocId, createdAt: at }));
  const { id: syncRunId } = runs[0]!;
  const files = await each((index) => buildSyncRunFile(app, { syncRunId, position: size - index }));
  const conversations = await each(() => buildConversation(app, { projectId, llmProviderId, ...times }));
  const { id: conversationId } = conversations[0]!;
  await buildFallbacks(
    app,
    conversations.map(({ id }, index) => ({ conversationId: id, llmProviderIds: [providers[index]!.id] })),
  );
  const messages = await each((index) =>
    buildMessage(app, {
      conversationId,
      sequence: size - index,
      createdAt: at,
      attempts: [buildAttempt(providers[index]!)],
    }),
  );
  const sets = await each(() => buildEvaluationSet(app, { projectId, ...times }));
  const { id: setId } = sets[0]!;
  const expected = [
    { documentId, projectDocId, filePath: 'docs/1.md', quote: null, startLine: null, endLine: null, grade: 1 },
  ];
  const questions = await each(() => buildEvaluationQuestion(app, { setId, expected, createdAt: at }));
  const evaluations = await each(() => buildEvaluationRun(app, { setId, createdAt: at }));
  const { id: runId } = evaluations[0]!;
  const found = [{ documentId, filePath: 'docs/1.md', rank: 1, startLine: 1, endLine: 1, score: 1, grade: 1 }];
  const ranked = expected.map((answer) => ({ ...answer, rank: 1, isMissing: false }));
  for (const { id } of questions)
    await buildEvaluationResult(app, { runId, questionId: id, expected: ranked, topHits: found });

  const ids = (rows: { id: string }[]): string[] => rows.map(({ id }) => id);
  const newestFirst = (rows: { id: string }[]): string[] => ids(rows).reverse();
  const keys: Record<ListName, string[]> = {
    projects: newestFirst(projects),
    llmProviders: [await defaultProviderId(app), ...newestFirst(providers)],
    'Project.projectDocs': ids(projectDocs),
    'Project.conversations': newestFirst(conversations),
    'Project.reembeddings': newestFirst(reembeddings),
    'Project.documents': newestFirst(documents),
    'ProjectDoc.documents': newestFirst(documents),
    'ProjectDoc.syncRuns': newestFirst(runs),
    'SyncRun.files': files.map(({ path }) => path).reverse(),
    'Document.chunks': newestFirst(chunks),
    'LLMProvider.conversations': newestFirst(conversations),
    'Conversation.messages': newestFirst(messages),
    'Project.evaluationSets': newestFirst(sets),
    'EvaluationSet.questions': ids(questions),
    'EvaluationSet.runs': newestFirst(evaluations),
    'EvaluationRun.results': ids(questions),
  };
  const parents: Record<string, string> = {
    Project: projectId,
    ProjectDoc: projectDocId,
    SyncRun: syncRunId,
    Document: documentId,
    LLMProvider: llmProviderId,
    Conversation: conversationId,
    EvaluationSet: setId,
    EvaluationRun: runId,
  };
  return Object.fromEntries(
    (Object.keys(LISTS) as ListName[]).map((name): [ListName, BuiltList] => {
      const { parent, field, key } = LISTS[name];
      return [
        name,
        {
          keys: keys[name],
          keyOf: (node) => node[key],
          document: (selection) => documentOf(parent, field, selection),
          variables: parent === null ? {} : { id: parents[parent] },
        },
      ];
    }),
  ) as Lists;
}

function documentOf(parent: string | null, field: string, selection: string): string {
  const variables = '$first: Int, $after: String, $last: Int, $before: String';
  const list = `${field}(${PAGE}) { ${selection} }`;
  return parent === null
    ? `query(${variables}) { ${list} }`
    : `query($id: ID!, ${variables}) { node(id: $id) { ... on ${parent} { ${list} } } }`;
}

const WHOLE = (key: string): string =>
  `edges { cursor node { ${key} } } nodes { ${key} } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount`;

/** A page of a list with everything that a connection has. */
export async function pageOf(app: TestApp, lists: Lists, name: ListName, args: Values): Promise<Values> {
  const { parent, field, key } = LISTS[name];
  const data = await app.query(lists[name].document(WHOLE(key)), { ...lists[name].variables, ...args });
  return parent === null ? data[field] : data.node[field];
}
