import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  getNamedType,
  type GraphQLField,
  type GraphQLObjectType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql';

import { AnswerOutcome, MessageRole, MessageStatus } from '../src/conversation/message.enums.js';
import {
  buildAttempt,
  buildChunk,
  buildConversation,
  buildDocument,
  buildFallbacks,
  buildLLMProvider,
  buildMessage,
  buildProject,
  buildProjectDoc,
} from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));

let app: TestApp;
let ids: Values;
beforeAll(async () => {
  app = await startTestApp();
  ids = await buildOfEach();
});
afterAll(() => app.stop());

/** One of each, with something in every field. */
async function buildOfEach(): Promise<Values> {
  const { id: llmProviderId } = await buildLLMProvider(app);
  const spent = { inputTokens: 3, outputTokens: 4 };
  const described = { description: 'What it is about', maxTokens: 5, citationJudgeId: llmProviderId };
  const { id: projectId } = await buildProject(app, { ...described, ...spent });
  const { id: projectDocId } = await buildProjectDoc(app, { projectId });
  const about = { projectId, projectDocId, commitSha: 'c'.repeat(40), metadata: { title: 'A title' } };
  const document = await buildDocument(app, about);
  const { id: documentId } = document;
  const chunk = await buildChunk(app, { projectId, documentId, chunkIndex: 0, headerAnchor: 'a', headerPath: ['A'] });
  const { id: conversationId } = await buildConversation(app, { projectId, llmProviderId, ...spent });
  await buildFallbacks(app, [{ conversationId, llmProviderIds: [llmProviderId] }]);
  const { id: parentId } = await buildMessage(app, { conversationId, sequence: 1, active: false });
  const content = 'The first sentence says much [1]. The second sentence says as much without any source.';
  const place = { index: 1, score: 1, similarityScore: 1, documentId, chunkId: chunk.id, title: 'A', headerPath: [] };
  const lines = { startLine: 1, endLine: 1, commitSha: 'c'.repeat(40), url: 'https://github.com/a/b' };
  const { filePath, fileName } = document;
  const claim = { sourceIndex: 1, answerStart: 0, answerEnd: 28, markerStart: 29, markerEnd: 32, judgeVerdict: null };
  const quote = { quote: 'much', quoteStartLine: 1, quoteEndLine: 1, verdict: 'SUPPORTED' as never };
  const { id: messageId } = await buildMessage(app, {
    conversationId,
    sequence: 2,
    parentId,
    content,
    role: MessageRole.ASSISTANT,
    status: MessageStatus.COMPLETE,
    outcome: AnswerOutcome.ANSWERED,
    sources: [{ ...place, ...lines, filePath, fileName, headerAnchor: 'a', chunkText: chunk.chunkText }],
    citations: [{ ...claim, ...quote }],
    usage: { inputTokens: 1, outputTokens: 2 },
    attempts: [buildAttempt({ id: llmProviderId })],
    llmProviderId,
  });
  return { projectId, projectDocId, documentId, chunkId: chunk.id, llmProviderId, conversationId, messageId };
}

/** A field with what it holds, two levels deep; lists that are paged with how many they hold. */
function selectionOf({ name, type }: GraphQLField<unknown, unknown>, levels = 2): string | null {
  const named = getNamedType(type);
  if (isLeafType(named)) return name;
  if (!isObjectType(named) || levels === 0) return null;
  if (named.name.endsWith('Connection')) return `${name} { totalCount }`;
  const fields = Object.values(named.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
  return `${name} { ${fields.map((field) => selectionOf(field, levels - 1) ?? '').join(' ')} }`;
}

describe('a node of a list', () => {
  it.each([
    ['Project', 'projectId', 'projects(first: 1)', null],
    ['Conversation', 'conversationId', 'conversations(first: 1)', 'projectId'],
    ['Conversation', 'conversationId', 'conversations(first: 1)', 'llmProviderId'],
    ['Message', 'messageId', 'messages(first: 1)', 'conversationId'],
    ['Document', 'documentId', 'documents(first: 1)', 'projectId'],
    ['Document', 'documentId', 'documents(first: 1)', 'projectDocId'],
    ['Chunk', 'chunkId', 'chunks(first: 1)', 'documentId'],
  ])('%s (%s, %s of %s) has in each field, selected alone, what it has elsewhere', async (name, id, list, parent) => {
    const type = schema.getType(name) as GraphQLObjectType;
    const fields = Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
    const above = parent && `${parent.charAt(0).toUpperCase()}${parent.slice(1, -2)}`.replace('Llm', 'LLM');
    for (const field of fields) {
      const selection = selectionOf(field)!;
      const { node } = await app.query(`query($id: ID!) { node(id: $id) { ... on ${name} { ${selection} } } }`, {
        id: ids[id],
      });
      const nodes = `${list} { nodes { ${selection} } }`;
      const listed = above
        ? (await app.query(`query($id: ID!) { node(id: $id) { ... on ${above} { ${nodes} } } }`, { id: ids[parent] }))
            .node
        : await app.query(`{ ${nodes} }`);
      expect(listed[list.split('(')[0]!].nodes[0]).toEqual(node);
    }
  });

  it('is read no further than it is selected', async () => {
    const selecting = async (selection: string, fragment = '') => {
      const document = `query($id: ID!) { conversation(id: $id) { messages { ${selection} } } } ${fragment}`;
      return (await app.statements(() => app.query(document, { id: ids.conversationId }))).join();
    };
    expect(await selecting('nodes { content }')).not.toContain('"citations"');
    const fragment = 'fragment F on MessageConnection { edges { node { ... on Message { citations { quote } } } } }';
    expect(await selecting('nodes { content } ...F', fragment)).toContain('"citations"');
  });
});
