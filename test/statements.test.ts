import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { AttemptOutcome, MessageRole } from '../src/conversation/message.enums.js';
import { RetrievalOrigin, type StoredCandidate } from '../src/conversation/message-retrieval.js';
import {
  buildAttempt,
  buildChunk,
  buildConversation,
  buildDocument,
  buildLLMProvider,
  buildMessage,
  buildProject,
  buildProjectDoc,
} from './support/factories.js';
import { buildLists, LISTS, type ListName } from './support/lists.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

/** SQL statements of one operation. */
const costOf = async (document: string, variables?: Values): Promise<number> =>
  (await app.statements(() => app.query(document, variables))).length;

describe('projects with 10 conversations with 5 messages each', () => {
  const NESTED = `query($filter: ProjectFilter) {
    projects(first: 50, filter: $filter) {
      nodes { id conversations(first: 10) { nodes { id messages(first: 5) { nodes { id role content } } } } }
    }
  }`;

  beforeAll(async () => {
    for (let index = 0; index < 50; index += 1) {
      const { id: projectId } = await buildProject(app, { name: `nested ${index === 0 ? 'alone' : index}` });
      const conversations = index === 0 ? 11 : 2;
      for (let count = 0; count < conversations; count += 1) {
        const { id: conversationId } = await buildConversation(app, { projectId });
        for (let sequence = 1; sequence <= (count === 0 ? 6 : 1); sequence += 1)
          await buildMessage(app, { conversationId, sequence, content: String(sequence) });
      }
    }
  });

  it('are what was asked for', async () => {
    const { projects } = await app.query(NESTED, { filter: { nameContains: 'nested alone' } });
    const [{ conversations }] = projects.nodes;
    expect(conversations.nodes).toHaveLength(10);
    const { conversations: all } = (
      await app.query(
        'query($id: ID!) { project(id: $id) { conversations(last: 1) { nodes { messages(first: 5) { nodes { content } } } } } }',
        { id: projects.nodes[0].id },
      )
    ).project;
    expect(all.nodes[0].messages.nodes.map(({ content }: Values) => content)).toEqual(['1', '2', '3', '4', '5']);
  });

  it('cost 3 statements for 1 project and for 50', async () => {
    expect(await costOf(NESTED, { filter: { nameContains: 'nested alone' } })).toBe(3);
    expect((await app.query(NESTED, { filter: { nameContains: 'nested' } })).projects.nodes).toHaveLength(50);
    expect(await costOf(NESTED, { filter: { nameContains: 'nested' } })).toBe(3);
  });
});

describe('a list', () => {
  const NODE: Record<ListName, string> = {
    projects:
      'id name maxTokens tokenUsage { inputTokens } stats { messageCount } projectDocs(first: 1) { nodes { id } }',
    llmProviders: 'id conversations(first: 1) { nodes { id } }',
    'Project.projectDocs': 'id project { id } freshness latestSyncRun { id } documents(first: 1) { nodes { id } }',
    'Project.conversations':
      'id tokenUsage { inputTokens } project { id } llmProvider { id } fallbackProviders { id } messages(first: 1) { nodes { id } }',
    'Project.reembeddings': 'id status fromModel toModel progress project { id } rollsBack { id }',
    'Project.documents': 'id content url projectDoc { id } chunks(first: 1) { nodes { id } }',
    'ProjectDoc.documents': 'id content url projectDoc { id } chunks(first: 1) { nodes { id } }',
    'ProjectDoc.syncRuns': 'id projectDoc { id } files(first: 1) { nodes { path } }',
    'SyncRun.files': 'path document { id }',
    'Document.chunks': 'id url document { id }',
    'LLMProvider.conversations':
      'id project { id } llmProvider { id } fallbackProviders { id } messages(first: 1) { nodes { id } }',
    'Conversation.messages':
      'id conversation { id } parent { id } siblings { id } llmProvider { id } sources { index } attempts { llmProvider { id } } retrieval { queries }',
    'Project.evaluationSets': 'id project { id } questions(first: 1) { nodes { id } } runs(first: 1) { nodes { id } }',
    'EvaluationSet.questions': 'id set { id } expected { filePath document { id } }',
    'EvaluationSet.runs': 'id set { id } commits { projectDoc { id } } results(first: 1) { nodes { questionId } }',
    'EvaluationRun.results':
      'run { id } question { id } expected { filePath document { id } } topHits { document { id } }',
  };
  const names = Object.keys(LISTS) as ListName[];

  it('costs the same for 3 rows and for 100', async () => {
    const lists = await buildLists(app, 100);
    const costs: Record<string, number[]> = {};
    for (const name of names) {
      const { document, variables } = lists[name];
      const selection = `nodes { ${NODE[name]} } totalCount`;
      const cost = (first: number) => costOf(document(selection), { ...variables, first });
      costs[name] = [await cost(3), await cost(100)];
    }
    expect(costs).toEqual(Object.fromEntries(names.map((name) => [name, Array(2).fill(costs[name]![0])])));
  });
});

describe('a branch', () => {
  it('costs 4 statements with parents and siblings, however long it is and however many alternatives there are', async () => {
    const { id: projectId } = await buildProject(app);
    const document = `query($id: ID!) { conversation(id: $id) {
      messages(first: 100) { totalCount nodes { parent { id } siblings { id parent { id } } } } } }`;
    for (const [length, alternatives] of [
      [2, 1],
      [2, 12],
      [12, 12],
    ] as const) {
      const { id } = await buildConversation(app, { projectId });
      let parentId: string | null = null;
      for (let place = 0; place < length; place += 1) {
        const role = place % 2 ? MessageRole.ASSISTANT : MessageRole.USER;
        let last = '';
        for (let index = 1; index <= alternatives; index += 1) {
          const active = index === alternatives;
          const sequence = place * alternatives + index;
          const values = { conversationId: id, sequence, role, parentId, active, selected: active };
          last = (await buildMessage(app, values)).id;
        }
        parentId = last;
      }
      const { messages } = (await app.query(document, { id })).conversation;
      expect(messages.totalCount).toBe(length);
      expect(messages.nodes.map(({ siblings }: Values) => siblings.length)).toEqual(Array(length).fill(alternatives));
      // The conversation, its messages and how many they are, their parents, and their siblings.
      expect(await costOf(document, { id })).toBe(4);
    }
  });
});

const toCandidate = (found: { documentId: string; chunkId: string }, place: number): StoredCandidate => ({
  rank: place + 1,
  documentId: found.documentId,
  chunkId: found.chunkId,
  filePath: 'docs/1.md',
  headerAnchor: null,
  startLine: 1,
  endLine: 1,
  score: 1,
  sourceIndex: place + 1,
  cut: null,
  keyword: null,
  vector: null,
});

describe('sources', () => {
  it('cost 5 statements for 2 messages and for 20, stale or not', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    const { id: conversationId } = await buildConversation(app, { projectId });
    for (let sequence = 1; sequence <= 20; sequence += 1) {
      const sources = [];
      for (const index of [1, 2, 3]) {
        const content = `Passage ${index}.`;
        const place = { projectId, projectDocId, content };
        const { id: documentId, filePath, fileName } = await buildDocument(app, place);
        const chunk = await buildChunk(app, { projectId, documentId, chunkIndex: 0, chunkText: content });
        // The first is as it was; the second was cut again, with the same text; the third has changed.
        const chunkId = index === 1 ? chunk.id : documentId;
        const chunkText = index === 3 ? 'Another passage.' : content;
        sources.push({ index, documentId, chunkId, chunkText, filePath, fileName, score: 1, similarityScore: null });
      }
      const pinned = {
        title: '',
        headerPath: [],
        headerAnchor: null,
        startLine: 1,
        endLine: 1,
        commitSha: 'c'.repeat(40),
        url: null,
      };
      await buildMessage(app, {
        conversationId,
        sequence,
        role: MessageRole.ASSISTANT,
        sources: sources.map((source) => ({ ...source, ...pinned })),
        retrieval: { queries: ['Why?'], origin: RetrievalOrigin.QUESTION, candidates: sources.map(toCandidate) },
      });
    }
    // The conversation, its messages, and the chunks, documents and passages' texts of all of their sources.
    const document = `query($id: ID!, $first: Int) { conversation(id: $id) { messages(first: $first) { nodes {
      sources { isStale document { id } chunk { id } } } } } }`;
    for (const first of [2, 20]) {
      const { messages } = (await app.query(document, { id: conversationId, first })).conversation;
      const stale = messages.nodes.map(({ sources }: Values) => sources.map(({ isStale }: Values) => isStale));
      expect(stale).toEqual(Array.from({ length: first }, () => [false, false, true]));
      expect(await costOf(document, { id: conversationId, first })).toBe(5);
    }
    // The conversation, its messages, what was searched for, and the documents and chunks that were found.
    const retrieval = `query($id: ID!, $first: Int) { conversation(id: $id) { messages(first: $first) { nodes {
      retrieval { queries candidates { document { id } chunk { id } } } } } } }`;
    for (const first of [2, 20]) expect(await costOf(retrieval, { id: conversationId, first })).toBe(5);
  });
});

describe('attempts', () => {
  it('cost no statement, and their providers one with those of the messages', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: conversationId } = await buildConversation(app, { projectId });
    for (let sequence = 1; sequence <= 20; sequence += 1) {
      const failed = await buildLLMProvider(app);
      const { id: llmProviderId } = await buildLLMProvider(app);
      const attempts = [buildAttempt(failed, { outcome: AttemptOutcome.FAILED }), buildAttempt({ id: llmProviderId })];
      await buildMessage(app, { conversationId, sequence, role: MessageRole.ASSISTANT, llmProviderId, attempts });
    }
    const cost = (selection: string, first: number) =>
      costOf(
        `query($id: ID!, $first: Int) { conversation(id: $id) { messages(first: $first) { nodes { id ${selection} } } } }`,
        { id: conversationId, first },
      );
    for (const first of [2, 20]) {
      expect(await cost('', first)).toBe(2);
      expect(await cost('attempts { providerName modelName outcome startedAt error { code } }', first)).toBe(2);
      expect(await cost('llmProvider { id } attempts { llmProvider { id } }', first)).toBe(3);
    }
  });
});

describe('one operation', () => {
  it('costs 3 statements for documents with their count and passages', async () => {
    const { id: projectId } = await buildProject(app);
    const { id: projectDocId } = await buildProjectDoc(app, { projectId });
    for (let count = 0; count < 20; count += 1) {
      const { id: documentId } = await buildDocument(app, { projectId, projectDocId });
      for (const chunkIndex of [0, 1]) await buildChunk(app, { projectId, documentId, chunkIndex });
    }
    // The ProjectDoc, its documents and how many they are, and their passages: what these point back to is there already.
    const document = `query($id: ID!) { projectDoc(id: $id) {
      documents { totalCount nodes { filePath projectDoc { name } chunks { nodes { chunkIndex } } } } } }`;
    expect(await costOf(document, { id: projectDocId })).toBe(3);
  });

  it('reads an object once, however many fields lead to it', async () => {
    const { id: projectId } = await buildProject(app);
    for (let count = 0; count < 5; count += 1) await buildProjectDoc(app, { projectId });
    const document = `query($id: ID!) { a: project(id: $id) { id } b: project(id: $id) { name
      projectDocs { nodes { project { id projectDocs { nodes { project { name } } } } } } } }`;
    expect(await costOf(document, { id: projectId })).toBe(2);
  });

  it('counts a list in the statement that reads it, for all its parents, and not at all unless it is asked to', async () => {
    const counting = async (selection: string): Promise<boolean[]> => {
      const document = `query { projects(first: 50) { nodes { conversations { ${selection} } } } }`;
      expect(await costOf(document)).toBe(2);
      return (await app.statements(() => app.query(document))).map((statement) => statement.includes('count(*)'));
    };
    expect(await counting('totalCount')).toContain(true);
    expect(await counting('nodes { id }')).not.toContain(true);
  });
});
