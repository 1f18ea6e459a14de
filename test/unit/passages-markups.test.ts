import { describe, expect, it } from '@jest/globals';
import { cutDocument } from '../../src/platform/passages/cut.js';

const BODY = 'This sentence says something that is worth a passage of its own to somebody. '.repeat(6).trim();

function cut(content: string, filePath: string) {
  return cutDocument({ filePath, content }).passages;
}

/** Each passage as `first line..last line anchor`. */
function places(content: string, filePath: string): string[] {
  return cut(content, filePath).map(
    ({ startLine, endLine, headerAnchor }) => `${startLine}..${endLine} ${headerAnchor}`,
  );
}

describe('reStructuredText', () => {
  it('cuts at its titles, whose levels are in the order of their styles', () => {
    const line = '+'.repeat(24);
    const content = `Guide\n=====\n\n${BODY}\n\nSet-up & run\n~~~~~~~~~~~~\n\n${BODY}\n\n${line}\nOn *Linux* with \`\`sh\`\`\n${line}\n\n${BODY}\n\nEnd_\n~~~~\n\n${BODY}\n`;
    expect(places(content, 'a.rst')).toEqual(['1..4 guide', '6..9 null', '11..15 on-linux-with-sh', '17..20 end']);
    expect(cut(content, 'a.rst').map(({ headerPath }) => headerPath.join('/'))).toEqual([
      'Guide',
      'Guide/Set-up & run',
      'Guide/Set-up & run/On Linux with sh',
      'Guide/End',
    ]);
  });

  it.each([
    [
      ':mod:`email` --- A :class:`~email.message.Message` of `mail <https://example.org>`_',
      'email --- A Message of mail',
    ],
    ['OUTPUT_NAME_<CONFIG>', 'OUTPUT_NAME_<CONFIG>'],
    ['The **bold** |one| [1]_', 'The bold one'],
    ['1. Start', '1. Start'],
  ])('reads the title %j', (title, text) => {
    const content = `${title}\n${'-'.repeat(title.length)}\n\n${BODY}\n`;
    expect(cutDocument({ filePath: 'a.rst', content }).title).toBe(text);
  });

  it('takes no title from code, lists, tables, comments and lines between blank ones', () => {
    const inside = [
      'Code::\n\n    Title\n    =====\n\n    more\n',
      '.. code-block:: rst\n\n   Title\n   =====\n',
      '- Title\n  =====\n',
      '=====  =====\nA      B\n=====  =====\nTitle\n------------\n1      2\n=====  =====\n',
      '..\n   Title\n   =====\n',
      'Text.\n\n=====\n\nMore.\n',
      'Two lines\nof text\n=======\n',
      '>>> title\n=========\n',
    ];
    for (const each of inside) {
      const content = `Real\n====\n\n${each}`;
      expect(cut(content, 'a.rst').map(({ headerPath }) => headerPath)).toEqual([['Real']]);
    }
  });

  it('gives a title the labels and comments before it', () => {
    const content = `.. Licensed to all.\n   Really.\n\n.. _start:\n\nStart\n=====\n\n${BODY}\n\n.. _end:\n\nEnd\n---\n\n${BODY}\n`;
    expect(places(content, 'a.rst')).toEqual(['1..9 start', '11..16 end']);
    expect(cutDocument({ filePath: 'a.rst', content }).title).toBe('Start');
  });

  it('gives a title no anchor where its hosts make different ones', () => {
    const content = `What's new\n==========\n\n${BODY}\n\nUse\n===\n\n${BODY}\n\nUse\n===\n\n${BODY}\n`;
    expect(cut(content, 'a.rst').map(({ headerAnchor }) => headerAnchor)).toEqual([null, 'use', null]);
  });
});

describe('AsciiDoc', () => {
  it('cuts at its titles', () => {
    const content = `// A comment.\n= The Guide\nAnna <anna@example.org>\n:toc:\n\n${BODY}\n\n== Set-up & run\n\n${BODY}\n\n[[linux]]\n=== On *Linux* with \`max_size\`\n\n${BODY}\n\nVersion 2.0\n-----------\n\n${BODY}\n\n== Set-up & run ==\n\n${BODY}\n`;
    expect(places(content, 'a.adoc')).toEqual([
      '1..6 null',
      '8..10 set-up-run',
      '12..15 linux',
      '17..20 version-2-0',
      '22..24 set-up-run-2',
    ]);
    expect(cut(content, 'a.adoc').map(({ headerPath }) => headerPath.join('/'))).toEqual([
      'The Guide',
      'The Guide/Set-up & run',
      'The Guide/Set-up & run/On Linux with max_size',
      'The Guide/Version 2.0',
      'The Guide/Set-up & run',
    ]);
    expect(cutDocument({ filePath: 'a.adoc', content }).title).toBe('The Guide');
  });

  it.each(['----', '....', '====', '////', '|===', '```', '--'])('takes no title from a block within %s', (mark) => {
    const content = `== Real\n\n.Its name\n[source]\n${mark}\n== Title\n\n# comment\n${mark}\n\nText\n== of a paragraph\n`;
    expect(cut(content, 'a.adoc').map(({ headerPath }) => headerPath)).toEqual([['Real']]);
  });
});

describe('code', () => {
  it.each([
    ['a.rst', 'Title\n=====\n', '.. code-block:: sh\n\n', '   run something with a long line of arguments\n\n'],
    ['a.rst', 'Title\n=====\n', 'Run this::\n\n', '    run something with a long line of arguments\n\n'],
    ['a.rst', 'Title\n=====\n', '- Run this::\n\n', '\trun something with a long line of arguments\n\n'],
    ['a.adoc', '== Title\n', '[source,sh]\n----\n', 'run something with a long line of arguments\n\n'],
  ])('stays whole in %s where it fits, with what announces it', (filePath, title, head, line) => {
    const code = `${head}${line.repeat(20)}${filePath === 'a.adoc' ? '----' : ''}`.trimEnd();
    const passages = cut(`${title}\n${`${BODY}\n\n`.repeat(5)}${code}\n\nText.\n`, filePath);
    expect(passages).toHaveLength(2);
    expect(passages[1]!.text).toBe(`${code}\n\nText.`);
  });
});
