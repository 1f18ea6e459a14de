import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { sweepAnswers } from '../src/conversation/answering/answer-leases.js';
import { StoredAnswerEvent } from '../src/conversation/message.entity.js';
import { execute } from '../src/platform/database/query.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { type GraphqlResult, subscribeSse, subscribeWs } from './support/graphql-clients.js';
import { answers, type Step, staysSilent } from './support/scripted-provider.js';
import type { Values } from './support/test-app.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterEach(() => chat.provider.reset());
afterAll(() => chat.stop());

const TEXT = 'Run npm install ibid-demo, then read on 🙂 [1].';
const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';

const SUBSCRIPTION = `subscription($id: ID!, $afterSeq: Int) {
  answerEvents(messageId: $id, afterSeq: $afterSeq) {
    __typename seq messageId
    ... on AnswerSourcesFound { sources { index filePath chunkText } }
    ... on AnswerDelta { offset text }
    ... on AnswerEnded { message { id status content outcome error { code } } }
  }
}`;

/** Two deltas that the service cannot write together, each ending in half a surrogate pair or beginning with it. */
const splitsAnEmoji: Step = async ({ response }) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (content: string, finish_reason: string | null) =>
    response.write(
      `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`,
    );
  for (const content of ['One \ud83d', '\ude00 two \ud83d', '\ude00']) {
    send(content, null);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  send('.', 'stop');
  response.end('data: [DONE]\n\n');
};

const eventsOf = (results: GraphqlResult[]): Values[] => results.map(({ data }) => data.answerEvents);
const follow = async (id: string, { afterSeq = 0, over = 'ws' as 'ws' | 'sse' } = {}) =>
  eventsOf(await chat.app.follow(SUBSCRIPTION, { id, afterSeq }, over));

/** Checks order, numbers and offsets, and returns the text of the deltas. Citations come somewhere between them. */
function wholeText(events: Values[], from = { seq: 0, offset: 0 }): string {
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => from.seq + index + 1));
  const deltas = events.filter(({ __typename }) => __typename === 'AnswerDelta');
  const names = deltas.map(() => 'AnswerDelta');
  const first = from.seq === 0 ? ['AnswerSourcesFound'] : [];
  const others = events.filter(({ __typename }) => __typename !== 'AnswerCitationFound');
  expect(others.map(({ __typename }) => __typename)).toEqual([...first, ...names, 'AnswerEnded']);
  let text = '';
  for (const delta of deltas) {
    expect(delta.offset).toBe(from.offset + text.length);
    expect(delta.text.isWellFormed()).toBe(true);
    text += delta.text;
  }
  return text;
}

describe('answerEvents', () => {
  it.each(['ws', 'sse'] as const)('follows one answer to its end over %s', async (over) => {
    chat.provider.script(answers(TEXT, { delayMs: 60 }));
    const { answerId } = await chat.ask(QUESTION);
    const events = await follow(answerId, { over });
    expect(wholeText(events)).toBe(TEXT);
    expect(events.length).toBeGreaterThan(3);
    expect(new Set(events.map(({ messageId }) => messageId))).toEqual(new Set([answerId]));
    expect(events[0]!.sources).toEqual([
      { index: 1, filePath: 'docs/install.md', chunkText: expect.stringContaining('npm install ibid-demo') },
    ]);
    expect(events.at(-1)!.message).toEqual({
      id: answerId,
      status: 'COMPLETE',
      content: TEXT,
      outcome: 'ANSWERED',
      error: null,
    });
  });

  it('delivers text as it comes, also when the provider pauses after it', async () => {
    chat.provider.script(staysSilent({ after: 'Run npm install' }));
    const { answerId } = await chat.ask(QUESTION);
    let text = '';
    for await (const { data } of subscribeWs(chat.app.url, SUBSCRIPTION, { id: answerId })) {
      text += data.answerEvents.text ?? '';
      if (text === 'Run npm install') break;
    }
    expect(text).toBe('Run npm install');
    await chat.app.mutate('stopMessage', 'message { id }', { id: answerId });
  });

  it('tells several subscribers the same, and a late one what is stored first', async () => {
    chat.provider.script(answers(TEXT, { delayMs: 60 }));
    const { answerId } = await chat.ask(QUESTION);
    const early = [follow(answerId), follow(answerId, { over: 'sse' })];
    await chat.untilContent(answerId, 'Run npm');
    const late = await follow(answerId);
    const after = await follow(answerId);
    expect(wholeText(late)).toBe(TEXT);
    for (const events of [...(await Promise.all(early)), after]) expect(events).toEqual(late);
  });

  it('begins after afterSeq', async () => {
    chat.provider.script(answers(TEXT, { delayMs: 60 }));
    const { answerId } = await chat.ask(QUESTION);
    const all = await follow(answerId);
    const offset = all[1]!.text.length;
    expect(wholeText(await follow(answerId, { afterSeq: 2 }), { seq: 2, offset })).toBe(TEXT.slice(offset));
    expect(await follow(answerId, { afterSeq: all.length - 1 })).toEqual(all.slice(-1));
    expect(await follow(answerId, { afterSeq: all.length })).toEqual([]);
  });

  it('never parts a character', async () => {
    chat.provider.script(splitsAnEmoji);
    const { answerId } = await chat.ask(QUESTION);
    expect(wholeText(await follow(answerId))).toBe('One 😀 two 😀.');
  });

  it.each([
    ['WebSocket', subscribeWs],
    ['SSE', subscribeSse],
  ])('goes on for others when one goes away: %s', async (_, subscribe) => {
    chat.provider.script(answers(TEXT, { delayMs: 60 }));
    const { answerId } = await chat.ask(QUESTION);
    for await (const { data } of subscribe(chat.app.url, SUBSCRIPTION, { id: answerId }))
      if (data.answerEvents.__typename === 'AnswerDelta') break;
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE', content: TEXT });
    expect(wholeText(await follow(answerId))).toBe(TEXT);
    expect(chat.provider.aborted).toBe(0);
  });

  it('ends with the failure when the provider fails', async () => {
    chat.provider.script(({ response }) => void response.writeHead(401).end());
    const { answerId } = await chat.ask(QUESTION);
    const events = await follow(answerId);
    expect(wholeText(events)).toBe('');
    expect(events.at(-1)!.message).toMatchObject({ status: 'FAILED', outcome: null, error: { code: 'AUTH' } });
  });

  it('ends when the conversation is deleted', async () => {
    chat.provider.script(staysSilent({ after: 'Run' }));
    const { answerId, conversationId } = await chat.ask(QUESTION);
    const events = follow(answerId);
    await chat.untilContent(answerId, 'Run');
    await chat.app.mutate('deleteConversation', 'deletedId', { id: conversationId });
    expect((await events).map(({ __typename }) => __typename)).not.toContain('AnswerEnded');
  });
});

describe('what is written of an answer', () => {
  const eventsIn = async (id: string): Promise<Values[]> =>
    (await chat.app.follow(SUBSCRIPTION, { id })).map(({ data }) => data.answerEvents);

  it('is one statement for all that came since the last one', async () => {
    const text = 'Slowly and surely it goes on. '.repeat(40).trim();
    chat.provider.script(answers(text));
    let answerId = '';
    const statements = await chat.app.statements(async () => {
      ({ answerId } = await chat.ask(QUESTION));
      await chat.untilEnded(answerId);
    });
    const events = await eventsIn(answerId);
    expect(wholeText(events)).toBe(text);
    // All but the end, which has a transaction of its own.
    const writes = statements.filter((statement) => statement.includes('insert into answer_event'));
    expect(writes).toHaveLength(events.length - 1);
    expect(events.length).toBeLessThan(text.split(' ').length / 4);
  });
});

describe('answerEvents a day after the end', () => {
  const makeOlder = (answerId: string, hours: number) =>
    execute(chat.app.app.services.database.fork())`
      update answer_event set created_at = created_at - ${hours} * interval '1 hour' where message_id = ${answerId}`;
  const countEvents = (messageId: string) =>
    chat.app.app.services.database.fork().count(StoredAnswerEvent, { messageId });

  it('are its sources, one delta with all of the text, its citations, and the end, whatever afterSeq says', async () => {
    chat.provider.script(answers(TEXT, { delayMs: 60 }));
    const { answerId } = await chat.ask(QUESTION);
    const before = await follow(answerId);
    await makeOlder(answerId, 25);
    await sweepAnswers(chat.app.app.services);
    expect(await countEvents(answerId)).toBe(0);
    for (const afterSeq of [0, 2, 1_000])
      expect(await follow(answerId, { afterSeq })).toEqual([
        before[0],
        { __typename: 'AnswerDelta', seq: 2, messageId: answerId, offset: 0, text: TEXT },
        { __typename: 'AnswerCitationFound', seq: 3, messageId: answerId },
        { ...before.at(-1), seq: 4 },
      ]);
  });

  it('are kept until then, and as long as the answer is being generated', async () => {
    chat.provider.script(answers(TEXT), staysSilent({ after: 'Slowly' }));
    const ended = await chat.ask(QUESTION);
    await chat.untilEnded(ended.answerId);
    const going = await chat.ask(QUESTION);
    await chat.untilContent(going.answerId, 'Slowly');
    await makeOlder(ended.answerId, 23);
    await makeOlder(going.answerId, 25);
    await sweepAnswers(chat.app.app.services);
    for (const { answerId } of [ended, going]) expect(await countEvents(answerId)).toBeGreaterThan(1);
    await chat.app.mutate('stopMessage', 'message { id }', { id: going.answerId });
  });
});

describe.each(['ws', 'sse'] as const)('answerEvents over %s refuses', (over) => {
  const refusal = async (id: string, afterSeq = 0) => {
    const results = await chat.app.follow(SUBSCRIPTION, { id, afterSeq }, over);
    expect(results).toHaveLength(1);
    const { code, retryable } = results[0]!.errors![0]!.extensions;
    return { code, retryable, message: results[0]!.errors![0]!.message };
  };

  it('an unknown message, a question, and a negative afterSeq', async () => {
    const { questionId, answerId } = await chat.ask(QUESTION);
    for (const id of [UNKNOWN, 'x', chat.project.projectId])
      expect(await refusal(id)).toEqual({
        code: 'NOT_FOUND',
        retryable: false,
        message: 'There is no message with this id.',
      });
    expect(await refusal(questionId)).toEqual({
      code: 'BAD_USER_INPUT',
      retryable: false,
      message: 'This is a question. Follow its answer.',
    });
    expect(await refusal(answerId, -1)).toEqual({
      code: 'BAD_USER_INPUT',
      retryable: false,
      message: 'afterSeq must be 0 or more.',
    });
    await chat.untilEnded(answerId);
  });
});
