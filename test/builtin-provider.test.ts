import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import type { Values } from './support/test-app.js';

const FILES = {
  'docs/install.md': '# Installation\n\nRun `npm install ibid-demo` to install the program. It needs Node.js 20.\n',
  'docs/backup.md': '# Backups\n\nThe nightly backup copies the database to the vault at three.\n',
  'docs/restore.md':
    '# Restoring\n\nTo restore the vault into a new database, stop the program and run:\n\n' +
    '```sh\ncreatedb fresh\nrestore --into fresh\nprogram --start\n```\n',
  'docs/sprocket.md':
    '# Sprocket\n\n**Does the sprocket support IPv6?**\n\nNo. Not yet.\n\n**Is the sprocket waterproof?**\n\nYes, up to 10 metres.\n\n' +
    '## Mount the sprocket\n\n1. Buy a sprocket.\n2. Unpack it.\n3. Screw the sprocket to a wall of array[7], see [3].\n',
  'docs/boats.md':
    '# Boats\n\n#### `boat-retries`\n\n* Default: 2\n* Type: Number\n\nHow often it is tried again.\n\n' +
    '#### `boat-retry-mintimeout`\n\n* Default: 10000 (10 seconds)\n* Type: Number\n\nThe shortest time between two tries.\n',
  'docs/halyard.md':
    '# Halyard\n\nTo hoist the halyard, run both of these:\n\n    npm install halyard\n    npm start\n\n' +
    '> [!WARNING]\n> The halyard erases the drydock at each start.\n',
  'docs/keel-show.txt':
    "KEEL(1)\n=======\n\nSYNOPSIS\n--------\n[verse]\n'keel show' <kind> <object>\n\nOPTIONS\n-------\n<object>::\n\tThe keel to show, by its name.\n",
  'docs/zymurgy.md': '# Zymurgy\n\n![](zymurgy.png)\n',
  'docs/安装.md': '# 安装\n\n运行安装程序，然后重新启动服务器。安装需要五分钟。\n',
};
const WHAT_IT_IS =
  "These are the closest sentences in this project's documents; choose a language model for a written answer.";

let { app, project, stop } = {} as HostedProject;
beforeAll(async () => void ({ app, project, stop } = await startHostedProject(FILES)));
afterAll(() => stop());

/** Asks without naming a provider, and follows the answer to its end. */
async function ask(message: string): Promise<Values> {
  const { assistantMessage } = await app.mutate('createConversation', 'assistantMessage { id }', {
    projectId: project.projectId,
    message,
  });
  const events = await app.follow(
    `subscription($id: ID!) { answerEvents(messageId: $id) { ... on AnswerEnded { message {
      status outcome content sources { index filePath chunkText } citations { verdict quote source { filePath } } uncited { text }
      usage { inputTokens outputTokens } llmProvider { providerName modelName isDefault } } } } }`,
    { id: assistantMessage.id },
  );
  return events.at(-1)!.data.answerEvents.message;
}

describe('the builtin provider', () => {
  it('is the default after the first start, and answers what nobody else was named for', async () => {
    expect(await ask('How do I install the program?')).toMatchObject({
      status: 'COMPLETE',
      outcome: 'ANSWERED',
      llmProvider: { providerName: 'builtin', modelName: 'extractive', isDefault: true },
      usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
    });
  });

  it("answers with the sources' own sentences, each with the number of its source, and says what it is", async () => {
    const { content, sources } = await ask('When does the nightly backup copy the database?');
    const lines: string[] = content.split('\n');
    expect(lines.slice(-2)).toEqual(['', WHAT_IT_IS]);
    expect(lines[0]).toMatch(/^- The nightly backup copies the database to the vault at three \[\d\]\.$/);
    for (const line of lines.slice(0, -2)) {
      const [, sentence, number] = /^- (.+) \[(\d)\]\.$/.exec(line)!;
      const source = sources.find(({ index }: Values) => index === Number(number));
      expect(source.chunkText).toContain(sentence);
    }
  });

  it('has its citations checked like any other, and what it says of itself is no claim', async () => {
    const { content, citations, uncited } = await ask('When does the nightly backup copy the database?');
    expect(citations).toHaveLength(content.match(/\[\d\]/g).length);
    expect(citations[0]).toMatchObject({
      verdict: 'SUPPORTED',
      quote: expect.stringContaining('The nightly backup copies the database to the vault at three'),
      source: { filePath: 'docs/backup.md' },
    });
    expect(citations.filter(({ verdict }: Values) => verdict !== 'SUPPORTED')).toEqual([]);
    expect(uncited).toEqual([]);
  });

  it('quotes a sentence with the code that it announces, as a block to copy, and is supported', async () => {
    const { content, citations } = await ask('How do I restore the vault into a new database?');
    expect(content).toContain(
      '- To restore the vault into a new database, stop the program and run [1]:\n' +
        '  ```sh\n  createdb fresh\n  restore --into fresh\n  program --start\n  ```\n',
    );
    expect(citations[0]).toMatchObject({
      verdict: 'SUPPORTED',
      quote: 'To restore the vault into a new database, stop the program and run:',
      source: { filePath: 'docs/restore.md' },
    });
  });

  it.each([
    [
      'a question with its answer',
      'Does the sprocket support IPv6?',
      ['Does the sprocket support IPv6? No. Not yet [1].'],
    ],
    ['the other one as well', 'Is the sprocket waterproof?', ['Is the sprocket waterproof? Yes, up to 10 metres [1].']],
    [
      'a numbered list without a gap, and brackets as they are',
      'How do I mount the sprocket?',
      [
        '1. Mount the sprocket: Buy a sprocket [1].',
        '2. Unpack it [1].',
        '3. Screw the sprocket to a wall of array\\[7], see \\[3] [1].',
      ],
    ],
    [
      'a value with the heading that names it',
      'What is the default of boat-retries?',
      ['`boat-retries`: Default: 2 [1]'],
    ],
    [
      'the value of another heading of the same passage',
      'What is the default of boat-retry-mintimeout?',
      ['`boat-retry-mintimeout`: Default: 10000 (10 seconds) [1]'],
    ],
    [
      'commands that are only indented as they are',
      'How do I hoist the halyard?',
      ['To hoist the halyard, run both of these [1]:\n  ```\n  npm install halyard\n  npm start\n  ```'],
    ],
    [
      'alerts without their mark',
      'What does the halyard erase at each start?',
      ['The halyard erases the drydock at each start [1].'],
    ],
    [
      'placeholders and terms of AsciiDoc',
      'Which object does the keel show?',
      ["'keel show' <kind> \\<object> [1]", 'OPTIONS: \\<object>: The keel to show, by its name [1].'],
    ],
  ])('quotes %s, and is supported', async (_, question, quoted) => {
    const { content, citations, uncited } = await ask(question);
    const lines = quoted.map((item) => `- ${item}`).join('\n');
    expect(content.slice(0, lines.length + 1)).toBe(`${lines}\n`);
    expect(citations.filter(({ verdict }: Values) => verdict !== 'SUPPORTED')).toEqual([]);
    expect(uncited).toEqual([]);
  });

  it('answers where words are written without spaces', async () => {
    const { outcome, content } = await ask('安装需要多少时间？');
    expect(outcome).toBe('ANSWERED');
    expect(content).toContain('安装需要五分钟');
  });

  it('abstains from a question that is nothing but quotes', async () => {
    expect(await ask('""')).toMatchObject({ status: 'COMPLETE', outcome: 'NO_EVIDENCE', sources: [] });
  });

  it('makes nothing up where no sentence comes close: it says so, by its outcome too', async () => {
    expect(await ask('What is zymurgy?')).toMatchObject({
      status: 'COMPLETE',
      outcome: 'NO_EVIDENCE',
      content:
        'No sentence in the passages found comes close to this question; choose a language model for a written answer.',
      sources: [{ filePath: 'docs/zymurgy.md' }],
      citations: [],
      llmProvider: { providerName: 'builtin' },
    });
  });

  it.each(['Which copies of the Mona Lisa are forgeries?', 'How do I install a new kitchen?', '南极有什么鱼？'])(
    'is not asked what the documents only share a word with: %s',
    async (question) => {
      expect(await ask(question)).toMatchObject({ outcome: 'NO_EVIDENCE', sources: [], usage: null });
    },
  );
});
