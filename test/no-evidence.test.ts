import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type Chat, QUESTION, startChat } from './support/chat.js';
import { buildProject } from './support/factories.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterAll(() => chat.stop());

const REPLY =
  "I found nothing in this project's documents that answers this. Try other words, or sync the documentation that covers it.";
const NO_EVIDENCE = {
  status: 'COMPLETE',
  outcome: 'NO_EVIDENCE',
  content: REPLY,
  sources: [],
  citations: [],
  usage: null,
  error: null,
};

async function askIn(projectId: string, message: string): Promise<string> {
  const { assistantMessage } = await chat.app.mutate('createConversation', 'assistantMessage { id }', {
    projectId,
    message,
  });
  return assistantMessage.id;
}

describe('an answer without evidence', () => {
  it('is a fixed reply, and no provider is called', async () => {
    const { answerId } = await chat.ask('Quels poissons vivent sous la banquise antarctique?');
    expect(await chat.untilEnded(answerId)).toMatchObject(NO_EVIDENCE);
    expect(chat.provider.requests).toEqual([]);
  });

  it('is what a project without documents gives', async () => {
    const { id } = await buildProject(chat.app);
    expect(await chat.untilEnded(await askIn(id, QUESTION))).toMatchObject(NO_EVIDENCE);
    expect(chat.provider.requests).toEqual([]);
  });

  it('is what a question without a word gives', async () => {
    const { answerId } = await chat.ask('?!');
    expect(await chat.untilEnded(answerId)).toMatchObject(NO_EVIDENCE);
  });

  it('is what only the documents of another project could answer', async () => {
    const { id } = await buildProject(chat.app);
    expect(await chat.untilEnded(await askIn(id, 'When does the nightly backup run?'))).toMatchObject(NO_EVIDENCE);
  });

  it('comes as events like any other: no sources, the reply, the end', async () => {
    const { answerId } = await chat.ask('Quels poissons vivent sous la banquise?');
    const events = await chat.app.follow(
      `subscription($id: ID!) { answerEvents(messageId: $id) { __typename seq
        ... on AnswerSourcesFound { sources { index } }
        ... on AnswerDelta { offset text }
        ... on AnswerEnded { message { outcome } } } }`,
      { id: answerId },
    );
    expect(events.map(({ data }) => data.answerEvents)).toEqual([
      { __typename: 'AnswerSourcesFound', seq: 1, sources: [] },
      { __typename: 'AnswerDelta', seq: 2, offset: 0, text: REPLY },
      { __typename: 'AnswerEnded', seq: 3, message: { outcome: 'NO_EVIDENCE' } },
    ]);
  });
});
