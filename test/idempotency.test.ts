import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isInputObjectType } from 'graphql';

import { MessageRating, MessageRole } from '../src/conversation/message.enums.js';
import { forgetOldKeys } from '../src/platform/graphql/idempotency.js';
import { IdempotencyKey } from '../src/platform/graphql/idempotency-key.entity.js';
import { buildApiSchema } from '../src/schema.js';
import {
  buildConversation,
  buildDocument,
  buildEvaluationQuestion,
  buildEvaluationSet,
  buildMessage,
  buildProject,
  buildProjectDoc,
} from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
let projectId: string;
let projectDocId: string;
let documentId: string;
const FILE = 'docs/a.md';
beforeAll(async () => {
  app = await startTestApp();
  projectId = (await buildProject(app)).id;
  projectDocId = (await buildProjectDoc(app, { projectId })).id;
  documentId = (await buildDocument(app, { projectId, projectDocId, filePath: FILE, content: 'Text.\n' })).id;
  const { id: conversationId } = await buildConversation(app, { projectId });
  const { id: parentId } = await buildMessage(app, { conversationId, sequence: 1, content: 'Rated?' });
  const answer = { conversationId, sequence: 2, role: MessageRole.ASSISTANT, rating: MessageRating.GOOD, parentId };
  await buildMessage(app, {
    ...answer,
    sources: [{ index: 1, documentId, filePath: FILE, chunkText: 'Text.' }] as never,
  });
});
afterAll(() => app.stop());

let made = 0;
const unique = (what: string) => `${what} ${(made += 1)}`;

/** The mutations that take a key: what they answer, an input without a key, and another one. */
const MUTATIONS: Record<string, { selection: string; input: () => Promise<Values>; other: () => Promise<Values> }> = {
  createProject: {
    selection: 'project { id }',
    input: async () => ({ name: unique('Project') }),
    other: async () => ({ description: 'Another one' }),
  },
  createProjectDoc: {
    selection: 'projectDoc { id }',
    input: async () => ({ projectId, name: unique('Docs'), githubUrl: 'https://github.com/o/r' }),
    other: async () => ({ branch: 'next' }),
  },
  createConversation: {
    selection: 'conversation { id } userMessage { id } assistantMessage { id }',
    input: async () => ({ projectId, message: unique('Question') }),
    other: async () => ({ title: 'Another one' }),
  },
  sendMessage: {
    selection: 'userMessage { id } assistantMessage { id }',
    input: async () => ({
      conversationId: (await buildConversation(app, { projectId })).id,
      content: unique('Question'),
    }),
    other: async () => ({ content: 'Another one' }),
  },
  editMessage: {
    selection: 'userMessage { id } assistantMessage { id }',
    input: async () => ({ id: (await exchange()).questionId, content: unique('Question') }),
    other: async () => ({ content: 'Another one' }),
  },
  regenerateMessage: {
    selection: 'assistantMessage { id }',
    input: async () => ({ id: (await exchange()).answerId }),
    other: async () => ({ id: (await exchange()).answerId }),
  },
  forkConversation: {
    selection: 'conversation { id }',
    input: async () => ({ messageId: (await exchange()).answerId }),
    other: async () => ({ title: 'Another one' }),
  },
  createEvaluationSet: {
    selection: 'evaluationSet { id }',
    input: async () => ({ projectId, name: unique('Set') }),
    other: async () => ({ description: 'Another one' }),
  },
  createEvaluationSetFromRatings: {
    selection: 'evaluationSet { id }',
    input: async () => ({ projectId, name: unique('Set') }),
    other: async () => ({ name: 'Another one' }),
  },
  addEvaluationQuestions: {
    selection: 'evaluationSet { id }',
    input: async () => ({
      setId: (await buildEvaluationSet(app, { projectId })).id,
      questions: [{ text: unique('Question'), expected: [{ filePath: FILE }] }],
    }),
    other: async () => ({ questions: [{ text: 'Another one', expected: [{ filePath: FILE }] }] }),
  },
  runEvaluation: {
    selection: 'evaluationRun { id }',
    input: async () => {
      const { id: setId } = await buildEvaluationSet(app, { projectId });
      const expected = [
        { documentId, projectDocId, filePath: FILE, quote: null, startLine: null, endLine: null, grade: 1 },
      ];
      await buildEvaluationQuestion(app, { setId, expected });
      return { setId };
    },
    other: async () => ({ topK: 5 }),
  },
};

/** A question and its answer, which has come to its end. */
async function exchange(): Promise<{ conversationId: string; questionId: string; answerId: string }> {
  const { id: conversationId } = await buildConversation(app, { projectId });
  const { id: questionId } = await buildMessage(app, { conversationId, sequence: 1 });
  const answer = { conversationId, sequence: 2, role: MessageRole.ASSISTANT, parentId: questionId };
  return { conversationId, questionId, answerId: (await buildMessage(app, answer)).id };
}

const COUNTED = [
  'project',
  'project_doc',
  'conversation',
  'message',
  'idempotency_key',
  'evaluation_set',
  'evaluation_question',
  'evaluation_run',
];

it('may come with every mutation whose input has a place for it, and these are tested here', async () => {
  const inputs = Object.values((await buildApiSchema()).getTypeMap()).filter(isInputObjectType);
  const taking = inputs.filter((type) => 'idempotencyKey' in type.getFields()).map(({ name }) => name);
  const tested = Object.keys(MUTATIONS).map((name) => `${name[0]!.toUpperCase()}${name.slice(1)}Input`);
  expect(tested.toSorted()).toEqual(taking.toSorted());
});

/** How many rows `work` adds to each table. */
async function added(work: () => Promise<unknown>): Promise<Values> {
  const count = async () => {
    const connection = app.app.services.database.fork().getConnection();
    const rows = await connection.execute(
      `select ${COUNTED.map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`,
    );
    return rows[0] as Values;
  };
  const before = await count();
  await work();
  const after = await count();
  return Object.fromEntries(COUNTED.map((table) => [table, after[table] - before[table]]).filter(([, more]) => more));
}

describe.each(Object.keys(MUTATIONS))('%s', (name) => {
  const { selection, input: newInput, other } = MUTATIONS[name]!;
  const mutate = (input: Values) => app.mutate(name, selection, input);

  it('gives the first result again for the same key and input', async () => {
    const input = { ...(await newInput()), idempotencyKey: unique('key') };
    const first = await mutate(input);
    expect(first.userErrors).toEqual([]);
    expect(await added(async () => expect(await mutate(input)).toEqual(first))).toEqual({});
  });

  it('makes one object when the same call comes many times at once', async () => {
    const input = { ...(await newInput()), idempotencyKey: unique('key') };
    const single = await newInput();
    const once = await added(() => mutate({ ...single, idempotencyKey: unique('key') }));
    const many = await added(async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => mutate(input)));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]!.userErrors).toEqual([]);
    });
    expect(many).toEqual(once);
  });

  it('refuses the same key with another input, and writes nothing', async () => {
    const input = { ...(await newInput()), idempotencyKey: unique('key') };
    await mutate(input);
    const another = await other();
    const work = async () => {
      const { userErrors, ...results } = await mutate({ ...input, ...another });
      expect(Object.values(results).filter((result) => result !== null)).toEqual([]);
      expect(userErrors).toEqual([
        {
          code: 'IDEMPOTENCY_KEY_REUSED',
          message: 'This key was used with another input before. Use a new key for a new request.',
          field: ['input', 'idempotencyKey'],
        },
      ]);
    };
    expect(await added(work)).toEqual({});
  });

  it.each([
    ['blank', ' ', 'idempotencyKey must not be blank.'],
    ['longer than 255 characters', 'k'.repeat(256), 'idempotencyKey must have at most 255 characters.'],
    ['with NUL', 'a\0', 'idempotencyKey must not hold NUL characters or broken Unicode.'],
    ['with half a surrogate pair', 'a\udfff', 'idempotencyKey must not hold NUL characters or broken Unicode.'],
  ])('answers INVALID for a key that is %s', async (_, idempotencyKey, message) => {
    const { userErrors } = await mutate({ ...(await newInput()), idempotencyKey });
    expect(userErrors).toEqual([{ code: 'INVALID', message, field: ['input', 'idempotencyKey'] }]);
  });

  it('takes a key of 255 characters, and none for null', async () => {
    const input = await newInput();
    expect((await mutate({ ...input, idempotencyKey: `${unique('k')}${'😀'.repeat(250)}` })).userErrors).toEqual([]);
    expect((await mutate({ ...(await newInput()), idempotencyKey: null })).userErrors).toEqual([]);
  });
});

describe('an idempotency key', () => {
  const createProjectDoc = (input: Values) => app.mutate('createProjectDoc', 'projectDoc { id }', input);
  const newInput = (): Values => ({
    projectId,
    name: 'Docs',
    githubUrl: 'https://github.com/o/r',
    idempotencyKey: unique('key'),
  });
  const makeOlder = (key: string, hours: number) =>
    app.app.services.database
      .fork()
      .nativeUpdate(IdempotencyKey, { key }, { createdAt: new Date(Date.now() - hours * 3_600_000) });

  it('is remembered for 24 hours, then forgotten', async () => {
    const input = newInput();
    const first = await createProjectDoc(input);
    await makeOlder(input.idempotencyKey, 23.9);
    expect(await createProjectDoc(input)).toEqual(first);
    await makeOlder(input.idempotencyKey, 24.1);
    const second = await createProjectDoc(input);
    expect(second.userErrors).toEqual([]);
    expect(second.projectDoc.id).not.toBe(first.projectDoc.id);
    expect(await createProjectDoc(input)).toEqual(second);
  });

  it('gives a message as it is by now, however far the conversation has gone on, and asks nothing anew', async () => {
    const { id: conversationId } = await buildConversation(app, { projectId });
    const send = (input: Values) =>
      app.mutate('sendMessage', 'userMessage { id } assistantMessage { id status }', { conversationId, ...input });
    const ended = ({ assistantMessage: { id } }: Values) =>
      app.follow('subscription($id: ID!) { answerEvents(messageId: $id) { seq } }', { id });
    const input = { content: 'Once?', idempotencyKey: unique('key') };
    const first = await send(input);
    const events = await ended(first);
    await ended(await send({ content: 'And then?' }));
    const { id } = first.assistantMessage;
    const again = { userMessage: first.userMessage, assistantMessage: { id, status: 'COMPLETE' }, userErrors: [] };
    await makeOlder(input.idempotencyKey, 23.9);
    expect(await added(async () => expect(await send(input)).toEqual(again))).toEqual({});
    expect(await ended(first)).toEqual(events);
    await makeOlder(input.idempotencyKey, 24.1);
    expect(await added(() => send(input))).toEqual({ message: 2 });
  });

  it('gives the first result again, also where what its input names has gone since', async () => {
    const model = async (): Promise<string> =>
      (
        await app.mutate('createLLMProvider', 'llmProvider { id }', {
          providerName: 'ollama',
          modelName: unique('model'),
        })
      ).llmProvider.id;
    const [citationJudgeId, fallback] = [await model(), await model()];
    const newProject = { name: unique('Judged'), citationJudgeId, idempotencyKey: unique('key') };
    const newConversation = { projectId, fallbackProviderIds: [fallback], idempotencyKey: unique('key') };
    const create = async () => [
      await app.mutate('createProject', 'project { id }', newProject),
      await app.mutate('createConversation', 'conversation { id }', newConversation),
    ];
    const first = await create();
    expect(first.map(({ userErrors }) => userErrors)).toEqual([[], []]);
    for (const id of [citationJudgeId, fallback])
      expect((await app.mutate('deleteLLMProvider', 'deletedId', { id })).userErrors).toEqual([]);
    expect(await create()).toEqual(first);
  });

  it('leaves nothing behind once it is forgotten', async () => {
    const [old, young] = [newInput(), newInput()];
    await createProjectDoc(old);
    await createProjectDoc(young);
    await makeOlder(old.idempotencyKey, 24.1);
    const { database } = app.app.services;
    await forgetOldKeys(database);
    const left = await database.fork().find(IdempotencyKey, { key: [old.idempotencyKey, young.idempotencyKey] });
    expect(left.map(({ key }) => key)).toEqual([young.idempotencyKey]);
  });

  it('may come with another input once it is forgotten', async () => {
    const input = newInput();
    await createProjectDoc(input);
    await makeOlder(input.idempotencyKey, 24.1);
    expect((await createProjectDoc({ ...input, name: 'Other docs' })).userErrors).toEqual([]);
  });

  it('belongs to one mutation: another one may have the same', async () => {
    const input = newInput();
    await createProjectDoc(input);
    const { idempotencyKey } = input;
    const { userErrors } = await app.mutate('createProject', 'project { id }', { name: unique('P'), idempotencyKey });
    expect(userErrors).toEqual([]);
  });

  it('is not used up by a call that was refused', async () => {
    const { name } = await buildProject(app);
    const idempotencyKey = unique('key');
    const taken = await app.mutate('createProject', 'project { id }', { name, idempotencyKey });
    expect(taken.userErrors).toMatchObject([{ code: 'TAKEN' }]);
    const free = await app.mutate('createProject', 'project { id }', { name: unique('Free'), idempotencyKey });
    expect(free.userErrors).toEqual([]);
  });

  it('answers CONFLICT once what it made was deleted', async () => {
    const input = newInput();
    const { projectDoc } = await createProjectDoc(input);
    await app.mutate('deleteProjectDoc', 'deletedId', { id: projectDoc.id });
    const gone = {
      code: 'CONFLICT',
      message: 'What this call made was deleted since. To make another one, use a new key, or none.',
      field: ['input', 'idempotencyKey'],
    };
    expect(await createProjectDoc(input)).toEqual({ projectDoc: null, userErrors: [gone] });
    const conversation = { projectId, idempotencyKey: unique('key') };
    const first = await app.mutate('createConversation', 'conversation { id }', conversation);
    await app.mutate('deleteConversation', 'deletedId', { id: first.conversation.id });
    expect(await app.mutate('createConversation', 'conversation { id }', conversation)).toEqual({
      conversation: null,
      userErrors: [gone],
    });
  });
});
