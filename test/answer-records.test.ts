import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Addition } from '../src/conversation/answering/answer-records.js';
import { MessageRole, MessageStatus } from '../src/conversation/message.enums.js';
import { query } from '../src/platform/database/query.js';
import { buildConversation, buildMessage, buildProject } from './support/factories.js';
import { itOnServer } from './support/kind-of-database.js';
import { startTestApp, type TestApp } from './support/test-app.js';

const FOLLOW = `subscription($id: ID!) {
  answerEvents(messageId: $id) { seq __typename ... on AnswerDelta { text } ... on AnswerEnded { message { content } } }
}`;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.stop());

/** Messages that are GENERATING, in which nothing is written. */
async function buildAnswers(count: number): Promise<string[]> {
  const { id: projectId } = await buildProject(app);
  const { id: conversationId } = await buildConversation(app, { projectId });
  const ids: string[] = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const values = { role: MessageRole.ASSISTANT, status: MessageStatus.GENERATING, content: '' };
    ids.push((await buildMessage(app, { conversationId, sequence, heartbeatAt: new Date(), ...values })).id);
  }
  return ids;
}

const text = (content: string): Addition => ({
  seq: 1,
  events: [{ kind: 'delta', data: { offset: 0, text: content } }],
  content,
});
const add = (id: string, addition: Addition) => app.app.services.answerRecords.add(id, addition);
const stop = (id: string) => app.mutate('stopMessage', 'message { content }', { id });
async function contents(ids: readonly string[]): Promise<string[]> {
  const query = 'query($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { content } } }';
  return (await app.query(query, { ids })).nodes.map(({ content }: { content: string }) => content);
}

describe('what answers add', () => {
  it('is one statement for all answers that add something at one moment', async () => {
    const ids = await buildAnswers(5);
    const statements = await app.statements(() => Promise.all(ids.map((id) => add(id, text(`Answer ${id}`)))));
    expect(statements).toHaveLength(1);
    expect(await contents(ids)).toEqual(ids.map((id) => `Answer ${id}`));
  });

  it('reaches each of them with its own events, and leaves what is not named as it was', async () => {
    const [one, other] = await buildAnswers(2);
    await Promise.all([add(one!, text('One')), add(other!, text('Other'))]);
    const more = { seq: 2, events: [{ kind: 'citation' as const, data: { position: 0 } }] };
    await Promise.all([add(one!, more), add(other!, { ...text('Other and more'), seq: 2 })]);
    await Promise.all([stop(one!), stop(other!)]);
    const events = async (id: string) => (await app.follow(FOLLOW, { id })).map(({ data }) => data?.answerEvents);
    expect(await events(one!)).toMatchObject([
      { seq: 1, text: 'One' },
      { seq: 2, __typename: 'AnswerCitationFound' },
      { seq: 3, message: { content: 'One' } },
    ]);
    expect(await events(other!)).toMatchObject([
      { seq: 1, text: 'Other' },
      { seq: 2, text: 'Other and more' },
      { seq: 3, message: { content: 'Other and more' } },
    ]);
  });

  it('changes nothing when it is written twice, since nobody knows whether it was before', async () => {
    const [id] = await buildAnswers(1);
    for (let time = 0; time < 2; time += 1) expect(await add(id!, text('Run'))).toBe(true);
    await stop(id!);
    expect(await add(id!, { ...text('Run on'), seq: 2 })).toBe(false);
    expect((await app.follow(FOLLOW, { id })).map(({ data }) => data.answerEvents)).toMatchObject([
      { seq: 1, text: 'Run' },
      { seq: 2, __typename: 'AnswerEnded', message: { content: 'Run' } },
    ]);
  });

  it('is not written to those that have ended, while the others have it', async () => {
    const ids = await buildAnswers(3);
    await stop(ids[1]!);
    expect(await Promise.all(ids.map((id) => add(id, text('More'))))).toEqual([true, false, true]);
    expect(await contents([ids[0]!, ids[2]!])).toEqual(['More', 'More']);
  });

  it('that cannot be stored fails alone', async () => {
    const ids = await buildAnswers(3);
    const added = await Promise.allSettled(ids.map((id, index) => add(id, text(index === 1 ? '\0' : 'Sound'))));
    expect(added.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await contents(ids)).toEqual(['Sound', '', 'Sound']);
  });

  itOnServer('waits for nobody but whoever holds its own answer', async () => {
    const ids = await buildAnswers(3);
    let held: Promise<boolean> | undefined;
    await app.app.services.database.fork().transactional(async (em) => {
      await query(em)`select from message where id = ${ids[0]} for update`;
      const [first, ...others] = ids.map((id) => add(id, text('Written')));
      held = first;
      expect(await Promise.all(others)).toEqual([true, true]);
    });
    expect(await held).toBe(true);
    expect(await contents(ids)).toEqual(['Written', 'Written', 'Written']);
  });
});

describe('what subscribers read', () => {
  it('is one statement for all that read at one moment', async () => {
    const ids = await buildAnswers(4);
    await Promise.all(ids.map((id) => add(id, text(`Answer ${id}`))));
    const { answerRecords } = app.app.services;
    const statements = await app.statements(async () => {
      const read = await Promise.all(ids.map((id, index) => answerRecords.read(id, index === 0 ? 1 : 0)));
      expect(read.map((events) => events.length)).toEqual([0, 1, 1, 1]);
    });
    expect(statements).toHaveLength(1);
  });
});
