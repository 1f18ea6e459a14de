import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';

import { type Chat, QUESTION, startChat } from './support/chat.js';
import { answers } from './support/scripted-provider.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterAll(() => chat.stop());

it('survives the loss of its connections', async () => {
  const text = 'a b c d e f g h i j k l m n o p q r s t u v w x y z';
  chat.provider.script(answers(text, { delayMs: 100 }));
  const { answerId } = await chat.ask(QUESTION);
  await chat.provider.untilRequests(1);
  const client = new pg.Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  const name = new URL(chat.app.config.databaseUrl!).pathname.slice(1);
  let killed = 0;
  for (let i = 0; i < 100; i++) {
    const r = await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    killed += r.rowCount ?? 0;
    await new Promise((r) => setTimeout(r, 20));
  }
  await client.end();
  let m;
  for (;;) {
    try { m = await chat.untilEnded(answerId); break; } catch (e) { console.log(String(e)); }
  }
  console.log(killed, m.status, m.content, m.error);
  const events = await chat.app.follow('subscription($id: ID!) { answerEvents(messageId: $id) { seq ... on AnswerDelta { offset text } } }', { id: answerId });
  console.log(JSON.stringify(events.map(({ data }) => data.answerEvents)));
  expect(m.content).toBe(text);
});
