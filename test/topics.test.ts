import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from 'pg';

import type { Topics } from '../src/platform/topics.js';
import { describeOnServer } from './support/kind-of-database.js';
import { createTestHome, startTestApp, type TestApp, type TestHome } from './support/test-app.js';
import { until } from './support/until.js';

/** The embedded database belongs to one process. */

/** Longer than any test: nothing is found by looking. */
const NEVER_MS = 3_600_000;

describeOnServer('topics of two services on one database', () => {
  let home: TestHome;
  let apps: TestApp[];
  let one: Topics;
  let other: Topics;
  beforeAll(async () => {
    home = await createTestHome();
    apps = [await startTestApp({ home }), await startTestApp({ home })];
    [one, other] = apps.map(({ app }) => app.services.topics) as [Topics, Topics];
  });
  afterAll(async () => {
    for (const app of apps) await app.stop();
    await home.remove();
  });

  /** Says it until it is heard: a connection may not be there yet. */
  async function untilHeard(say: (topic: string) => void, by: Topics, topic: string): Promise<void> {
    const heard: string[] = [];
    const end = by.on(topic, () => heard.push(topic));
    await until(() => {
      say(topic);
      return heard.length;
    });
    end();
  }
  const untilBothListen = async (): Promise<void> => {
    await untilHeard(one.publish, other, 'ready');
    await untilHeard(other.publish, one, 'ready');
  };

  it('reach the other one, and whoever waits there', async () => {
    await untilBothListen();
    const heard = other.next('answer:1', NEVER_MS);
    one.publish('answer:1');
    await heard;
  });

  it('tell each no more than what it listens to, and the one that publishes only once', async () => {
    await untilBothListen();
    const heard: string[] = [];
    const ends = [
      one.on('a', () => heard.push('one')),
      other.on('a', () => heard.push('other')),
      other.on('b', () => heard.push('b')),
    ];
    one.publish('a');
    // What is sent first arrives first.
    await untilHeard(other.publish, one, 'after');
    await untilHeard(one.publish, other, 'after');
    await untilHeard(other.publish, one, 'after');
    expect(heard).toEqual(['one', 'other']);
    for (const end of ends) end();
  });

  it('tell each of a crowd', async () => {
    await untilBothListen();
    const topics = Array.from({ length: 500 }, (_, index) => `answer:${index}`);
    const heard = Promise.all(topics.map((topic) => other.next(topic, NEVER_MS)));
    for (const topic of topics) one.publish(topic);
    await heard;
  });

  it('are heard again after the connection was ended, and whoever waited looks again', async () => {
    await untilBothListen();
    const waiting = other.next('missed', NEVER_MS);
    const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      new URL(home.databaseUrl!).pathname.slice(1),
    ]);
    await client.end();
    await waiting;
    await untilBothListen();
  });
});
