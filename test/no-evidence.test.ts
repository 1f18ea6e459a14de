import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type Chat, QUESTION, startChat } from './support/chat.js';
import { buildProject } from './support/factories.js';
import { answers } from './support/scripted-provider.js';
import { buildSyncedProject } from './support/sync-bench.js';

let chat: Chat;
beforeAll(async () => void (chat = await startChat()));
afterEach(() => chat.provider.reset());
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

  it.each(['How do I install Photoshop on a Mac?', 'Which program won the race at three?', 'How do I run a marathon?'])(
    'is what a question gives that only shares a word with the documents: %s',
    async (question) => {
      const { answerId } = await chat.ask(question);
      expect(await chat.untilEnded(answerId)).toMatchObject(NO_EVIDENCE);
      expect(chat.provider.requests).toEqual([]);
    },
  );

  it.each([
    {
      outcome: 'NO_EVIDENCE',
      between:
        'Water runs through copper pipes to the pumps, which push it up to the tanks below the roof of each house in the village, day and night, and the keeper writes down their pressure every hour.',
    },
    { outcome: 'ANSWERED', between: '' },
  ])(
    'is $outcome where words of a question stand in a passage, "$between" between them',
    async ({ outcome, between }) => {
      const { projectId } = await buildSyncedProject(chat.app, chat.host, {
        'valves.md': `# Valves\n\nThe valves open by hand. ${between} A bank of batteries drives the pumps when the power fails.\n`,
      });
      const answerId = await askIn(projectId, 'Can tourists open a bank account in Switzerland?');
      expect(await chat.untilEnded(answerId)).toMatchObject({ outcome });
    },
  );

  it('is not what a question gives that leaves to the conversation what it is about', async () => {
    const question = 'And behind a proxy, on Windows, how is it installed there?';
    const { answerId } = await chat.ask(question);
    expect(await chat.untilEnded(answerId)).toMatchObject(NO_EVIDENCE);
    const first = await chat.ask(QUESTION);
    await chat.untilEnded(first.answerId);
    const second = await chat.send(first.conversationId, question);
    expect(await chat.untilEnded(second.answerId)).toMatchObject({
      outcome: 'ANSWERED',
      sources: [{ filePath: 'docs/install.md' }],
    });
  });

  it('is not what a question gives whose stop words another language of the project does not know', async () => {
    const { projectId } = await buildSyncedProject(chat.app, chat.host, {
      'pipes.md':
        '# Plumbing\n\nCopper lasts for decades, plastic does not. Each pipe carries water at a pressure of its own, up to eight bars, and valves close by hand.\n',
      'rohre.md': '---\nlang: de\n---\n# Rohre\n\nDas Wasser fließt.\n',
      'guan.md': '---\nlang: zh\n---\n# 管道\n\n每个管道都有压力。\n',
    });
    const answer = await chat.untilEnded(await askIn(projectId, 'What is it that they do with all of the pipes?'));
    expect(answer).toMatchObject({ outcome: 'ANSWERED', sources: [{ filePath: 'pipes.md' }] });
  });

  it('is what a project without documents gives, and says what it lacks', async () => {
    const { id } = await buildProject(chat.app);
    const content = 'This project has no documents yet. Sync its documentation, then ask again.';
    expect(await chat.untilEnded(await askIn(id, QUESTION))).toMatchObject({ ...NO_EVIDENCE, content });
    expect(chat.provider.requests).toEqual([]);
  });

  it('is what a question without a word gives', async () => {
    const { answerId } = await chat.ask('?!');
    expect(await chat.untilEnded(answerId)).toMatchObject(NO_EVIDENCE);
  });

  it('is what only the documents of another project could answer', async () => {
    const { projectId } = await buildSyncedProject(chat.app, chat.host, {
      'tea.md': '# Tea\n\nIt steeps for minutes.\n',
    });
    const answerId = await askIn(projectId, 'When does the nightly backup run?');
    expect(await chat.untilEnded(answerId)).toMatchObject(NO_EVIDENCE);
  });

  it.each([
    'The documentation does not say how to install it without npm.',
    "I'm sorry, but I could not find that in the documentation. Let me know if you have any other questions.",
    '**Uninstalling**\n\nThe passages do not mention it. What do you want to do?',
    'There is no information about uninstalling in the documentation provided. You may want to ask the maintainers.',
    'Leider enthält die Dokumentation keine Informationen dazu, wie man es deinstalliert.',
  ])('is what a language model gives that says so, and nothing else: %s', async (reply) => {
    chat.provider.script(answers(reply));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({ ...NO_EVIDENCE, content: reply, sources: [{}], usage: {} });
  });

  it.each([
    'The documentation does not say how to install it with pip, but npm installs it [1].',
    'The documentation does not mention pip. With npm, run the command that it names.',
    'It installs the program with one command.',
    'Die Dokumentation erwähnt das nicht, aber npm entfernt es mit einem Befehl.',
    "The documentation doesn't explicitly mention this, but you can pass `--pip` to the program.",
    'The documentation does not mention it. Try this:\n\n```sh\nprogram --pip\n```',
  ])('is not what a language model gives that says more: %s', async (reply) => {
    chat.provider.script(answers(reply));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({ outcome: 'ANSWERED', content: reply });
  });

  it('may cite where the language model looked, which is UNCHECKED', async () => {
    chat.provider.script(answers('The documentation does not say how to install it with pip [1].'));
    const { answerId } = await chat.ask(QUESTION);
    expect(await chat.untilEnded(answerId)).toMatchObject({
      outcome: 'NO_EVIDENCE',
      citations: [{ verdict: 'UNCHECKED' }],
    });
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
