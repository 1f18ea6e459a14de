import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Message } from '../src/conversation/message.entity.js';
import { MessageRole, MessageStatus } from '../src/conversation/message.enums.js';
import { newId } from '../src/platform/database/columns.js';
import { execute, query } from '../src/platform/database/query.js';
import { buildTwoTurns, lastPrompt, SECOND, shownIn } from './support/branches.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { buildConversation, buildLLMProvider, buildMessage } from './support/factories.js';
import { answers, fails, staysSilent, waitsFor } from './support/scripted-provider.js';
import type { Values } from './support/test-app.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterEach(() => chat.provider.reset());
afterAll(() => chat.stop());

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
const THIRD = 'Where does the nightly backup go?';
const BOTH = 'userMessage { id content status } assistantMessage { id content status }';
const STILL = 'An answer is still being generated. Wait for its end, or stop it with stopMessage.';

const edit = (id: string, content: string) => chat.app.mutate('editMessage', BOTH, { id, content });
const select = (id: string) => chat.app.mutate('selectMessage', 'conversation { id updatedAt }', { id });
const sendTo = (conversationId: string, parentId: string, content: string) =>
  chat.app.mutate('sendMessage', BOTH, { conversationId, parentId, content });
const shown = (conversationId: string) => shownIn(chat, conversationId);
const prompt = () => lastPrompt(chat);

/** Adds a question by `mutation`, and waits for its answer, which is the text given. */
async function answered(
  mutation: () => Promise<Values>,
  text: string,
): Promise<{ questionId: string; answerId: string }> {
  chat.provider.script(answers(text));
  const { userMessage, assistantMessage, userErrors } = await mutation();
  expect(userErrors).toEqual([]);
  expect(assistantMessage).toMatchObject({ content: '', status: 'GENERATING' });
  expect(await chat.untilEnded(assistantMessage.id)).toMatchObject({ status: 'COMPLETE', content: text });
  return { questionId: userMessage.id, answerId: assistantMessage.id };
}

const codesOf = ({ userErrors }: Values) => userErrors.map(({ code, field }: Values) => `${code} ${field.at(-1)}`);

const CONVERSATION = 'id title project { id } llmProvider { id } fallbackProviders { id } createdAt updatedAt';
const WHOLE = `id role content status error { code message retryable } outcome
  sources { index filePath score commitSha url chunkText document { id } }
  citations { sourceIndex answerStart answerEnd markerStart markerEnd quote verdict source { index } }
  retrieval { origin queries candidates { rank filePath score sourceIndex } }
  attempts { outcome modelName startedAt finishedAt inputTokens llmProvider { id } }
  usage { inputTokens outputTokens } llmProvider { id } rating parent { id } siblings { id } createdAt`;

const fork = (messageId: string, more: Values = {}) =>
  chat.app.mutate('forkConversation', `conversation { ${CONVERSATION} }`, { messageId, ...more });

async function forked(messageId: string): Promise<string> {
  const { conversation, userErrors } = await fork(messageId);
  expect(userErrors).toEqual([]);
  return conversation.id;
}

const conversationOf = async (id: string): Promise<Values> =>
  (
    await chat.app.query(
      `query($id: ID!) { conversation(id: $id) { ${CONVERSATION} messages { totalCount nodes { ${WHOLE} } } } }`,
      { id },
    )
  ).conversation;

const events = async (messageId: string): Promise<Values[]> =>
  (
    await chat.app.follow(
      `subscription($id: ID!) { answerEvents(messageId: $id, afterSeq: 7) { __typename seq
        ... on AnswerSourcesFound { sources { filePath } } ... on AnswerDelta { offset text }
        ... on AnswerCitationFound { citation { sourceIndex } } ... on AnswerEnded { message { id status } } } }`,
      { id: messageId },
    )
  ).map(({ data }) => data!.answerEvents as Values);

describe('editMessage', () => {
  it('asks anew beside the old question, and the conversation shows the new branch', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const before = chat.provider.requests.length;
    const third = await answered(() => edit(second.questionId, ` ${THIRD} `), 'Third [1].');
    expect(prompt()).toEqual([QUESTION, 'First.', THIRD]);
    const asked = JSON.stringify(chat.provider.requests.slice(before).map(({ body }) => body));
    for (const text of [SECOND, 'Second']) expect(asked).not.toContain(text);
    expect(await shown(conversationId)).toEqual([QUESTION, 'First [1].', THIRD, 'Third [1].']);
    const siblings = [{ id: second.questionId }, { id: third.questionId }];
    expect(await chat.message(third.questionId)).toMatchObject({ parent: { id: first.answerId }, siblings });
    expect(await chat.message(second.questionId)).toMatchObject({ content: SECOND, siblings });
    expect(await chat.message(second.answerId)).toMatchObject({ content: 'Second [1].', siblings: [{}] });
  });

  it('changes the first question too, and leaves the title as it is', async () => {
    const { first, conversationId } = await buildTwoTurns(chat);
    const other = await buildTwoTurns(chat);
    const edited = await answered(() => edit(first.questionId, SECOND), 'Anew [1].');
    expect(prompt()).toEqual([SECOND]);
    expect(await shown(conversationId)).toEqual([SECOND, 'Anew [1].']);
    const siblings = [{ id: first.questionId }, { id: edited.questionId }];
    for (const { id } of siblings) expect(await chat.message(id)).toMatchObject({ parent: null, siblings });
    expect(await shown(other.conversationId)).toEqual([QUESTION, 'First [1].', SECOND, 'Second [1].']);
    const title = async (input: Values) =>
      (await chat.app.mutate('updateConversation', 'conversation { title }', { id: conversationId, ...input }))
        .conversation.title;
    expect(await title({})).toBe(QUESTION);
    expect(await title({ title: null })).toBe(SECOND);
  });

  it('asks with the branch of the question, whichever is shown', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    await answered(() => edit(first.questionId, THIRD), 'Elsewhere [1].');
    await answered(() => edit(second.questionId, 'How does the backup copy?'), 'Copied [1].');
    expect(prompt()).toEqual([QUESTION, 'First.', 'How does the backup copy?']);
    expect(await shown(conversationId)).toEqual([QUESTION, 'First [1].', 'How does the backup copy?', 'Copied [1].']);
  });

  it('need not wait for the answer to the old question', async () => {
    let goOn!: () => void;
    chat.provider.script(waitsFor(new Promise<void>((resolve) => (goOn = resolve)), answers('Slow [1].')));
    const first = await chat.ask(QUESTION);
    await chat.provider.untilRequests(1);
    await answered(() => edit(first.questionId, SECOND), 'Quick [1].');
    expect(await chat.message(first.answerId)).toMatchObject({ status: 'GENERATING' });
    goOn();
    expect(await chat.untilEnded(first.answerId)).toMatchObject({ status: 'COMPLETE', content: 'Slow [1].' });
    expect(await shown(first.conversationId)).toEqual([SECOND, 'Quick [1].']);
    await select(first.questionId);
    expect(await shown(first.conversationId)).toEqual([QUESTION, 'Slow [1].']);
  });

  it('refuses answers, blank and long content, and what is no message', async () => {
    const { first, conversationId } = await buildTwoTurns(chat);
    const refused = [
      await edit(first.answerId, 'Better'),
      await edit(first.questionId, ' \n '),
      await edit(first.questionId, 'x'.repeat(100_001)),
      await edit(UNKNOWN, 'Better'),
      await edit(conversationId, 'Better'),
      await edit('x', 'Better'),
    ];
    expect(refused.map(codesOf).flat()).toEqual([
      'INVALID id',
      'INVALID content',
      'INVALID content',
      'NOT_FOUND id',
      'NOT_FOUND id',
      'NOT_FOUND id',
    ]);
    expect(refused[0]!.userErrors[0].message).toBe('This is an answer. Name a question.');
    expect(await shown(conversationId)).toHaveLength(4);
  });
});

describe('selectMessage', () => {
  it('shows a branch as it was when it was left', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const edited = await answered(() => edit(first.questionId, THIRD), 'Third [1].');
    const follow = (content: string, text: string) =>
      answered(() => sendTo(conversationId, edited.answerId, content), text);
    const older = await follow('Is the vault copied?', 'Older [1].');
    const newer = await follow('Is the database copied?', 'Newer [1].');
    const branches = {
      first: [QUESTION, 'First [1].', SECOND, 'Second [1].'],
      older: [THIRD, 'Third [1].', 'Is the vault copied?', 'Older [1].'],
      newer: [THIRD, 'Third [1].', 'Is the database copied?', 'Newer [1].'],
    };
    const shownAfter = async (id: string) => {
      expect(await select(id)).toMatchObject({ conversation: { id: conversationId }, userErrors: [] });
      return shown(conversationId);
    };
    expect(await shownAfter(first.questionId)).toEqual(branches.first);
    expect(await shownAfter(edited.questionId)).toEqual(branches.newer);
    expect(await shownAfter(older.answerId)).toEqual(branches.older);
    expect(await shownAfter(second.answerId)).toEqual(branches.first);
    expect(await shownAfter(edited.questionId)).toEqual(branches.older);
    expect(await shownAfter(newer.questionId)).toEqual(branches.newer);
    // What is selected is shown, not the end of the branch: the next question follows it.
    await answered(() => chat.app.mutate('sendMessage', BOTH, { conversationId, content: SECOND }), 'Last [1].');
    expect(prompt()).toEqual([THIRD, 'Third.', 'Is the database copied?', 'Newer.', SECOND]);
  });

  it('shows what never was shown down to its newest messages', async () => {
    const { id: conversationId } = await buildConversation(chat.app, { projectId: chat.project.projectId });
    const build = (sequence: number, parentId: string | null, shownNow: boolean) =>
      buildMessage(chat.app, {
        conversationId,
        sequence,
        parentId,
        content: String(sequence),
        role: sequence % 2 ? MessageRole.USER : MessageRole.ASSISTANT,
        active: shownNow,
        selected: shownNow,
      });
    const question = await build(1, null, true);
    await build(2, question.id, true);
    const other = await build(4, question.id, false);
    for (const sequence of [5, 7]) await build(sequence, other.id, false);
    await select(other.id);
    expect(await shown(conversationId)).toEqual(['1', '4', '7']);
  });

  it('changes nothing where the message is shown already, and is no activity of the conversation', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const { conversation } = await chat.app.query('query($id: ID!) { conversation(id: $id) { updatedAt } }', {
      id: conversationId,
    });
    for (const { questionId, answerId } of [first, second])
      for (const id of [questionId, answerId])
        expect((await select(id)).conversation.updatedAt).toBe(conversation.updatedAt);
    expect(await shown(conversationId)).toEqual([QUESTION, 'First [1].', SECOND, 'Second [1].']);
  });

  it('answers NOT_FOUND for what is no message', async () => {
    const { conversationId } = await chat.ask('What is there?');
    for (const id of [UNKNOWN, conversationId, 'x'])
      expect(await select(id)).toMatchObject({
        conversation: null,
        userErrors: [{ code: 'NOT_FOUND', field: ['input', 'id'], message: 'There is no message with this id.' }],
      });
  });
});

describe('sendMessage with a parentId', () => {
  it('continues from any answer of the conversation, and shows that branch', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const third = await answered(() => sendTo(conversationId, first.answerId, THIRD), 'Third [1].');
    expect(prompt()).toEqual([QUESTION, 'First.', THIRD]);
    expect(await shown(conversationId)).toEqual([QUESTION, 'First [1].', THIRD, 'Third [1].']);
    expect((await chat.message(third.questionId)).siblings).toEqual([
      { id: second.questionId },
      { id: third.questionId },
    ]);
    // Back on the other branch, though it is not the one that is shown.
    await answered(() => sendTo(conversationId, second.answerId, THIRD), 'Fourth [1].');
    expect(prompt()).toEqual([QUESTION, 'First.', SECOND, 'Second.', THIRD]);
    expect(await shown(conversationId)).toHaveLength(6);
  });

  it('goes on beside another branch that is being generated; each can be stopped alone', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const before = chat.provider.requests.length;
    chat.provider.script(staysSilent({ after: 'On and on' }));
    const { assistantMessage: going } = await sendTo(conversationId, second.answerId, THIRD);
    await chat.provider.untilRequests(before + 1);
    const beside = await answered(() => sendTo(conversationId, first.answerId, THIRD), 'Beside [1].');
    await chat.untilContent(going.id, 'On and on');
    expect(await chat.message(going.id)).toMatchObject({ status: 'GENERATING' });
    await chat.app.mutate('stopMessage', 'message { id }', { id: going.id });
    expect(await chat.message(going.id)).toMatchObject({ status: 'CANCELLED', content: 'On and on' });
    expect(await chat.message(beside.answerId)).toMatchObject({ status: 'COMPLETE' });
  });

  it('refuses questions, answers that are being generated, other conversations, and what is no message', async () => {
    const [{ first, second, conversationId }, other] = [await buildTwoTurns(chat), await buildTwoTurns(chat)];
    chat.provider.script(staysSilent());
    const { assistantMessage: going } = await sendTo(conversationId, second.answerId, THIRD);
    const refused = [];
    for (const parentId of [first.questionId, going.id, other.first.answerId, UNKNOWN, 'x'])
      refused.push(await sendTo(conversationId, parentId, 'Refused?'));
    expect(refused.map(codesOf).flat()).toEqual([
      'INVALID parentId',
      'CONFLICT parentId',
      'NOT_FOUND parentId',
      'NOT_FOUND parentId',
      'NOT_FOUND parentId',
    ]);
    expect(refused[0]!.userErrors[0].message).toBe('This is a question. Name an answer.');
    expect(refused[1]!.userErrors[0].message).toBe(STILL);
    expect(await shown(conversationId)).toHaveLength(6);
    await chat.app.mutate('stopMessage', 'message { id }', { id: going.id });
  });
});

describe('forkConversation', () => {
  it('copies the messages as they are, with new ids and without ratings', async () => {
    const { second, conversationId } = await buildTwoTurns(chat);
    await chat.app.mutate('updateConversation', 'conversation { id }', {
      id: conversationId,
      fallbackProviderIds: [await chat.createModel({}), await chat.createModel({})],
    });
    await chat.app.mutate('rateMessage', 'message { id }', { id: second.answerId, rating: 'GOOD', comment: 'Fine' });
    const original = await conversationOf(conversationId);
    const copy = await conversationOf(await forked(second.answerId));

    const { title, project, llmProvider, fallbackProviders } = original;
    expect(fallbackProviders).toHaveLength(2);
    expect(copy).toMatchObject({ title, project, llmProvider, fallbackProviders, messages: { totalCount: 4 } });
    expect(copy.createdAt > original.updatedAt).toBe(true);
    expect(copy.updatedAt).toBe(copy.createdAt);
    const ids = copy.messages.nodes.map(({ id }: Values) => id);
    const expected = original.messages.nodes.map((message: Values, index: number) => ({
      ...message,
      id: ids[index],
      rating: null,
      parent: index === 0 ? null : { id: ids[index - 1] },
      siblings: [{ id: ids[index] }],
    }));
    expect(copy.messages.nodes).toEqual(expected);
    expect(copy.messages.nodes[3]).toMatchObject({
      sources: [{ index: 1, document: { id: expect.any(String) } }],
      citations: [{ sourceIndex: 1, source: { index: 1 } }],
      usage: { inputTokens: 7 },
      attempts: [{ outcome: 'COMPLETE', inputTokens: 7 }],
      retrieval: { queries: [expect.any(String)] },
    });
    expect(new Set([...ids, ...original.messages.nodes.map(({ id }: Values) => id)]).size).toBe(8);
    const stored = await chat.app.app.services.database.fork().findOneOrFail(Message, ids[3]);
    expect(stored).toMatchObject({ ratingComment: null, heartbeatAt: null });
    expect(await conversationOf(conversationId)).toEqual(original);
  });

  it('copies no more than the branch down to the answer, whichever branch is shown', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    chat.provider.script(answers('Anew [1].'));
    const { assistantMessage } = await chat.app.mutate('editMessage', 'assistantMessage { id }', {
      id: first.questionId,
      content: SECOND,
    });
    await chat.untilEnded(assistantMessage.id);
    expect(await shown(await forked(first.answerId))).toEqual([QUESTION, 'First [1].']);
    expect(await shown(await forked(assistantMessage.id))).toEqual([SECOND, 'Anew [1].']);
    const all = await forked(second.answerId);
    expect(await shown(all)).toEqual([QUESTION, 'First [1].', SECOND, 'Second [1].']);
    expect(await shown(conversationId)).toEqual([SECOND, 'Anew [1].']);
    for (const { siblings } of (await conversationOf(all)).messages.nodes) expect(siblings).toHaveLength(1);
  });

  it('makes a conversation that goes on by itself: each is asked with its own messages, and outlives the other', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const id = await forked(first.answerId);
    chat.provider.script(answers('In the fork [1].'), answers('In the fork, anew [1].'), answers('In the first [1].'));
    const sent = await chat.send(id, SECOND);
    await chat.untilEnded(sent.answerId);
    expect(prompt()).toEqual([QUESTION, 'First.', SECOND]);
    const copied = (await conversationOf(id)).messages.nodes[1].id;
    const anew = await chat.app.mutate('regenerateMessage', 'assistantMessage { id }', { id: copied });
    await chat.untilEnded(anew.assistantMessage.id);
    expect(prompt()).toEqual([QUESTION]);
    await chat.untilEnded((await chat.send(conversationId, QUESTION)).answerId);
    expect(prompt()).toEqual([QUESTION, 'First.', SECOND, 'Second.', QUESTION]);
    await chat.app.mutate('deleteConversation', 'deletedId', { id: conversationId });
    expect(await chat.message(second.answerId)).toBeNull();
    expect(await shown(id)).toEqual([QUESTION, 'In the fork, anew [1].']);
  });

  it('tells the events of a copied answer as those of one that ended long ago', async () => {
    const { first } = await buildTwoTurns(chat);
    const [, copy] = (await conversationOf(await forked(first.answerId))).messages.nodes;
    expect(await events(copy.id)).toEqual([
      { __typename: 'AnswerSourcesFound', seq: 1, sources: [{ filePath: 'docs/install.md' }] },
      { __typename: 'AnswerDelta', seq: 2, offset: 0, text: 'First [1].' },
      { __typename: 'AnswerCitationFound', seq: 3, citation: { sourceIndex: 1 } },
      { __typename: 'AnswerEnded', seq: 4, message: { id: copy.id, status: 'COMPLETE' } },
    ]);
  });

  it('copies answers that failed or were stopped, too', async () => {
    chat.provider.script(fails(401), staysSilent({ after: 'Run npm' }));
    const failed = await chat.ask(QUESTION);
    await chat.untilEnded(failed.answerId);
    const stopped = await chat.send(failed.conversationId, SECOND);
    await chat.untilContent(stopped.answerId, 'Run npm');
    await chat.app.mutate('stopMessage', 'message { id }', { id: stopped.answerId });
    const { nodes } = (await conversationOf(await forked(stopped.answerId))).messages;
    expect(nodes.map(({ status, content, error }: Values) => [status, content, error?.code ?? null])).toEqual([
      ['COMPLETE', QUESTION, null],
      ['FAILED', '', 'AUTH'],
      ['COMPLETE', SECOND, null],
      ['CANCELLED', 'Run npm', null],
    ]);
  });

  it('has the provider of the conversation, and the title that is given', async () => {
    const { first, conversationId } = await buildTwoTurns(chat);
    const { id: llmProviderId } = await buildLLMProvider(chat.app);
    await chat.app.mutate('updateConversation', 'conversation { id }', { id: conversationId, llmProviderId });
    const { conversation } = await fork(first.answerId, { title: '  Another way ' });
    expect(conversation).toMatchObject({ title: 'Another way', llmProvider: { id: llmProviderId } });
    const derived = { id: conversation.id, title: null };
    expect((await chat.app.mutate('updateConversation', 'conversation { title }', derived)).conversation.title).toBe(
      QUESTION,
    );
  });

  it('refuses questions, answers that are being generated, bad titles, and what is no message', async () => {
    const { first, conversationId } = await buildTwoTurns(chat);
    chat.provider.script(staysSilent());
    const going = await chat.send(conversationId, SECOND);
    const refused = [
      await fork(first.questionId),
      await fork(going.answerId),
      await fork(first.answerId, { title: ' ' }),
      await fork(first.answerId, { title: 'x'.repeat(256) }),
      await fork(UNKNOWN),
      await fork(conversationId),
      await fork('x'),
    ];
    expect(refused.map(({ conversation }) => conversation)).toEqual(Array(7).fill(null));
    expect(refused.map(({ userErrors: [{ code, field }] }) => `${code} ${field.at(-1)}`)).toEqual([
      'INVALID messageId',
      'CONFLICT messageId',
      'INVALID title',
      'INVALID title',
      'NOT_FOUND messageId',
      'NOT_FOUND messageId',
      'NOT_FOUND messageId',
    ]);
    await chat.app.mutate('stopMessage', 'message { id }', { id: going.answerId });
  });

  it('costs nothing: what the copies have cost was spent once', async () => {
    const spent = async (id: string) => {
      const usage = 'tokenUsage { inputTokens outputTokens }';
      const document = `query($id: ID!) { conversation(id: $id) { ${usage} project { ${usage} } } }`;
      return (await chat.app.query(document, { id })).conversation;
    };
    const { first, conversationId } = await buildTwoTurns(chat);
    const before = await spent(conversationId);
    expect(before.tokenUsage.inputTokens).toBeGreaterThan(0);
    const fork = await forked(first.answerId);
    expect(await spent(fork)).toEqual({ ...before, tokenUsage: { inputTokens: 0, outputTokens: 0 } });
  });

  it('copies a branch of more messages than one statement takes', async () => {
    const { first, conversationId } = await buildTwoTurns(chat);
    const em = chat.app.app.services.database.fork();
    const [question, answer] = await em.find(
      Message,
      { id: [first.questionId, first.answerId] },
      { orderBy: { sequence: 'asc' } },
    );
    const rows = Array.from({ length: 600 }, (_, index) => ({
      ...(index % 2 ? answer! : question!),
      id: newId(),
      sequence: 5 + index,
      content: `Message ${index}`,
    }));
    let parentId = (await conversationOf(conversationId)).messages.nodes[3].id;
    for (const row of rows) [row.parentId, parentId] = [parentId, row.id];
    await em.insertMany(Message, rows);
    const copy = await conversationOf(await forked(rows.at(-1)!.id));
    expect(copy.messages.totalCount).toBe(604);
    const last = await chat.app.query(
      'query($id: ID!) { conversation(id: $id) { messages(last: 1) { nodes { content parent { content } } } } }',
      { id: copy.id },
    );
    expect(last.conversation.messages.nodes).toEqual([{ content: 'Message 599', parent: { content: 'Message 598' } }]);
  });
});

describe('deleteConversation', () => {
  it('ends what is being generated on all of its branches', async () => {
    chat.provider.script(staysSilent({ after: 'One' }), staysSilent({ after: 'Two' }));
    const first = await chat.ask(QUESTION);
    await chat.untilContent(first.answerId, 'One');
    const { assistantMessage } = await edit(first.questionId, SECOND);
    await chat.untilContent(assistantMessage.id, 'Two');
    await chat.app.mutate('deleteConversation', 'deletedId', { id: first.conversationId });
    await chat.provider.untilAborted(2);
    for (const id of [first.answerId, assistantMessage.id]) expect(await chat.message(id)).toBeNull();
  });
});

describe('Message.siblings', () => {
  it('of siblings of siblings are refused before they are too many', async () => {
    const { id: conversationId } = await buildConversation(chat.app, { projectId: chat.project.projectId });
    const built: string[] = [];
    for (let sequence = 1; sequence <= 40; sequence += 1)
      built.push((await buildMessage(chat.app, { conversationId, sequence, selected: sequence === 40 })).id);
    const nested = (levels: number): string => (levels === 0 ? 'id' : `siblings { ${nested(levels - 1)} }`);
    const ask = (levels: number) =>
      chat.app.request(`query($id: ID!) { message(id: $id) { ${nested(levels)} } }`, { id: built[0] });
    const { data } = await ask(2);
    const ids = built.map((id) => ({ id }));
    expect((data as Values).message.siblings).toEqual(built.map(() => ({ siblings: ids })));
    const { errors } = await ask(5);
    expect(errors![0]).toMatchObject({
      message: 'These are too many siblings. Ask for those of fewer messages.',
      extensions: { code: 'QUERY_TOO_COMPLEX' },
    });
  });

  it('are not all read where they are too many for one operation', async () => {
    const { id: conversationId } = await buildConversation(chat.app, { projectId: chat.project.projectId });
    const { id } = await buildMessage(chat.app, { conversationId, sequence: 1 });
    await execute(
      chat.app.app.services.database.fork(),
    )`insert into message (id, conversation_id, sequence, selected, role, content, status, citations, created_at)
      select gen_random_uuid(), conversation_id, n, false, role, content, status, citations, created_at
      from message, generate_series(2, 10001) n where id = ${id}`;
    const statements = await chat.app.statements(async () => {
      const { errors } = await chat.app.request('query($id: ID!) { message(id: $id) { siblings { id } } }', { id });
      expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
    });
    const reads = statements.filter((statement) => statement.includes('t.parent_id = any'));
    expect(reads).toEqual([expect.stringMatching(/limit \$\d+$/)]);
    await chat.app.mutate('deleteConversation', 'deletedId', { id: conversationId });
  });
});

describe('many changes of one conversation at once', () => {
  /** What must hold of every conversation, whatever happened to it. */
  async function faultsOf(conversationId: string): Promise<string[]> {
    const em = chat.app.app.services.database.fork();
    const rows = await query(em)<Values>`select id, parent_id as "parentId", sequence, active, selected
      from message where conversation_id = ${conversationId} order by sequence`;
    const faults: string[] = [];
    rows.forEach(({ sequence }, index) => {
      if (sequence !== index + 1) faults.push(`sequence ${sequence} at place ${index + 1}`);
    });
    for (const [parentId, siblings] of Map.groupBy(rows, (row) => row.parentId as string | null)) {
      const parent = rows.find(({ id }) => id === parentId);
      const count = (flag: string) => siblings.filter((row) => row[flag]).length;
      if (count('selected') !== 1) faults.push(`${count('selected')} of ${siblings.length} siblings selected`);
      if (count('active') !== (parent === undefined || parent.active ? 1 : 0)) faults.push(`${count('active')} active`);
      if (siblings.some((row) => row.active && !row.selected)) faults.push('active but not selected');
    }
    return faults;
  }

  it('come one after the other: each is done, and one branch is shown', async () => {
    const { first, second, conversationId } = await buildTwoTurns(chat);
    const rounds = Array.from({ length: 4 }, (_, index) => index);
    const changes = rounds.flatMap((round) => [
      () => edit(first.questionId, `Edited ${round}?`),
      () => edit(second.questionId, `Edited, too ${round}?`),
      () => sendTo(conversationId, first.answerId, `Sent ${round}?`),
      () => chat.app.mutate('regenerateMessage', 'assistantMessage { id }', { id: second.answerId }),
      () => select(second.questionId),
    ]);
    const done = await Promise.all(changes.map((change) => change()));
    expect(done.flatMap(({ userErrors }) => userErrors)).toEqual([]);
    expect(await faultsOf(conversationId)).toEqual([]);
    const made = done.flatMap(({ userMessage, assistantMessage }) => [userMessage, assistantMessage]).filter(Boolean);
    expect(new Set(made.map(({ id }) => id)).size).toBe(4 * 7);
    await shown(conversationId);
    for (const { assistantMessage } of done) if (assistantMessage) await chat.untilEnded(assistantMessage.id);
    await select(first.answerId);
    expect(await faultsOf(conversationId)).toEqual([]);
  });

  it('send one question at the end of the branch that is shown: the others are a CONFLICT', async () => {
    const { conversationId } = await buildTwoTurns(chat);
    chat.provider.script(staysSilent());
    const input = { conversationId, content: THIRD };
    const sent = await Promise.all([1, 2, 3, 4].map(() => chat.app.mutate('sendMessage', BOTH, input)));
    expect(sent.flatMap(codesOf)).toEqual(Array(3).fill('CONFLICT conversationId'));
    expect(await faultsOf(conversationId)).toEqual([]);
    expect(await shown(conversationId)).toHaveLength(6);
    const going = sent.find(({ assistantMessage }) => assistantMessage)!.assistantMessage;
    await chat.app.mutate('stopMessage', 'message { id }', { id: going.id });
    expect((await chat.message(going.id)).status).toBe(MessageStatus.CANCELLED);
  });
});
