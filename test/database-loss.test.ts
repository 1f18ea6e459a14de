import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { type Chat, QUESTION, startChat } from './support/chat.js';
import { buildProject } from './support/factories.js';
import { describeOnServer } from './support/kind-of-database.js';
import { answers } from './support/scripted-provider.js';

/** The embedded database has no connections to lose. */

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterAll(() => chat.stop());

const TERMINATE = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1';

/** What an operator does: `work` gets a connection to the server, and the name of the service's database. */
async function operate(work: (client: Client, name: string) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  await work(client, new URL(chat.app.config.databaseUrl!).pathname.slice(1));
  await client.end();
}

/** Ends all of the service's connections, again and again. */
function terminateFor(ms: number): Promise<void> {
  return operate(async (client, name) => {
    for (const until = Date.now() + ms; Date.now() < until; await pause(20)) await client.query(TERMINATE, [name]);
  });
}

const createConversation = (projectId: string) =>
  chat.app.request(
    'mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }',
    { input: { projectId, title: 'Mine' } },
  );

const WORDS = 'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen';

describeOnServer('connections that PostgreSQL ends', () => {
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
    const create = () => createConversation(projectId);
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

describeOnServer('a database that takes no writes, as a standby does', () => {
  it('is unavailable for them, and the service is not ready, until it does again', async () => {
    const { id: projectId } = await buildProject(chat.app);
    const readiness = async () => (await fetch(`${chat.app.url}/readyz`)).status;
    await operate(async (client, name) => {
      await client.query(`alter database ${name} set default_transaction_read_only = on`);
      await client.query(TERMINATE, [name]);
    });
    while ((await readiness()) === 200) await pause(20);
    const refused = await Promise.all(Array.from({ length: 20 }, () => createConversation(projectId)));
    expect(
      new Set(
        refused.map(({ errors }) =>
          JSON.stringify(errors?.map(({ extensions: { code, retryable } }) => [code, retryable])),
        ),
      ),
    ).toEqual(new Set(['[["UNAVAILABLE",true]]']));
    expect(await readiness()).toBe(503);
    expect(await chat.app.query('query($id: ID!) { project(id: $id) { id } }', { id: projectId })).toEqual({
      project: { id: projectId },
    });

    await operate((client, name) => client.query(`alter database ${name} reset default_transaction_read_only`));
    // Until no connection is left from before.
    for (;;) {
      const taken = await Promise.all(Array.from({ length: 20 }, () => createConversation(projectId)));
      if (taken.every(({ errors }) => errors === undefined)) break;
    }
    expect(await readiness()).toBe(200);
  });
});
