import { describe, expect, it } from '@jest/globals';
import { cutDocument } from '../../src/platform/passages/cut.js';
import { countTokens } from '../../src/platform/text/count-tokens.js';
import { cpuTimeOf } from '../support/cpu-time.js';

const SIZE = 256 * 1024;
// On a machine of two cores each takes under 1 s; parsers that are not linear take minutes.
const TIME_LIMIT_MS = 10_000;

function fill(unit: string): string {
  return unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE);
}

describe('cutDocument on hostile text', () => {
  it.each([
    ['one letter', fill('a')],
    ['spaces', fill(' ')],
    ['blank lines', fill('\n')],
    ['characters of two halves', fill('\u{1F600}')],
    ['control tokens', fill('<|endoftext|>')],
    ['quote marks', fill('>')],
    ['nested quotes with lazy lines', `${'>'.repeat(90)} a\n${fill('b\n')}`],
    ['nested lists', fill('- ')],
    ['nested lists on many lines', fill(`${'- '.repeat(20)}a\n`)],
    ['numbered lists', fill('1. ')],
    ['open brackets', fill('[')],
    ['a heading of open brackets', `# ${fill('[')}`],
    ['headings of emphasis', fill(`# ${'*a_['.repeat(300)}\n`)],
    ['underlined headings', fill('a\n=\n')],
    [
      'titles of one style each',
      fill(Array.from('!"#$%&()*+,-./:;<=>?@', (mark) => `${mark}a${mark}\n${mark.repeat(4)}\n`).join('')),
    ],
    ['a title of open marks', `${'``[`*_'.repeat(10_000)}a\n====`],
    [
      'directives within directives',
      Array.from({ length: 700 }, (_, index) => `${' '.repeat(index)}.. a::\n\n`).join(''),
    ],
    ['ids of AsciiDoc', fill('[#a\n== a\n')],
    ['an open id of AsciiDoc', `[#${fill('a')}]b\n== a\n${fill('<a@')}`],
    ['open blocks of AsciiDoc', fill('----\n.....\n')],
    ['short quotes', fill('> a\n\n')],
    ['tables', fill('a|b\n-|-\n')],
    ['a heading of spaces', `# a${fill(' ')}b`],
    ['a block of open comments', `<div>\n${fill('<!-- ')}`],
    ['open HTML headings', fill('<h1>')],
    ['open comments', fill('<!-- ')],
    ['fences', fill('```\n')],
    ['front matter of open brackets', `---\na: ${'['.repeat(60_000)}\n---\nx`],
  ])('stays quick and exact for %s', async (_name, content) => {
    expect(await cpuTimeOf(() => cutAll(content))).toBeLessThan(TIME_LIMIT_MS);
  });

  function cutAll(content: string): void {
    for (const filePath of ['a.md', 'a.txt', 'a.rst', 'a.adoc']) {
      const lines = content.split('\n');
      const { passages } = cutDocument({ filePath, content });
      if (passages.length === 0 && content.trim() !== '') throw new Error('No passages');
      for (const { text, startLine, endLine } of passages) {
        const whole = lines.slice(startLine - 1, endLine).join('\n');
        const isExact = text === whole || (startLine === endLine && whole.includes(text));
        if (!isExact || !text.isWellFormed() || text.trim() === '') throw new Error(`Bad passage at line ${startLine}`);
      }
    }
  }
});

describe('countTokens', () => {
  it('counts control tokens as plain text', () => {
    expect(countTokens('<|endoftext|>')).toBeGreaterThan(1);
  });

  it('counts a long run quickly', async () => {
    let count = 0;
    expect(await cpuTimeOf(() => (count = countTokens(fill('-'))))).toBeLessThan(TIME_LIMIT_MS);
    expect(count).toBeGreaterThan(1_000);
  });

  it('counts nothing as 0', () => {
    expect(countTokens('')).toBe(0);
  });
});
