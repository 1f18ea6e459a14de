import { describe, expect, it } from '@jest/globals';
import { cutDocument } from '../../src/platform/passages/cut.js';
import { toPlainJson } from '../../src/platform/passages/plain-json.js';

function cut(content: string) {
  return cutDocument({ filePath: 'a.md', content });
}

describe('front matter', () => {
  it('is metadata and in no passage', () => {
    const document = cut('---\ntags: [a, b]\ndate: 2024-01-02\ndraft: false\n---\n\nText.\n');
    expect(document.metadata).toEqual({ tags: ['a', 'b'], date: '2024-01-02', draft: false });
    expect(document.passages).toEqual([
      { text: 'Text.', startLine: 7, endLine: 7, headerAnchor: null, headerPath: [] },
    ]);
  });

  it('may be empty', () => {
    expect(cut('---\n# nothing\n---\nText.')).toMatchObject({ metadata: null, passages: [{ startLine: 4 }] });
  });

  const LEFT_OUT = 'Its front matter is left out: it is not valid YAML, or too nested.';
  it.each([
    ['malformed', 'title: [unclosed\n  : : bad', 'Its front matter is left out: line 3 is not valid YAML.'],
    ['too nested', `a: ${'['.repeat(50)}${']'.repeat(50)}`, LEFT_OUT],
    [
      'a bomb of aliases',
      'a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b]',
      LEFT_OUT,
    ],
    ['a structure that contains itself', 'a: &a [*a, *a, *a]', LEFT_OUT],
    ['a reference to nothing', 'title: *Front*', LEFT_OUT],
  ])('is in neither title nor passages when it is %s, and says so', (_, yaml, frontMatterFault) => {
    expect(cut(`---\n${yaml}\n---\n\n# Front\n\nText.\n`)).toMatchObject({
      title: 'Front',
      metadata: null,
      frontMatterFault,
      passages: [{ text: '# Front\n\nText.' }],
    });
  });

  it.each([
    ['no mapping', 'just words'],
    ['a list', '- a'],
    ['never closed', 'a: 1\n\nmore\n\n'],
    ['Markdown after a rule', '\nSee: this: [that'],
    ['larger than 64 KiB', `a: ${'x'.repeat(70_000)}`],
  ])('is text when it is %s', (reason, yaml) => {
    const document = cut(`---\n${yaml}\n${reason === 'never closed' ? '' : '---\n'}`);
    expect(document).toMatchObject({ metadata: null, frontMatterFault: null });
    expect(document.passages.length).toBeGreaterThan(0);
  });

  it('counts only from the first line on', () => {
    expect(cut('\n---\na: 1\n---\n').metadata).toBeNull();
  });

  it('holds nothing that jsonb refuses', () => {
    const { metadata } = cut('---\n"a\\0b": "c\\0d"\nhalf: "\\ud800"\nnumber: .nan\n__proto__: {x: 1}\n---\n');
    expect(metadata).toEqual({ ab: 'cd', half: '\uFFFD', number: null });
  });
});

describe('toPlainJson', () => {
  it('makes dates ISO strings and numbers that JSON lacks null', () => {
    expect(toPlainJson({ at: new Date(0), never: new Date(NaN), big: 10n, none: undefined, far: Infinity })).toEqual({
      at: '1970-01-01T00:00:00.000Z',
      never: null,
      big: '10',
      none: null,
      far: null,
    });
  });
});
