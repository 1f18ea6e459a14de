import { describe, expect, it } from '@jest/globals';
import { BUILTIN_MODEL_NAME } from '../../src/platform/llm/builtin/builtin-model.js';
import type { AnswerPart } from '../../src/platform/llm/answer-parts.js';
import { createLanguageModels } from '../../src/platform/llm/models.js';
import { buildPrompt } from '../../src/platform/llm/prompt.js';
import { readableSentences } from '../../src/platform/llm/builtin/readable-sentences.js';

const WHAT_IT_IS = "These are the closest sentences in this project's documents";

interface Answer {
  text: string;
  deltas: number;
  usage: AnswerPart;
  parts: AnswerPart[];
}

async function ask(question: string, texts: string[]): Promise<Answer> {
  const prompt = buildPrompt({
    project: { name: 'ibid', description: null },
    passages: texts.map((text, position) => ({
      index: position + 1,
      title: 'Guide',
      headerPath: [],
      filePath: 'guide.md',
      text,
    })),
    question,
    history: [],
    contextWindow: 65_536,
    maxTokens: 2048,
  });
  const models = createLanguageModels({
    keys: { openai: null, anthropic: null, google: null, openaiCompatible: null },
    hosts: [],
  });
  const parts: AnswerPart[] = [];
  const { signal } = new AbortController();
  const request = { providerName: 'builtin', modelName: BUILTIN_MODEL_NAME, apiConfig: {}, prompt, signal };
  for await (const part of models.streamAnswer(request)) parts.push(part);
  const deltas = parts.filter((part) => part.type === 'delta');
  return { text: deltas.map(({ text }) => text).join(''), deltas: deltas.length, usage: parts.at(-1)!, parts };
}

describe('the builtin model', () => {
  it('answers with the closest sentence, its marker and what it is', async () => {
    const { text } = await ask('Which port does the server listen on?', [
      'The logo is blue. It was drawn in a week.',
      'Start it with `npm start`. The server listens on port 4000 by default.\n\nLogs go to the console.',
    ]);
    expect(text.split('\n')[0]).toBe('- The server listens on port 4000 by default [2].');
    expect(text).toContain(WHAT_IT_IS);
    expect(text).not.toContain('logo');
  });

  it('finds the words of a question that are mistyped by one letter', async () => {
    const { text } = await ask('How do I configre the databse?', [
      'The logo is blue. Set `DATABASE_URL` to configure another database.',
    ]);
    expect(text.split('\n')[0]).toBe('- Set `DATABASE_URL` to configure another database [1].');
  });

  it('streams in several deltas and counts tokens', async () => {
    const { deltas, usage } = await ask('How is it installed?', [
      'It is installed with npm, which takes a minute or two.',
    ]);
    expect(deltas).toBeGreaterThan(3);
    expect(usage).toEqual({ type: 'usage', inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
    expect(Object.values(usage).every((value) => value !== 0)).toBe(true);
  });

  it('quotes four sentences at most, and none twice', async () => {
    const same = 'Backups go into the folder every night.';
    const others = [
      'abroad by courier',
      'through a filter',
      'offline on Sundays',
      'below the stairs',
      'to cold storage',
    ].map((where) => `Backups go ${where}.`);
    const { text } = await ask('Where do backups go?', [same, same, ...others]);
    const quoted = text.split('\n').filter((line) => line.startsWith('- '));
    expect(quoted).toHaveLength(4);
    expect(quoted.filter((line) => line.includes('every night'))).toHaveLength(1);
  });

  it.each([
    ['How is it stopped?', 'One key stops the program at once.'],
    ['Where does the logging go?', 'All logs are written to the console.'],
  ])('finds a word in another form: %s', async (question, sentence) => {
    const { text } = await ask(question, ['The logo of it was drawn in a week.', sentence]);
    expect(text.split('\n')[0]).toBe(`- ${sentence.slice(0, -1)} [2].`);
  });

  it('finds a sentence by the heading above it', async () => {
    const { text } = await ask('How do I uninstall it?', [
      '## Updating\n\nRun the script with the first flag set.\n\n## Uninstalling\n\nDelete the folder and be done with it.',
    ]);
    expect(text.split('\n')[0]).toBe('- Uninstalling: Delete the folder and be done with it [1].');
  });

  it('names the heading of what stands under another one than the passage, where the sentence does not, and once for a list', async () => {
    const quoted = async (below: string) =>
      (await ask('Where is the lamp?', [`## Lamp\n\nIt is dark.\n\n${below}`])).text.split('\n\n')[0];
    expect(await quoted('### Is it red?\n\nThe lamp is on the roof.')).toBe(
      '- Is it red? The lamp is on the roof [1].',
    );
    expect(await quoted('### The roof\n\nThe lamp is on the roof.')).toBe('- The lamp is on the roof [1].');
    expect(await quoted('### At sea\n\n1. The lamp is here.\n2. The lamp hangs high.')).toBe(
      '- 1. At sea: The lamp is here [1].\n- 2. The lamp hangs high [1].',
    );
    expect(await quoted('### At sea\n\n```\nlamp\nlamp\n```')).toContain('- At sea [1]:\n  ```\n  lamp\n  lamp\n  ```');
  });

  it('quotes a value with what it is of, and none that is of something else than what is asked for', async () => {
    const option = (name: string, value: string, depth: string) =>
      `${depth} ${name}\n\n- Default: ${value}\n- Type: Number`;
    const { text } = await ask('What is the default of boat-retries?', [
      `${option('boat-retries', '2', '##')}\n\n${option('boat-retry-timeout', '10 seconds', '##')}`,
      option('boat-timeout', '5 minutes', '##'),
    ]);
    expect(text.split('\n\n')[0]).toBe('- boat-retries: Default: 2 [1]\n- boat-retries: Type: Number [1]');
    const other = await ask('What is the default of boat-retries with oars?', [
      `${option('boat-retries', '2', '##')}\n\n${option('Oars', '3', '###')}`,
    ]);
    expect(other.text.split('\n')[0]).toBe('- Oars: Default: 3 [1]');
  });

  it('quotes code as a block that nothing in it can close', async () => {
    const quoted = async (passage: string) => (await ask('How do I install it?', [passage])).text.split('\n\n')[0];
    expect(await quoted('Install it with two commands:\n\n````md\n```\nnpm ci\n```\n````')).toBe(
      '- Install it with two commands [1]:\n  ````md\n  ```\n  npm ci\n  ```\n  ````',
    );
    expect(await quoted('## Install on Windows\n\n```bat\nnpm.cmd ci\nnpm.cmd start\n```')).toBe(
      '- See [1]:\n  ```bat\n  npm.cmd ci\n  npm.cmd start\n  ```',
    );
  });

  it('quotes nothing when no word is shared, and says that it abstains', async () => {
    const { text, parts } = await ask('Wie geht das?', [
      'It runs everywhere and always has.',
      'Another text without it.',
    ]);
    expect(text).toMatch(/^No sentence in the passages found comes close to this question/);
    expect(text).not.toContain('- ');
    expect(parts).toContainEqual({ type: 'abstained' });
  });

  it('does not abstain where it quotes', async () => {
    const { text, parts } = await ask('Where does it run?', ['It runs everywhere and always has.']);
    expect(text).toContain('- It runs everywhere and always has [1].');
    expect(parts).not.toContainEqual({ type: 'abstained' });
  });

  it('finds what is written without spaces', async () => {
    const { text } = await ask('ポートを変えるには？', [
      'ロゴは青いです。友人が描きました。',
      'サーバーはポート4000で待ちます。',
    ]);
    expect(text.split('\n')[0]).toBe('- サーバーはポート4000で待ちます [2]。');
    expect(text).not.toContain('ロゴ');
    expect((await ask('南极有什么鱼？', ['安装程序需要五分钟时间。'])).text).toContain('No sentence');
  });

  it('says so when the passages hold no sentence', async () => {
    const { text, parts } = await ask('How?', ['---']);
    expect(text).toContain('No sentence');
    expect(parts).toContainEqual({ type: 'abstained' });
  });

  it.each([
    ['The port is 4000 [7] and never changes [1, 2].', 'The port is 4000 \\[7] and never changes \\[1, 2]'],
    [
      'According to [[3]], the port is `list[3]` of ports[7].',
      'According to \\[\\[3]], the port is `list[3]` of ports\\[7]',
    ],
    ['The port is one of [2-4], [5; 6] or 【7】.', 'The port is one of \\[2-4], \\[5; 6] or \\[7]'],
    ['The port is x[i][j] or [1][2], see [the ports][1].', 'The port is x[i][j] or \\[1]\\[2], see the ports'],
  ])('quotes brackets as they are, and none as a marker of its own: %s', async (passage, quoted) => {
    const { text } = await ask('What is the port?', [passage]);
    expect(text.split('\n')[0]).toBe(`- ${quoted} [1].`);
  });

  it.each([
    [
      'the sentence behind it',
      '**Is it blue?** No. It is a rather dark red.',
      'Is it blue? No. It is a rather dark red [1].',
    ],
    ['the paragraph below it', '**Is it blue?**\n\nNo. Not yet.\n\nIt is small.', 'Is it blue? No. Not yet [1].'],
    ['the word below a heading', '## Is it blue?\n\nNever!\n\n## Is it new?\n\nNo.', 'Is it blue? Never [1]!'],
    ['the code below it', 'Is it blue?\n\n```\na\nb\n```\n\nDone.', 'Is it blue [1]?\n  ```\n  a\n  b\n  ```'],
    ['the list below it', '## Is it blue?\n\n- Often\n- Red\n\nBye.', 'Is it blue?\n- Often [1]\n- Red [1]'],
  ])('quotes a question with its answer: %s', async (_, passage, quoted) => {
    const { text } = await ask('Is it blue?', [passage]);
    expect(text.split('\n\n')[0]).toBe(`- ${quoted}`);
  });

  it('quotes no question that nothing answers', async () => {
    const { text } = await ask('Is it blue?', ['Is it blue?\n\n## Is it new?', 'The lamp is blue. But is it blue?']);
    expect(text.split('\n\n')[0]).toBe('- The lamp is blue [2].');
  });

  it('quotes a numbered list without a gap, and what announces a list with that', async () => {
    const quoted = async (passage: string) =>
      (await ask('How do I install the sprocket?', [passage])).text.split('\n\n')[0];
    expect(
      await quoted(
        '## Install the sprocket\n\n1. Get the sprocket.\n2. Unpack it.\n\nMeanwhile, have cake, coffee, milk, sugar, bread, butter, honey and juice.\n\n3. Run the sprocket.\n',
      ),
    ).toBe('- 1. Get the sprocket [1].\n- 2. Unpack it [1].\n- 3. Run the sprocket [1].');
    expect(await quoted('To install the sprocket, you need:\n\n- Linux\n- npm\n\nGood luck with it!')).toBe(
      '- To install the sprocket, you need [1]:\n- Linux [1]\n- npm [1]',
    );
    expect(await quoted('Easy. The sprocket is installed\n\n- by npm;\n- by hand.\n\nGood luck with it!')).toBe(
      '- The sprocket is installed [1]\n- by npm; [1]\n- by hand [1].',
    );
    expect(await quoted('1. Paint the lamp.\n2. Then install the sprocket.\n3. Rest.')).toBe(
      '- 2. Then install the sprocket [1].',
    );
  });

  it('keeps what looks like a marker within code', async () => {
    const { text } = await ask('What do markers look like?', ['Markers look like `[1]` and `a[2]`.']);
    expect(text.split('\n')[0]).toBe('- Markers look like `[1]` and `a[2]` [1].');
  });

  it('quotes what looks like our own tags as it was written', async () => {
    const sentence = 'A mark becomes `&lt;passage>`, never `<passage>`, «/passage» or `[INST]`';
    const { text } = await ask('What becomes of a mark?', [`${sentence}.`]);
    expect(text.split('\n')[0]).toBe(`- ${sentence} [1].`);
  });

  it('answers from text that looks like control tokens or our own tags', async () => {
    const { text } = await ask('What does <question> mean?', [
      'The tag <question> means <|endoftext|> here and </passage> too.',
    ]);
    expect(text).toContain('The tag <question> means <|endoftext|> here and </passage> too [1].');
  });
});

describe('readableSentences', () => {
  const readAll = (source: string, file = 'guide.md') => readableSentences(source, file);
  const read = (source: string, file?: string) => readAll(source, file).map(({ text }) => text);

  it('makes links, emphasis and HTML readable', () => {
    const markdown =
      'See [the **guide**](guide.md "Title") and ![a picture](x.png), _all_ of <b>it</b>.<br/>Use `a_b_c` with snake_case_names.';
    expect(read(markdown)).toEqual(['See the guide and, all of it.', 'Use `a_b_c` with snake_case_names.']);
  });

  it.each([
    ['by a link in angle brackets', 'See ![the chart](<https://evil.example/a b?q=1> "x") for all the details.'],
    ['with brackets in its text', 'See ![the [big] chart](https://evil.example/?q=1) for all the details.'],
    ['by a reference', 'See ![the chart][chart] for all the details.'],
    ['with brackets in its address', 'See ![the chart](https://evil.example/(a)?q=1) for all the details.'],
    ['behind an escaped backtick', 'See \\` ![the [big] chart](https://evil.example/?q=1) ` for all the details.'],
    ['between backticks that do not match', 'See ``x` ![the [big] chart](https://evil.example/) ```y for the details.'],
    [
      'in code that is cut off',
      `All details: see \`![the [big] chart](https://evil.example/) ${'and so on '.repeat(50)}\` here.`,
    ],
    [
      'as HTML',
      'See <img src="https://evil.example/?q=1"> and <video poster="https://evil.example/"> for the details.',
    ],
  ])('shows no image %s', (_, markdown) => {
    const text = read(markdown).join('\n');
    expect(text).toContain('details');
    expect(text).not.toMatch(/!\[|<img|<video/);
  });

  it('keeps placeholders that only begin like a tag, and addresses in angle brackets', () => {
    const sentence = 'Run git show <base-file> and <form-id> or <p@example.com> now.';
    expect(read(sentence)).toEqual([sentence]);
  });

  it('takes nothing for a tag in what is no Markdown, and escapes what would be one in an answer', () => {
    const sentence = 'Run git cat-file <type> <object> and \\\\<img src="x.png"> now.';
    expect(read(sentence, 'git-cat-file.txt')).toEqual([
      'Run git cat-file <type> \\<object> and \\<img src="x.png"> now.',
    ]);
    expect(read(sentence)).toEqual(['Run git cat-file <type> and \\\\ now.']);
  });

  it('keeps code that looks like an image', () => {
    expect(read('## Vectors\n\n```rust\nlet v = vec![a, b];\n```')).toEqual(['`let v = vec![a, b];`']);
  });

  it('leaves out images with their texts, footnotes, addresses of links and comments', () => {
    const markdown = [
      '[![Build of [it](a)](b.svg)](https://ci.example) ![logo][logo] It is all blue.[^1] <!-- Or red. --> It is new.',
      '<!-- A comment that begins here\n\n## and goes on\n\nto its end. -->\n[logo]: logo.svg "The logo of it"',
      '[^1]: A footnote that begins here\nand goes on.\n\n    And then goes on.\n\n[Note]: this is a sentence.',
    ].join('\n\n');
    expect(read(markdown)).toEqual(['It is all blue.', 'It is new.', '[Note]: this is a sentence.']);
  });

  it('keeps code as it is', () => {
    for (const code of [
      'Use `<br>`, `[a](b)`, `**c**` and `` `<!-- d -->` `` for all of it.',
      'Use `![the [big] chart](e). And more!` for all of it.',
    ])
      expect(read(code)).toEqual([code]);
  });

  it('joins the lines of a paragraph and splits it into sentences', () => {
    expect(read('It is one\nsentence here. And a second one follows.')).toEqual([
      'It is one sentence here.',
      'And a second one follows.',
    ]);
    expect(read('It stays within a limit. `MAX_MB` (default 2) is that.')).toEqual([
      'It stays within a limit.',
      '`MAX_MB` (default 2) is that.',
    ]);
  });

  it.each([
    'Put it behind a reverse proxy, e.g. Nginx.',
    'It takes approx. 5 minutes (i.e. HTTPS resp. HTTP included).',
    'Read the manual, z. B. Seite 3, im 2. Kapitel.',
    'It is fig. 3, see no. 4.',
  ])('ends no sentence at an abbreviation: %s', (sentence) => {
    expect(read(`${sentence} It then ends all connections.`)).toEqual([sentence, 'It then ends all connections.']);
  });

  it.each(['It takes 36 ms.', 'The name is trusted by a CA.', 'It reads texts, images, etc.'])(
    'ends a sentence where only an abbreviation looks like its last word: %s',
    (sentence) => {
      expect(read(`${sentence} Nothing else is needed.`)).toEqual([sentence, 'Nothing else is needed.']);
    },
  );

  it('takes list items and table rows one by one, without the head of the table', () => {
    expect(
      read(
        '- [x] The first item here\n2. The second item here\n\n| Name | What it does |\n|---|:--:|\n| PORT | Port to listen on |',
      ),
    ).toEqual(['The first item here', 'The second item here', 'PORT, Port to listen on']);
  });

  it('takes the items and rows of a quotation one by one, too, and its paragraphs', () => {
    expect(
      read(
        '> Mind all of this:\n>\n> - The first item here\n> - The second item here\n>\n> | PORT | Port to listen on |\n',
      ),
    ).toEqual(['Mind all of this:', 'The first item here', 'The second item here', 'PORT, Port to listen on']);
  });

  it('takes a year that a line begins with for no item of a list', () => {
    expect(read('It was last changed in\n2024. It is the same since then.')).toEqual([
      'It was last changed in 2024.',
      'It is the same since then.',
    ]);
  });

  it('keeps a block of code as it is, with the sentence above it', () => {
    expect(readAll('Install it with:\n\n```sh\n\nnpm ci\n  npm start\n```\n\nThat is all of it.')).toMatchObject([
      { text: 'Install it with:', code: { language: 'sh', text: 'npm ci\n  npm start' } },
      { text: 'That is all of it.', code: null },
    ]);
  });

  it('takes code without a sentence above it alone: one line as inline code, more as a block', () => {
    expect(readAll('So it is.\n\n## Install\n\n```\nnpm `ci`\n```\n\n~~~sh\nnpm ci\nnpm start')).toMatchObject([
      { text: 'So it is.', code: null },
      { text: "`npm 'ci'`", heading: 'Install', code: null },
      { text: '', heading: 'Install', code: { language: 'sh', text: 'npm ci\nnpm start' } },
    ]);
  });

  it('knows code that a passage begins within, by the fence that closes it', () => {
    expect(readAll('npm ci\nnpm start\n```\n\nThat is all of it.')).toMatchObject([
      { text: '', code: { text: 'npm ci\nnpm start' } },
      { text: 'That is all of it.', code: null },
    ]);
  });

  it('takes code in three backticks within one line for inline code', () => {
    expect(read('```npm install ibid``` installs it.\n\nThat is all of it.')).toEqual([
      '```npm install ibid``` installs it.',
      'That is all of it.',
    ]);
  });

  it('leaves out code of more than 600 characters', () => {
    expect(readAll(`Install it with:\n\n\`\`\`\n${'npm ci\n'.repeat(100)}\`\`\``)).toMatchObject([{ code: null }]);
  });

  it('remembers the heading', () => {
    expect(readAll('# Top\n\n## The `port` ##\n\nIt is 4000 by default.')).toMatchObject([
      { text: 'It is 4000 by default.', heading: 'The `port`', code: null },
    ]);
  });

  it.each([
    ['Japanese', 'サーバーはポート4000で待ちます。設定で変えられます。', 2],
    ['Thai', 'ติดตั้งโปรแกรมก่อน', 1],
    ['Lao', 'ຕິດຕັ້ງໂປຣແກຣມກ່ອນ', 1],
    ['Khmer', 'ដំឡើងកម្មវិធីជាមុន។', 1],
    ['Burmese', 'ပရိုဂရမ်ကိုအရင်တပ်ဆင်ပါ။', 1],
  ])('keeps sentences of %s, which are written without spaces', (_, text, count) => {
    expect(read(text)).toHaveLength(count);
  });

  it('takes indented code for code, and the text of a list for text', () => {
    expect(
      readAll('Return the page:\n\n    def page():\n        return "<p>Hi</p>"\n\nThat is all of it.'),
    ).toMatchObject([
      { text: 'Return the page:', code: { language: '', text: 'def page():\n    return "<p>Hi</p>"' } },
      { text: 'That is all of it.', code: null },
    ]);
    expect(read('1.  Paint the lamp first.\n\n    Let it dry for long.')).toEqual([
      'Paint the lamp first.',
      'Let it dry for long.',
    ]);
  });

  it('quotes code of a list without what the list indents it by', () => {
    expect(readAll('1. Write the function:\n\n   ```py\n   def a():\n       return 1\n   ```')).toMatchObject([
      { number: '1.', code: { language: 'py', text: 'def a():\n    return 1' } },
    ]);
  });

  it('takes underlined lines for headings', () => {
    expect(
      readAll('Options of it\n=============\n\nThey are very few.\n\nOthers\n---\nThey are not known.'),
    ).toMatchObject([
      { text: 'They are very few.', heading: 'Options of it', isAside: false },
      { text: 'They are not known.', heading: 'Others', isAside: true },
    ]);
  });

  it('takes rows apart at their bars: not at those within a cell, and without bars around them, too', () => {
    expect(
      read(
        '| a | b |\n|---|---|\n| `<high\\|low>` | The tide of it |\n\nburst | req/s | Peak\n--- | --- | ---\nquota | MB | By month\n',
      ),
    ).toEqual(['`<high|low>`, The tide of it', 'quota, MB, By month']);
    expect(read('| `x\\|y` | The head is elsewhere |')).toEqual(['`x|y`, The head is elsewhere']);
  });

  it.each([
    ["GitHub's alerts", '> [!WARNING]\n> It erases the disk.'],
    ['containers', '::: tip Title\nIt erases the disk.\n:::'],
    ["MkDocs' alerts", '!!! note "Title"\n    It erases the disk.'],
    ["MkDocs' tabs", '=== "Linux"\n\n    It erases the disk.'],
    ['shortcodes', '{{< hint info >}}\nIt erases the disk.\n{{< /hint >}}'],
    ['tags of Liquid', '{% raw %}\nIt erases the disk.\n{% endraw %}\n{: .note }'],
  ])('leaves out what site generators add: %s', (_, markdown) => {
    expect(read(markdown)).toEqual(['It erases the disk.']);
  });

  it('keeps code within alerts and tabs', () => {
    expect(readAll('=== "Linux"\n\n    Run it on Linux:\n\n    ```sh\n    make\n      it\n    ```\n')).toMatchObject([
      { text: 'Run it on Linux:', code: { language: 'sh', text: 'make\n  it' } },
    ]);
  });

  it('takes a definition for an item with its term', () => {
    expect(read('Flumox\n: The part that comes from the server. It is an island.\n: An island itself.')).toEqual([
      'Flumox: The part that comes from the server.',
      'It is an island.',
      'Flumox: An island itself.',
    ]);
  });

  it('keeps underscores within a word', () => {
    expect(read('Use foo__bar__baz and __never__ foo_bar_.')).toEqual(['Use foo__bar__baz and never foo_bar_.']);
  });

  it('takes tables, lists and headings of HTML for what they are', () => {
    expect(
      readAll(
        '<table>\n<tr><td>Port</td>\n<td>The port of it</td></tr>\n<tr><td>Host</td><td>The host of it</td></tr></table>\n\n' +
          '<h2 align="center">More</h2>\n<ul><li>The first item here</li><li>The second item here</li></ul>\n\n' +
          '<pre><code>npm ci\nnpm start</code></pre>',
      ),
    ).toMatchObject([
      { text: 'Port, The port of it' },
      { text: 'Host, The host of it' },
      { text: 'The first item here', heading: 'More' },
      { text: 'The second item here', code: { text: 'npm ci\nnpm start' } },
    ]);
  });

  it('reads MDX without imports and tags of components; one with long properties is code', () => {
    const mdx =
      'import { Note } from "note";\n\n<Note type="warning">\n  It is not `<Note>` but <B>all</B> blue.\n</Note>\n\n' +
      '<Snippet text={`import { x } from "y"`} />\n\nIt knows these:\n\n<Props\n  content={[\n    { name: "x" },\n  ]}\n/>';
    expect(readAll(mdx, 'guide.mdx')).toMatchObject([
      { text: 'It is not `<Note>` but all blue.' },
      { text: 'It knows these:', code: { text: '<Props\n  content={[\n    { name: "x" },\n  ]}\n/>' } },
    ]);
    expect(read("name: 'x',\n  },\n]}\n/>\n\nThat is all of it.", 'guide.mdx')).toEqual(['That is all of it.']);
    expect(read("name: 'x',\n    type: 'y',\n    description:\n      'What it is.',\n   },", 'guide.mdx')).toEqual([]);
  });

  it('reads reStructuredText: code is what is announced as such, and what readers do not see is left out', () => {
    const rst = [
      'Title of it\n===========',
      'Show it like this::\n\n    def a():\n        return "<p>"',
      '.. _target:\n\n.. A comment\n   of two lines',
      '.. note:: Use :ref:`the note <note>` for it.',
      'Or `this page <https://x.example>`_ of `it`_:\n\n.. code-block:: python\n   :linenos:\n\n   import x\n   y = x',
      'Somebody said of it:\n\n   A quotation is no code.',
      '>>> print(1)\n1',
      '- The code of it is elsewhere::',
    ].join('\n\n');
    expect(readAll(rst, 'guide.rst')).toMatchObject([
      { text: 'Show it like this:', heading: 'Title of it', code: { text: 'def a():\n    return "<p>"' } },
      { text: 'Use `the note` for it.', code: null },
      { text: 'Or this page of it:', code: { language: 'python', text: 'import x\ny = x' } },
      { text: 'Somebody said of it:', code: null },
      { text: 'A quotation is no code.', code: { text: '>>> print(1)\n1' } },
      { text: 'The code of it is elsewhere:', code: null },
    ]);
  });

  it('quotes nothing of what reStructuredText makes pictures, formulas, HTML or an index of', () => {
    const rst = [
      '.. graphviz::\n\n   digraph { "The backup" -> "the disk" -> "the tape" }',
      '.. math::\n   :label: euler\n\n   e^{i\\pi} + 1 = 0 \\text{ is true for all of them}',
      '.. raw:: html\n\n   <div onclick="run()">Press the big red button.</div>',
      '.. index::\n   single: backup; of the whole disk',
      '.. testoutput::\n\n   All of it is done.',
      'The tape is kept for a year.',
    ].join('\n\n');
    expect(readAll(`It works like this:\n\n${rst}`, 'guide.rst')).toMatchObject([
      { text: 'It works like this:', code: { text: 'All of it is done.' } },
      { text: 'The tape is kept for a year.', code: null },
    ]);
  });

  it.each(['git.txt', 'git.adoc'])('reads AsciiDoc, terms with what they are included: %s', (file) => {
    const source = [
      "SYNOPSIS\n--------\n[verse]\n'git cat-file' <type> <name>\n'git cat-file' -e\n\t<name>",
      'OPTIONS\n-------\n-t::\n--type::\n\tShow the type of it.\n+\nIt goes on here.\n+\n----\n$ git a\n$ git b\n----',
      'Is it fast?::\n\tYes, it is very fast.',
      'Undo the last commits::\n+\n....\n$ git c\n....',
      'Other differences\n~~~~~~~~~~~~~~~~~\n// A comment\nThere are some of them.\n\n    A---B\n        C',
    ].join('\n\n');
    expect(readAll(source, file)).toMatchObject([
      { text: "'git cat-file' <type> <name>", heading: 'SYNOPSIS' },
      { text: "'git cat-file' -e <name>" },
      { text: '-t, --type: Show the type of it.', heading: 'OPTIONS' },
      { text: 'It goes on here.', code: { text: '$ git a\n$ git b' } },
      { text: 'Is it fast? Yes, it is very fast.' },
      { text: 'Undo the last commits:', code: { text: '$ git c' } },
      { text: 'There are some of them.', heading: 'Other differences', code: { text: 'A---B\n    C' } },
    ]);
  });
});
