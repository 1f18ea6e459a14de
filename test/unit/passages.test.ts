import { describe, expect, it } from '@jest/globals';
import { countTokens as countExactly } from 'gpt-tokenizer';
import { cutDocument, indexedText } from '../../src/platform/passages/cut.js';

const BODY = 'This sentence says something that is worth a passage of its own to somebody. '.repeat(6).trim();

function cut(content: string, filePath = 'docs/guide.md') {
  const { passages } = cutDocument({ filePath, content });
  return passages;
}

/** Each passage as `first line..last line anchor`. */
function places(content: string, filePath?: string): string[] {
  return cut(content, filePath).map(
    ({ startLine, endLine, headerAnchor }) => `${startLine}..${endLine} ${headerAnchor}`,
  );
}

describe('cutDocument', () => {
  it('cuts Markdown at its headings and knows the path to each', () => {
    const content = `Before.\n\n# Guide\n\n${BODY}\n\n## Set-up & run\n\n${BODY}\n\n### On *Linux*\n\n${BODY}\n\n## End\n\n${BODY}\n`;
    expect(places(content)).toEqual(['1..1 null', '3..5 guide', '7..9 set-up--run', '11..13 on-linux', '15..17 end']);
    expect(cut(content).map((passage) => passage.headerPath.join('/'))).toEqual([
      '',
      'Guide',
      'Guide/Set-up & run',
      'Guide/Set-up & run/On Linux',
      'Guide/End',
    ]);
  });

  it('gives the exact lines as text, whatever ends them', () => {
    const content = `# A\r\n\r\n${BODY}\r\nsecond\rhalf\r\n\r\n\r\n# B\r\n${BODY}\r\n`;
    expect(cut(content).map(({ text, startLine, endLine }) => [text, startLine, endLine])).toEqual([
      [`# A\n\n${BODY}\nsecond\rhalf`, 1, 4],
      [`# B\n${BODY}`, 7, 8],
    ]);
  });

  it('joins small neighbours under the first one’s heading', () => {
    expect(places('# Verbs\n\nAll of them.\n\n## get\n\nReads.\n\n## put\n\nWrites.\n')).toEqual(['1..11 verbs']);
  });

  it('joins no sections of different parents, whose headings would stand for none of them', () => {
    const content = '## Linux\n\n### Install\n\nUse apt.\n\n## Windows\n\n### Install\n\nUse winget.\n';
    expect(cut(content).map(({ headerPath, text }) => [headerPath.join('/'), text])).toEqual([
      ['Linux/Install', '### Install\n\nUse apt.'],
      ['Windows/Install', '### Install\n\nUse winget.'],
    ]);
  });

  it('joins no small section to one above it, none to text before the first heading, none to a large one', () => {
    expect(places(`intro\n\n## A\n\na\n\n## B\n\nb\n\n# C\n\nc\n\n## D\n\n${BODY}\n`)).toEqual([
      '1..1 null',
      '3..9 a',
      '11..13 c',
      '15..17 d',
    ]);
  });

  it('leaves a heading without a text of its own to the deeper ones that name it', () => {
    const content = `# Guide\n\n## Install\n\n${BODY}\n\n## Empty\n`;
    expect(places(content)).toEqual(['3..5 install', '7..7 empty']);
    expect(cut(content)[0]?.headerPath).toEqual(['Guide', 'Install']);
    expect(places(`<h1>Guide</h1><p>But not what HTML says.</p>\n\n## Install\n\n${BODY}\n`)[0]).toBe('1..1 guide');
  });

  it('takes tags and comments alone for no text of a heading', () => {
    const content = `# Guide\n\n## Examples\n\n<AppOnly>\n{/* of apps */}\n\n### First\n\n${BODY}\n`;
    expect(places(content, 'docs/guide.mdx')).toEqual(['8..10 first']);
    expect(places(content.replace('{/* of apps */}', 'Of apps.'), 'docs/guide.mdx')).toEqual([
      '3..6 examples',
      '8..10 first',
    ]);
  });

  it('takes no heading from code, quotes, lists or raw HTML blocks', () => {
    const content = `# Real\n\n\`\`\`sh\n# comment\n\`\`\`\n\n> # Quoted\n\n- # Listed\n\n    # indented\n\n<pre>\n# raw\n</pre>\n`;
    expect(places(content)).toEqual(['1..15 real']);
  });

  it('reads underlined headings, links, code, entities and HTML in headings', () => {
    const content = `The [guide](x) &amp; \`cut()\` <b>now</b>\n===\n${BODY}\n\nSee [this][ref]\n---\n${BODY}\n\n[ref]: https://example.org\n`;
    expect(cut(content).map((passage) => [passage.headerPath.at(-1), passage.headerAnchor])).toEqual([
      ['The guide & cut() now', 'the-guide--cut-now'],
      ['See this', 'see-this'],
    ]);
  });

  it('reads a heading written in HTML', () => {
    const document = cutDocument({
      filePath: 'README.md',
      content: `<div align="center">\n  <h1>My <i>Tool</i></h1>\n</div>\n\n${BODY}\n`,
    });
    expect(document.title).toBe('My Tool');
    expect(document.passages[0]).toMatchObject({ startLine: 1, endLine: 5, headerAnchor: 'my-tool' });
  });

  it('reads no heading from a comment in HTML, and the signs of one that HTML writes by their names', () => {
    const content = `<div>\n<!-- <h1>Old name</h1> -->\n<h1>Salt &amp; Harbour&nbsp;kit</h1>\n</div>\n\n${BODY}\n`;
    expect(cutDocument({ filePath: 'README.md', content })).toMatchObject({
      title: 'Salt & Harbour kit',
      passages: [{ headerAnchor: 'salt--harbour-kit' }],
    });
    expect(cutDocument({ filePath: 'README.md', content: `<!-- <h1>Old</h1> -->\n# New\n` }).title).toBe('New');
  });

  it('numbers equal anchors as GitHub does, counting nested headings too', () => {
    expect(places(`# Use\n${BODY}\n> # Use\n\n# Use\n${BODY}\n# Use!\n${BODY}\n`)).toEqual([
      '1..3 use',
      '5..6 use-2',
      '7..8 use-3',
    ]);
  });

  it.each(['{#setup}', '{#setup .cls}', '{.cls #setup data-x="1"}', '{/* #setup */}', '{/*#setup*/} '])(
    'honours %s and takes it out of the text',
    (attributes) => {
      expect(cut(`## Install it ${attributes}\n\n${BODY}\n`)[0]).toMatchObject({
        headerAnchor: 'setup',
        headerPath: ['Install it'],
      });
    },
  );

  it('gives no anchor of more than 512 characters, and none to a heading without letters', () => {
    const [long, none] = cut(`# x {#${'é'.repeat(600)}}\n${BODY}\n# 🚀\n${BODY}\n`);
    expect(long?.headerAnchor).toHaveLength(512);
    expect(none).toMatchObject({ headerAnchor: null, headerPath: ['🚀'] });
  });

  it('keeps a table and a code block whole where they fit', () => {
    const table = `| a | b |\n|---|---|\n${'| some words | and more of them |\n'.repeat(25)}`;
    const code = `\`\`\`js\n${'call(some, arguments);\n\n'.repeat(30)}\`\`\`\n`;
    const lines = 1 + 6 * 2;
    const content = `# Both\n${`${BODY}\n\n`.repeat(6)}${table}\n${code}`;
    const passages = cut(content);
    expect(passages.some(({ text }) => text.includes(table.trim()))).toBe(true);
    expect(passages.some(({ text }) => text.includes(code.trim()))).toBe(true);
    expect(passages[0]).toMatchObject({ startLine: 1 });
    expect(passages[0]!.endLine).toBeLessThan(lines);
  });

  it('cuts a longer table by lines, its heading with the first part', () => {
    const content = `# Table\n\n| a | b |\n|---|---|\n${'| some words | and more of them |\n'.repeat(100)}`;
    const passages = cut(content);
    expect(passages.length).toBeGreaterThan(1);
    expect(passages[0]).toMatchObject({ startLine: 1 });
    expect(passages.map(({ text }) => text).join('\n')).toBe(content.trim());
  });

  it('loses no line and exceeds no budget', () => {
    const content = Array.from({ length: 300 }, (_, index) => `Line ${index} says: ${'word '.repeat(index % 40)}`)
      .flatMap((line, index) => (index % 7 === 0 ? [line, ''] : [line]))
      .join('\n');
    for (const filePath of ['a.md', 'a.txt', 'a.rst', 'a.adoc']) {
      const passages = cut(content, filePath);
      expect(Math.max(...passages.map(({ text }) => countExactly(text)))).toBeLessThanOrEqual(512);
      expect(passages.map(({ text }) => text.replaceAll('\n\n', '\n')).join('\n')).toBe(
        content.replaceAll('\n\n', '\n'),
      );
    }
  });

  it('exceeds no budget where lines have fewer tokens apart than together', () => {
    for (const unit of ['",\n/"', '{\n//\n', '),\n/);\n', "';\n/**/\n"]) {
      const passages = cut(unit.repeat(1000), 'a.json');
      expect(Math.max(...passages.map(({ text }) => countExactly(text)))).toBeLessThanOrEqual(512);
    }
  });

  it('cuts other types at blank lines where it can', () => {
    const paragraph = `${'A line of plain words, ten of them in all. '.repeat(4)}\n`.repeat(5);
    const content = `${paragraph}\n${paragraph}\n${paragraph}\n${paragraph}`;
    expect(places(content, 'notes.txt')).toEqual(['1..11 null', '13..23 null']);
  });

  it.each(['a.md', 'a.rst', 'a.adoc', 'a.txt'])('cuts a long list of %s where an item begins', (filePath) => {
    const item = (index: number) =>
      `- The item number ${index} says something about itself, and goes\n  on to say so. It has\n  ${'more\n  '.repeat(index % 5)}lines.\n`;
    const passages = cut(Array.from({ length: 60 }, (_, index) => item(index)).join(''), filePath);
    expect(passages.length).toBeGreaterThan(2);
    for (const { text } of passages) expect(text).toMatch(/^- The item[^]*lines\.$/);
  });

  it('cuts a long paragraph where a sentence ends, in lines or in one line', () => {
    const sentence = (index: number) =>
      `Sentence number ${index} tells of J. Doe, e.g. "what he did", in some more words.`;
    const sentences = Array.from({ length: 80 }, (_, index) => sentence(index));
    const broken = sentences.join('\n').replaceAll(' tells', '\ntells');
    for (const paragraph of [sentences.join(' '), broken]) {
      const passages = cut(paragraph);
      expect(passages.length).toBeGreaterThan(2);
      for (const { text } of passages) expect(text.trim()).toMatch(/^Sentence number[^]*more words\.$/);
    }
    const chinese = cut('这是第三个设置，它说明了一些事情。'.repeat(100));
    expect(chinese.length).toBeGreaterThan(1);
    for (const { text } of chinese) expect(text).toMatch(/^这[^]*。$/);
  });

  it('cuts one line that is too long by length, never inside a character', () => {
    const line = `{"text":"${'some words 🚀🚀 '.repeat(2000)}"}`;
    const passages = cut(line, 'data.json');
    expect(passages.map(({ text }) => text).join('')).toBe(line);
    expect(
      passages.every(({ text, startLine, endLine }) => text.isWellFormed() && startLine === 1 && endLine === 1),
    ).toBe(true);
    expect(Math.max(...passages.map(({ text }) => countExactly(text)))).toBeLessThanOrEqual(512);
  });

  it.each(['', '\n\n', ' \t\n '])('gives no passage for %j, and the file’s name as title', (content) => {
    expect(cutDocument({ filePath: 'docs/empty.md', content })).toEqual({
      title: 'empty.md',
      metadata: null,
      frontMatterFault: null,
      passages: [],
    });
  });

  it('takes the title from front matter, else the first heading, else the file’s name', () => {
    const title = (content: string, filePath = 'a/b.md') => cutDocument({ filePath, content }).title;
    expect(title('---\ntitle: " Front\\n matter "\n---\n# Heading')).toBe('Front matter');
    expect(title('---\ntitle: 42\n---\n## The *first*\n# Second')).toBe('The first');
    expect(title('text')).toBe('b.md');
    expect(title('# Heading', 'a/b.txt')).toBe('b.txt');
    expect(title(`# ${'x'.repeat(254)}🚀`)).toHaveLength(254);
  });
});

describe('indexedText', () => {
  it('puts the title and the path before the text', () => {
    expect(indexedText('Guide', { headerPath: ['Set-up', 'Linux'], text: 'Run it.' })).toEqual({
      heading: 'Guide > Set-up > Linux',
      text: 'Guide > Set-up > Linux\n\nRun it.',
    });
  });

  it('says the title once where the first heading is the title', () => {
    expect(indexedText('Guide', { headerPath: ['Guide', 'Linux'], text: '' }).heading).toBe('Guide > Linux');
  });
});
