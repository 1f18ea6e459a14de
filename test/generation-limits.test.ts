import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';

import { type Chat, QUESTION, startChat } from './support/chat.js';
import { answers, staysSilent } from './support/scripted-provider.js';

const stop = (chat: Chat, id: string) => chat.app.mutate('stopMessage', 'message { status content }', { id });

describe('MAX_GENERATIONS', () => {
  let chat: Chat;
  beforeAll(async () => void (chat = await startChat({ settings: { MAX_GENERATIONS: '2' } })));
  afterEach(() => chat.provider.reset());
  afterAll(() => chat.stop());

  /** Two answers of which "Run npm" has come, and no more will. */
  async function busy() {
    chat.provider.script(staysSilent({ after: 'Run npm' }), staysSilent({ after: 'Run npm' }));
    const going = [await chat.ask(QUESTION), await chat.ask(QUESTION)];
    for (const { answerId } of going) await chat.untilContent(answerId, 'Run npm');
    return going.map(({ answerId }) => answerId) as [string, string];
  }

  const heartbeatOf = async (id: string): Promise<string> => {
    const { rows } = await sql<{
      beat: string;
    }>`select heartbeat_at::text as beat from message where id = ${id}`.execute(
      chat.app.app.services.database.fork().getKysely(),
    );
    return rows[0]!.beat;
  };

  it('lets more answers wait, GENERATING with nothing written, and takes them up in their order', async () => {
    const [first, second] = await busy();
    const waiting = [await chat.ask(QUESTION), await chat.ask(QUESTION)];
    for (const { answerId } of waiting)
      expect(await chat.message(answerId)).toMatchObject({ status: 'GENERATING', content: '', sources: [] });
    expect(chat.provider.requests).toHaveLength(2);

    chat.provider.script(staysSilent({ after: 'Third' }), answers('Fourth [1].'));
    await stop(chat, second);
    await chat.untilContent(waiting[0]!.answerId, 'Third');
    expect(await chat.message(waiting[1]!.answerId)).toMatchObject({ status: 'GENERATING', content: '', sources: [] });
    await stop(chat, first);
    expect(await chat.untilEnded(waiting[1]!.answerId)).toMatchObject({ status: 'COMPLETE', content: 'Fourth [1].' });
    await stop(chat, waiting[0]!.answerId);
  });

  it('lets an answer that waits be stopped at once, without a request to the provider', async () => {
    const going = await busy();
    const { answerId, conversationId } = await chat.ask(QUESTION);
    expect((await stop(chat, answerId)).message).toEqual({ status: 'CANCELLED', content: '' });
    await chat.app.mutate('deleteConversation', 'deletedId', { id: conversationId });
    for (const id of going) await stop(chat, id);
    expect(chat.provider.requests).toHaveLength(2);
  });

  it('lets an answer that waits show that its process lives', async () => {
    const going = await busy();
    const { answerId } = await chat.ask(QUESTION);
    const sent = await heartbeatOf(answerId);
    while ((await heartbeatOf(answerId)) === sent) await pause(50);
    expect(await chat.message(answerId)).toMatchObject({ status: 'GENERATING', content: '' });
    for (const id of [answerId, ...going]) await stop(chat, id);
  });

  // The last of these: there are no answers after that.
  it('lets a service that stops end at once what waits, as INTERRUPTED, while what is going may finish', async () => {
    const [first, second] = await busy();
    const { answerId } = await chat.ask(QUESTION);
    const stopped = chat.app.app.services.answers.stop(60_000);
    expect(await chat.untilEnded(answerId)).toMatchObject({
      status: 'INTERRUPTED',
      content: '',
      error: { code: 'INTERRUPTED', retryable: true },
    });
    expect(await chat.message(first)).toMatchObject({ status: 'GENERATING' });
    for (const id of [first, second]) await stop(chat, id);
    await stopped;
    expect(chat.provider.requests).toHaveLength(2);
  });
});

describe('GENERATION_TIMEOUT', () => {
  let chat: Chat;
  beforeAll(async () => void (chat = await startChat({ settings: { GENERATION_TIMEOUT: '1s' } })));
  afterAll(() => chat.stop());

  it('ends an answer as FAILED with TIMEOUT, keeps what was generated, and gives the request up', async () => {
    chat.provider.script(staysSilent({ after: 'Run npm' }));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({
      status: 'FAILED',
      content: 'Run npm',
      outcome: null,
      error: {
        code: 'TIMEOUT',
        message: 'This answer took longer than 1 second and was ended. Ask for less, or generate it again.',
        retryable: true,
      },
    });
    await chat.provider.untilAborted(1);
    chat.provider.script(answers('In time [1].'));
    const { assistantMessage } = await chat.app.mutate('regenerateMessage', 'assistantMessage { id }', {
      id: answerId,
    });
    expect(await chat.untilEnded(assistantMessage.id)).toMatchObject({ status: 'COMPLETE', content: 'In time [1].' });
  });
});
