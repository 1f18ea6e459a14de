import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { sweepAnswers } from '../src/conversation/answering/answer-leases.js';
import { execute, query } from '../src/platform/database/query.js';
import { waitToBeat } from '../src/platform/jobs/lost-runs.js';
import { MessageRole, MessageStatus } from '../src/conversation/message.enums.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { setClockOff } from './support/clock.js';
import { buildConversation, buildMessage } from './support/factories.js';
import { describeOnServer } from './support/kind-of-database.js';
import { answers, rateLimited } from './support/scripted-provider.js';
import { createTestHome, type TestHome } from './support/test-app.js';
import { until } from './support/until.js';

let home: TestHome;
let chat: Chat;
beforeAll(async () => {
  home = await createTestHome();
  chat = await startChat({ home });
});
afterEach(() => {
  setClockOff(0);
  chat.provider.reset();
});
afterAll(async () => {
  await chat.stop();
  await home.remove();
});

const STOPPED = {
  code: 'INTERRUPTED',
  message: 'The service was stopped while it generated this answer. Generate it again.',
  retryable: true,
};
const LOST = {
  code: 'INTERRUPTED',
  message: 'The process that generated this answer ended. Generate it again.',
  retryable: true,
};

async function lastEvent(id: string) {
  const events = await chat.app.follow(
    'subscription($id: ID!) { answerEvents(messageId: $id) { __typename ... on AnswerEnded { message { status } } } }',
    { id },
  );
  return events.at(-1)!.data.answerEvents;
}

/** An answer that a process was writing when it was last heard of, some seconds ago. */
async function silentFor(seconds: number) {
  const { id: conversationId } = await buildConversation(chat.app, { projectId: chat.project.projectId });
  const question = await buildMessage(chat.app, { conversationId, sequence: 1, content: QUESTION });
  return buildMessage(chat.app, {
    conversationId,
    sequence: 2,
    role: MessageRole.ASSISTANT,
    status: MessageStatus.GENERATING,
    content: 'Run npm',
    parentId: question.id,
    heartbeatAt: new Date(Date.now() - seconds * 1_000),
  });
}

describe('an answer that is being generated when the service stops', () => {
  it('comes to its end where it needs no more than the time of grace', async () => {
    chat.provider.script(answers('Run npm install [1].', { delayMs: 200 }));
    const { answerId } = await chat.ask(QUESTION);
    await chat.provider.untilRequests(1);
    await chat.restart();
    expect(await chat.message(answerId)).toMatchObject({
      status: 'COMPLETE',
      outcome: 'ANSWERED',
      content: 'Run npm install [1].',
    });
  });

  it('ends INTERRUPTED else, with what was generated, and can be generated anew', async () => {
    const { answerId, questionId } = await chat.going();
    await chat.restart();
    await chat.provider.untilAborted(1);
    expect(await chat.message(answerId)).toMatchObject({
      status: 'INTERRUPTED',
      content: 'Run npm',
      outcome: null,
      error: STOPPED,
    });
    expect(await lastEvent(answerId)).toEqual({ __typename: 'AnswerEnded', message: { status: 'INTERRUPTED' } });

    chat.provider.script(answers('Run npm install [1].'));
    const { assistantMessage } = await chat.app.mutate('regenerateMessage', 'assistantMessage { id }', {
      id: answerId,
    });
    expect(await chat.untilEnded(assistantMessage.id)).toMatchObject({
      status: 'COMPLETE',
      content: 'Run npm install [1].',
      parent: { id: questionId },
      siblings: [{ id: answerId }, { id: assistantMessage.id }],
    });
  });
});

describe('an answer that waits to ask a model again when the service stops', () => {
  it('ends INTERRUPTED, and nothing more is asked', async () => {
    chat.provider.script(rateLimited(25));
    const { answerId: id } = await chat.ask(QUESTION);
    const outcomes = async () =>
      (await chat.app.query('query($id: ID!) { message(id: $id) { attempts { outcome } } }', { id })).message.attempts;
    await until(outcomes, ([first]) => first?.outcome === 'FAILED');
    await chat.app.app.services.answers.stop(0);
    expect(await chat.message(id)).toMatchObject({ status: 'INTERRUPTED', error: STOPPED });
    expect(await outcomes()).toHaveLength(1);
    expect(chat.provider.requests).toHaveLength(1);
    await chat.restart();
  });
});

describe('an answer whose process died', () => {
  it('is INTERRUPTED when the service starts', async () => {
    const { id } = await silentFor(60);
    await chat.restart();
    expect(await chat.message(id)).toMatchObject({ status: 'INTERRUPTED', content: 'Run npm', error: LOST });
    expect(await lastEvent(id)).toEqual({ __typename: 'AnswerEnded', message: { status: 'INTERRUPTED' } });
  });

  it('is INTERRUPTED once its lease has run out, 10 seconds after its last sign of life, and its subscribers hear of it', async () => {
    const [dead, alive] = [await silentFor(11), await silentFor(5)];
    const end = lastEvent(dead.id);
    await sweepAnswers(chat.app.app.services);
    expect(await chat.message(dead.id)).toMatchObject({ status: 'INTERRUPTED', error: LOST });
    expect(await end).toEqual({ __typename: 'AnswerEnded', message: { status: 'INTERRUPTED' } });
    expect(await chat.message(alive.id)).toMatchObject({ status: 'GENERATING', error: null });
    await chat.app.mutate('stopMessage', 'message { id }', { id: alive.id });
  });

  it('can be stopped before that', async () => {
    const { id } = await silentFor(1);
    const { message } = await chat.app.mutate('stopMessage', 'message { status content }', { id });
    expect(message).toEqual({ status: 'CANCELLED', content: 'Run npm' });
  });

  it('lets the conversation go on', async () => {
    const { id, conversationId } = await silentFor(60);
    await sweepAnswers(chat.app.app.services);
    const { answerId } = await chat.send(conversationId, QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE' });
    expect(await chat.message(id)).toMatchObject({ status: 'INTERRUPTED' });
  });
});

/** The embedded database has no clock of its own. */
describeOnServer('an answer whose process has a clock that is slow', () => {
  it('is not taken for dead', async () => {
    setClockOff(-3_600_000);
    const { answerId } = await chat.going();
    setClockOff(0);
    await sweepAnswers(chat.app.app.services);
    expect(await chat.message(answerId)).toMatchObject({ status: 'GENERATING' });
    await chat.app.mutate('stopMessage', 'message { id }', { id: answerId });
  });
});

describeOnServer('an answer whose signs of life are held back, as by an index that is being made', () => {
  it('is not taken for dead before they can be written again', async () => {
    const { database } = chat.app.app.services;
    const order: string[] = [];
    let waiting: Promise<unknown> | undefined;
    await database.fork().transactional(async (em) => {
      await execute(em)`lock table message in share mode`;
      waiting = waitToBeat(database.fork(), ['message']).then(() => order.push('can be written'));
      const waits = () =>
        query(database.fork())`select from pg_locks where relation = 'message'::regclass and not granted`;
      await until(async () => (await waits()).length > 0);
      order.push('held back');
    });
    await waiting;
    expect(order).toEqual(['held back', 'can be written']);
  });
});

describe('an answer that was ended while its process lives', () => {
  it('is given up by that process, which changes nothing of it', async () => {
    const { answerId } = await chat.going();
    // As another process does that has not heard of this one.
    await sweepAnswers(chat.app.app.services, new Date());
    await chat.provider.untilAborted(1);
    expect(await chat.message(answerId)).toMatchObject({ status: 'INTERRUPTED', content: 'Run npm', error: LOST });
  });
});
