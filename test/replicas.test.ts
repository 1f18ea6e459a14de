import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { QUESTION } from './support/chat.js';
import { describeOnServer } from './support/kind-of-database.js';
import { type Follower, follow, type Replica, type Replicas, startReplicas } from './support/replicas.js';
import { answers, goesOnUntil, staysSilent } from './support/scripted-provider.js';
import type { Values } from './support/test-app.js';
import { until } from './support/until.js';

/** The embedded database belongs to one process. */

describeOnServer('two processes on one database', () => {
  let replicas: Replicas;
  let one: Replica;
  let other: Replica;
  beforeAll(async () => {
    replicas = await startReplicas();
    [one, other] = await Promise.all([replicas.start(), replicas.start()]);
  });
  afterEach(() => replicas.chat.provider.reset());
  afterAll(() => replicas.stop());

  /** An answer of which "Run npm" has come from the first process, and no more will; followed through the second. */
  async function going(): Promise<{ answerId: string; conversationId: string; follower: Follower }> {
    replicas.chat.provider.script(staysSilent({ after: 'Run npm' }));
    const asked = await one.ask(QUESTION);
    const follower = follow(asked.answerId, () => other.url);
    await until(() => follower.events.some(({ text }) => text?.includes('npm')));
    return { ...asked, follower };
  }

  /** Checks that no event is missing or comes twice, and returns the text of them. */
  function wholeText(events: Values[]): string {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    let text = '';
    for (const event of events.filter(({ __typename }) => __typename === 'AnswerDelta')) {
      expect(event.offset).toBe(text.length);
      text += event.text;
    }
    return text;
  }

  /** Waits until each has heard three events more. */
  async function untilTheyHear(followers: readonly Follower[]): Promise<void> {
    const before = followers.map(({ events }) => events.length);
    await until(() => followers.every(({ events }, index) => events.length >= before[index]! + 3));
  }

  /** Ends the connections on which the processes hear of each other, and all the others as well. */
  async function cutConnections(): Promise<void> {
    const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      new URL(replicas.databaseUrl).pathname.slice(1),
    ]);
    await client.end();
  }

  it.each(['ws', 'sse'] as const)(
    'tell the same of an answer, whichever of them generates it, over %s',
    async (over) => {
      const text = 'Run npm install ibid-demo, then read on, and on, and on [1].';
      replicas.chat.provider.script(answers(text, { delayMs: 50 }));
      const { answerId } = await one.ask(QUESTION);
      const [here, there] = await Promise.all([one, other].map(({ url }) => follow(answerId, () => url, over).done));
      expect(wholeText(there!)).toBe(text);
      expect(there).toEqual(here);
      expect(there!.at(-1)!.message).toMatchObject({ status: 'COMPLETE', content: text });
    },
  );

  it('miss and repeat nothing when PostgreSQL ends all of their connections', async () => {
    const ending = Promise.withResolvers<void>();
    replicas.chat.provider.script(goesOnUntil(ending.promise));
    const { answerId } = await one.ask(QUESTION);
    const followers = [one, other].map(({ url }) => follow(answerId, () => url));
    await untilTheyHear(followers);
    for (let round = 0; round < 5; round += 1) {
      await cutConnections();
      await untilTheyHear(followers);
    }
    ending.resolve();
    const [here, there] = await Promise.all(followers.map(({ done }) => done));
    expect(there).toEqual(here);
    const { status, content } = there!.at(-1)!.message;
    expect(status).toBe('COMPLETE');
    expect(wholeText(there!)).toBe(content);
  });

  it('stop an answer through one of them that the other one generates', async () => {
    const { answerId, follower } = await going();
    expect(await other.mutate('stopMessage', 'message { status content }', { id: answerId })).toEqual({
      message: { status: 'CANCELLED', content: 'Run npm' },
      userErrors: [],
    });
    await replicas.chat.provider.untilAborted(1);
    const events = await follower.done;
    expect(wholeText(events)).toBe('Run npm');
    expect(events.at(-1)!.message).toMatchObject({ status: 'CANCELLED', content: 'Run npm', error: null });
    expect((await other.mutate('stopMessage', 'message { id }', { id: answerId })).userErrors).toMatchObject([
      { code: 'CONFLICT' },
    ]);
  });

  it('keep what a stopped answer has cost, which only the one that generates it knows', async () => {
    const { chat } = replicas;
    const input = { id: chat.project.projectId };
    await one.mutate('updateProject', 'project { id }', { ...input, citationJudgeId: chat.llmProviderId });
    chat.provider.script(answers('Run npm install ibid-demo [1].'), staysSilent());
    const { answerId } = await one.ask(QUESTION);
    // The answer itself is there, and the judge thinks: what it was sent is estimated.
    await chat.provider.untilRequests(2);
    await one.mutate('updateProject', 'project { id }', { ...input, citationJudgeId: null });
    const { message } = await other.mutate('stopMessage', 'message { status usage { inputTokens outputTokens } }', {
      id: answerId,
    });
    expect(message).toEqual({ status: 'CANCELLED', usage: { inputTokens: expect.any(Number), outputTokens: 5 } });
    await chat.provider.untilAborted(1);
  });

  it('give an answer up when its conversation is deleted through either of them', async () => {
    const { conversationId, answerId, follower } = await going();
    await other.mutate('deleteConversation', 'deletedId', { id: conversationId });
    await replicas.chat.provider.untilAborted(1);
    expect(await other.message(answerId)).toBeNull();
    expect((await follower.done).map(({ __typename }) => __typename)).not.toContain('AnswerEnded');
  });

  it('tell that one of them died, and the other one can generate the answer anew', async () => {
    const { answerId, follower } = await going();
    one.signal('SIGKILL');
    await one.exited;
    const events = await follower.done;
    expect(wholeText(events)).toBe('Run npm');
    expect(events.at(-1)!.message).toMatchObject({
      status: 'INTERRUPTED',
      content: 'Run npm',
      error: { code: 'INTERRUPTED', retryable: true },
    });
    replicas.chat.provider.script(answers('Run npm install [1].'));
    const { assistantMessage } = await other.mutate('regenerateMessage', 'assistantMessage { id }', { id: answerId });
    expect((await follow(assistantMessage.id, () => other.url).done).at(-1)!.message).toMatchObject({
      status: 'COMPLETE',
      content: 'Run npm install [1].',
    });
    one = await replicas.start();
  });

  it('are replaced one after the other while they answer, and no subscriber misses an event', async () => {
    const { provider } = replicas.chat;
    const first = await replicas.start({ SHUTDOWN_GRACE: '60s' });
    const second = await replicas.start({ SHUTDOWN_GRACE: '8s' });
    const live = [first, second];
    const asked: { answerId: string; status: string; followers: Follower[] }[] = [];
    const ask = async (through: Replica, end: Promise<void>, status = 'COMPLETE'): Promise<void> => {
      const before = provider.requests.length;
      provider.script(goesOnUntil(end));
      const { answerId } = await through.ask(QUESTION);
      await provider.untilRequests(before + 1);
      // Those at even places begin at the first process, the others at the second one.
      const followers = (['ws', 'ws', 'sse', 'sse'] as const).map((over, index) =>
        follow(answerId, () => live[index % 2]!.url, over),
      );
      asked.push({ answerId, status, followers });
    };
    /** Replaces a process; what it generates comes to its end once those that it served have found another one. */
    const replace = async (place: 0 | 1, end: () => void): Promise<void> => {
      const leaving = live[place]!;
      const going = asked
        .map(({ followers }) => followers)
        .filter(([one]) => one!.events.at(-1)?.__typename !== 'AnswerEnded');
      const served = going.flatMap((followers) => followers.filter((_, index) => index % 2 === place));
      const connections = served.map((follower) => follower.connections);
      live[place] = await replicas.start();
      leaving.signal('SIGTERM');
      await until(() => served.every((follower, index) => follower.connections > connections[index]!));
      await untilTheyHear(going.flat());
      end();
      expect(await leaving.exited).toEqual({ code: 0, signal: null });
    };

    const [end, nextEnd, never] = [1, 2, 3].map(() => Promise.withResolvers<void>());
    for (let count = 0; count < 3; count += 1) await ask(first, end!.promise);
    for (let count = 0; count < 3; count += 1) await ask(second, nextEnd!.promise);
    await ask(second, never!.promise, 'INTERRUPTED');
    await untilTheyHear(asked.flatMap(({ followers }) => followers));
    await replace(0, end!.resolve);
    await Promise.all(asked.slice(0, 3).flatMap(({ followers }) => followers.map(({ done }) => done)));
    await ask(live[0]!, nextEnd!.promise);
    await replace(1, nextEnd!.resolve);

    for (const { answerId, status, followers } of asked) {
      const told = await Promise.all(followers.map(({ done }) => done));
      const { content } = await live[0]!.message(answerId);
      for (const events of told) {
        expect(events).toEqual(told[0]);
        expect(wholeText(events)).toBe(content);
        expect(events.at(-1)!.message).toMatchObject({ status, content });
      }
    }
  });
});
