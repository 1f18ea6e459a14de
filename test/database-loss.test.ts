import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { type Chat, QUESTION, startChat } from './support/chat.js';
import { buildProject } from './support/factories.js';
import { answers } from './support/scripted-provider.js';

/** The embedded database has no connections to lose. */
const onServer = process.env.TEST_DATABASE_URL ? describe : describe.skip;

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterAll(() => chat.stop());

/** Ends all of the service's connections, again and again. */
async function terminateFor(ms: number): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  const name = new URL(chat.app.config.databaseUrl!).pathname.slice(1);
  for (const until = Date.now() + ms; Date.now() < until; await pause(20))
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
  await client.end();
}

const WORDS = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';

onServer('connections that PostgreSQL ends', () => {
  it('do not end an answer that is being generated, nor lose or repeat any of its text', async () => {
    chat.provider.script(answers(WORDS, { delayMs: 100 }));
    const { answerId } = await chat.ask(QUESTION);
    await chat.untilContent(answerId, 'one');
    await terminateFor(1_000);
    expect(await chat.untilEnded(answerId)).toMatchObject({ status: 'COMPLETE', content: WORDS });
    const events = await chat.app.follow(
      'subscription($id: ID!) { answerEvents(messageId: $id) { ... on AnswerDelta { offset text } } }',
      { id: answerId },
    );
    const deltas = events.map(({ data }) => data.answerEvents).filter(({ text }) => text !== undefined);
    let text = '';
    for (const delta of deltas) {
      expect(delta.offset).toBe(text.length);
      text += delta.text;
    }
    expect(text).toBe(WORDS);
  });

  it('are replaced: requests fail as UNAVAILABLE at worst, and all is well afterwards', async () => {
    const { id: projectId } = await buildProject(chat.app);
    const create = () =>
      chat.app.request(
        'mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }',
        { input: { projectId, title: 'Mine' } },
      );
    const codes = new Set<string>();
    const terminated = terminateFor(2_000);
    for (const until = Date.now() + 2_000; Date.now() < until;) {
      const results = await Promise.all(Array.from({ length: 10 }, create));
      for (const { errors } of results) if (errors) codes.add(errors[0]!.extensions.code);
    }
    await terminated;
    expect([...codes]).toEqual(['UNAVAILABLE']);
    const results = await Promise.all(Array.from({ length: 20 }, create));
    expect(results.map(({ data }) => data?.createConversation.conversation !== undefined)).toEqual(
      results.map(() => true),
    );
  });
});
