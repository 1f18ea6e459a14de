import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type Em, query } from '../src/platform/database/query.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { answers, goesOnUntil, type Step, waitsFor } from './support/scripted-provider.js';
import type { Values } from './support/test-app.js';
import { until } from './support/until.js';

let chat: Chat;
const logged: string[] = [];
beforeAll(async () => void (chat = await startChat({ log: (line) => void logged.push(line) })));
afterEach(() => {
  chat.provider.reset();
  chat.app.app.services.database.onStatement = null;
});
afterAll(() => chat.stop());

const TEXT = 'Run npm install ibid-demo to install the program [1]. It is quick.';
const FOLLOW = `subscription($id: ID!) {
  answerEvents(messageId: $id) { seq __typename ... on AnswerDelta { text } ... on AnswerEnded { message { status } } }
}`;

const lostConnection = (): Error => Object.assign(new Error('Connection terminated unexpectedly'), { code: '57P01' });

/** The connection of each statement that `isLost` is lost before the statement arrives. Gives those statements. */
function lose(isLost: (statement: string) => boolean): string[] {
  const lost: string[] = [];
  chat.app.app.services.database.onStatement = (statement) => {
    if (!isLost(statement)) return;
    lost.push(statement);
    throw lostConnection();
  };
  return lost;
}

/** That statement once, in whatever it is sent. */
function loseOnce(statement: RegExp): string[] {
  const lost: string[] = lose((each) => lost.length === 0 && statement.test(each));
  return lost;
}

/**
 * The connection of the transaction that begins, counts or ends an answer is lost once: before or after the commit, or
 * with the next statement.
 */
function loseCommit(of: 'beginning' | 'cost' | 'end', what: 'transaction' | 'reply' | 'next'): { lost: number } {
  const { database } = chat.app.app.services;
  const { fork } = database;
  const commits = { lost: 0 };
  const loseIt = (): void => {
    commits.lost += 1;
    throw lostConnection();
  };
  const measure = async (em: Em): Promise<number> => {
    const rows = await query(em)<Record<typeof of, string>>`
      select count(*) filter (where status = 'GENERATING') as beginning, -count(*) filter (where status = 'GENERATING') as end,
        (select sum(output_tokens) from project) as cost from message`;
    return Number(rows[0]![of]);
  };
  database.fork = () => {
    const em = fork();
    const { transactional } = em;
    em.transactional = async (work, ...options) => {
      let isIt = false;
      const result = await transactional.call(
        em,
        async (tx) => {
          const before = await measure(tx as Em);
          const done = await work(tx as never);
          isIt = (await measure(tx as Em)) > before;
          if (isIt) database.fork = fork;
          if (isIt && what === 'transaction') loseIt();
          return done;
        },
        ...options,
      );
      if (isIt && what === 'reply') loseIt();
      if (isIt && what === 'next') loseOnce(/./);
      return result as never;
    };
    return em;
  };
  return commits;
}

async function expectWhole(answerId: string): Promise<void> {
  expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE', content: TEXT, error: null });
  const query = 'query($id: ID!) { message(id: $id) { attempts { outcome } citations { sourceIndex } } }';
  expect((await chat.app.query(query, { id: answerId })).message).toEqual({
    attempts: [{ outcome: 'COMPLETE' }],
    citations: [{ sourceIndex: 1 }],
  });
  const events = (await chat.app.follow(FOLLOW, { id: answerId })).map(({ data }) => data.answerEvents);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  expect(events.map(({ text = '' }) => text).join('')).toBe(TEXT);
  const once = events.filter(({ __typename }) => __typename !== 'AnswerDelta').map(({ __typename }) => __typename);
  expect(once).toEqual(['AnswerSourcesFound', 'AnswerCitationFound', 'AnswerEnded']);
}

describe('an answer is COMPLETE, with all of it once, where one connection is lost', () => {
  it.each([
    ['what is asked is read', /with recursive branch/],
    ['the models to ask are read', /"conversation_fallback"/],
    ['passages are searched', /with word as materialized/],
    ['the budget is looked at', /from project where id = \$1 and input_tokens/],
    ['its sources are written', /update message m set/],
    ['its attempt is written', /update message set attempts/],
  ])('as %s', async (_, statement) => {
    const lost = loseOnce(statement);
    chat.provider.script(answers(TEXT));
    const { answerId } = await chat.ask(QUESTION);
    await expectWhole(answerId);
    expect(lost).toHaveLength(1);
  });

  it('as its judge is read, or its verdicts are written', async () => {
    await chat.judgeBy(await chat.createModel({}));
    for (const statement of [/from "llm_provider" as "l0" where "l0"."id" = /, /update message set citations/]) {
      const lost = loseOnce(statement);
      chat.provider.script(answers(TEXT), answers('{"1":"SUPPORTED"}'));
      const { answerId } = await chat.ask(QUESTION);
      await expectWhole(answerId);
      expect(lost).toHaveLength(1);
      const query = 'query($id: ID!) { message(id: $id) { citations { judgeVerdict } } }';
      const { message } = await chat.app.query(query, { id: answerId });
      expect(message.citations).toEqual([{ judgeVerdict: 'SUPPORTED' }]);
    }
    await chat.judgeBy(null);
  });

  it.each([
    ['its end is written', 'transaction'],
    ['its end is written, of which only the reply is lost', 'reply'],
  ] as const)('as %s', async (_, what) => {
    const ends = loseCommit('end', what);
    chat.provider.script(answers(TEXT));
    const { answerId } = await chat.ask(QUESTION);
    await expectWhole(answerId);
    expect(ends.lost).toBe(1);
  });
});

describe('what an answer costs', () => {
  const spent = async (): Promise<Values> => {
    const query = 'query($id: ID!) { project(id: $id) { tokenUsage { inputTokens outputTokens } } }';
    return (await chat.app.query(query, { id: chat.project.projectId })).project.tokenUsage;
  };

  it.each([
    ['it is counted', 'transaction'],
    ['it is counted, of which only the reply is lost', 'reply'],
  ] as const)('is counted once, where the connection is lost as %s', async (_, what) => {
    const before = await spent();
    const counts = loseCommit('cost', what);
    chat.provider.script(answers(TEXT));
    const { answerId } = await chat.ask(QUESTION);
    const { usage } = await chat.untilEnded(answerId);
    // Nothing of it is written any more after that.
    await chat.app.app.services.answers.stopAnswer(answerId);
    expect(await spent()).toEqual({
      inputTokens: before.inputTokens + usage.inputTokens,
      outputTokens: before.outputTokens + usage.outputTokens,
    });
    expect(counts.lost).toBe(1);
  });
});

describe('a question with a key, whose conversation is made but the connection lost', () => {
  const create = async (idempotencyKey: string) => {
    const { projectId } = chat.project;
    const { data, errors } = await chat.app.request(
      `mutation($input: CreateConversationInput!) {
        createConversation(input: $input) { assistantMessage { id status } userErrors { code } }
      }`,
      { input: { projectId, message: QUESTION, idempotencyKey } },
    );
    return { id: data?.createConversation.assistantMessage.id, code: errors?.[0]!.extensions.code };
  };

  it('is answered, where only the reply to the commit is lost', async () => {
    const beginning = loseCommit('beginning', 'reply');
    chat.provider.script(answers(TEXT));
    const { id, code } = await create('reply');
    expect({ code, ...beginning }).toEqual({ code: undefined, lost: 1 });
    await expectWhole(id);
    expect(await create('reply')).toEqual({ id, code: undefined });
    expect(chat.provider.requests).toHaveLength(1);
  });

  it('is answered, where it cannot be read afterwards: the same call again gives the answer', async () => {
    loseCommit('beginning', 'next');
    chat.provider.script(answers(TEXT));
    expect(await create('read')).toEqual({ id: undefined, code: 'UNAVAILABLE' });
    await expectWhole((await create('read')).id);
    expect(chat.provider.requests).toHaveLength(1);
  });
});

describe('an answer whose database takes no writes for a while', () => {
  const ends = Promise.withResolvers<void>();
  const comesMeanwhile: Step = waitsFor(ends.promise, answers(TEXT));

  it('is GENERATING meanwhile, and COMPLETE once it takes them again', async () => {
    chat.provider.script(comesMeanwhile);
    const { answerId } = await chat.ask(QUESTION);
    await chat.provider.untilRequests(1);
    let isAway = true;
    const lost = lose((statement) => isAway && /update message (m )?set/.test(statement));
    ends.resolve();
    await until(() => lost.length > 1);
    expect(await chat.message(answerId)).toMatchObject({ status: 'GENERATING', content: '' });
    isAway = false;
    await expectWhole(answerId);
  });

  it('is ended by stopMessage while its text waits, which the log takes for no fault', async () => {
    chat.provider.script(goesOnUntil(new Promise(() => {})));
    const { answerId } = await chat.ask(QUESTION);
    await chat.untilContent(answerId, 'word 1');
    let isAway = true;
    const lost = lose((statement) => isAway && statement.includes('update message m set'));
    await until(() => lost.length > 0);
    logged.length = 0;
    const stopped = chat.app.mutate('stopMessage', 'message { status content }', { id: answerId });
    await chat.provider.untilAborted(1);
    isAway = false;
    expect((await stopped).message).toMatchObject({
      status: 'CANCELLED',
      content: expect.stringMatching(/^word 1 word 2/),
    });
    expect(logged.filter((line) => line.includes('could not be written'))).toEqual([]);
  });

  it('is ended by stopMessage with what it has cost, where it takes them within 3 seconds', async () => {
    const { answerId } = await chat.going();
    const ends = loseCommit('end', 'transaction');
    const stopped = chat.app.mutate('stopMessage', 'message { status content usage { outputTokens } }', {
      id: answerId,
    });
    expect((await stopped).message).toEqual({
      status: 'CANCELLED',
      content: 'Run npm',
      usage: { outputTokens: expect.any(Number) },
    });
    expect(ends.lost).toBe(1);
  });
});
