import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { query } from '../src/platform/database/query.js';
import { type Chat, QUESTION, startChat } from './support/chat.js';
import { answers, staysSilent } from './support/scripted-provider.js';
import { until } from './support/until.js';

const stop = (chat: Chat, id: string) => chat.app.mutate('stopMessage', 'message { status content }', { id });

describe('answers that are generated', () => {
  let chat: Chat;
  beforeEach(
    async () => void (chat = await startChat({ settings: { MAX_GENERATIONS: '2', GENERATION_TIMEOUT: '6s' } })),
  );
  afterEach(() => chat.stop());

  /** Two answers of which "Run npm" has come, and no more will. */
  async function busy() {
    chat.provider.script(staysSilent({ after: 'Run npm' }), staysSilent({ after: 'Run npm' }));
    const going = [await chat.ask(QUESTION), await chat.ask(QUESTION)];
    for (const { answerId } of going) await chat.untilContent(answerId, 'Run npm');
    return going.map(({ answerId }) => answerId) as [string, string];
  }

  const heartbeatOf = async (id: string): Promise<string> => {
    const rows = await query(chat.app.app.services.database.fork())<{
      beat: string;
    }>`select heartbeat_at::text as beat from message where id = ${id}`;
    return rows[0]!.beat;
  };

  it('are MAX_GENERATIONS at once: more wait, GENERATING with nothing written, and are taken up in their order', async () => {
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
  });

  it('can be stopped at once while they wait, without a request to the provider', async () => {
    const going = await busy();
    const { answerId, conversationId } = await chat.ask(QUESTION);
    expect((await stop(chat, answerId)).message).toEqual({ status: 'CANCELLED', content: '' });
    await chat.app.mutate('deleteConversation', 'deletedId', { id: conversationId });
    for (const id of going) await stop(chat, id);
    expect(chat.provider.requests).toHaveLength(2);
  });

  it('end as FAILED with TIMEOUT after GENERATION_TIMEOUT and keep their text, while one that waits shows that its process lives', async () => {
    const [first, second] = await busy();
    const { answerId } = await chat.ask(QUESTION);
    const sent = await heartbeatOf(answerId);
    await until(
      () => heartbeatOf(answerId),
      (now) => now !== sent,
    );
    expect(await chat.message(answerId)).toMatchObject({ status: 'GENERATING', content: '' });
    chat.provider.script(answers('In time [1].'));
    expect(await chat.untilEnded(first)).toMatchObject({
      status: 'FAILED',
      content: 'Run npm',
      outcome: null,
      error: {
        code: 'TIMEOUT',
        message: 'This answer took longer than 6 seconds and was ended. Ask for less, or generate it again.',
        retryable: true,
      },
    });
    // Its own time begins when it does.
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE', content: 'In time [1].' });
    await stop(chat, second);
    await chat.provider.untilAborted(2);
  });

  it('are INTERRUPTED at once where they wait when the service stops, while those that are going may finish', async () => {
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
