import { describe, expect, it } from '@jest/globals';
import { decodeText, fileTypeOf, isMarkdown, isWantedFile } from '../../src/platform/passages/file-types.js';

describe('isWantedFile', () => {
  it.each(['a.md', 'docs/A.MDX', 'a.markdown', 'a.rst', 'a.adoc', 'a.txt', 'a.csv', 'a.json', 'a.yaml', 'x/y.YML'])(
    'takes %s',
    (path) => expect(isWantedFile(path)).toBe(true),
  );

  it.each(['README', 'docs/LICENSE', 'CHANGELOG', 'readme'])('takes %s without an extension', (path) => {
    expect(isWantedFile(path)).toBe(true);
  });

  it.each(['a.ts', 'a.png', 'Makefile', 'README.html', '.md', 'md', 'a.md/b', 'a.md.bak', ''])('leaves %j', (path) => {
    expect(isWantedFile(path)).toBe(false);
  });
});

describe('isMarkdown', () => {
  it('is true for Markdown and for a README without an extension', () => {
    expect(['a.md', 'a.MDX', 'a.markdown', 'x/README'].map(isMarkdown)).toEqual([true, true, true, true]);
    expect(['LICENSE', 'README.txt', 'a.rst'].map(isMarkdown)).toEqual([false, false, false]);
  });
});

describe('fileTypeOf', () => {
  it('is the extension in lower case', () => {
    expect(fileTypeOf('docs/Guide.MD')).toBe('md');
  });

  it('is txt without one', () => {
    expect(fileTypeOf('v1.2/LICENSE')).toBe('txt');
  });

  it('has at most 50 characters', () => {
    expect(fileTypeOf(`a.${'x'.repeat(80)}`)).toHaveLength(50);
  });
});

describe('decodeText', () => {
  it('drops a byte order mark and keeps line ends', () => {
    expect(decodeText(Buffer.from('\uFEFFé\r\n'))).toEqual({ text: 'é\r\n' });
  });

  it('takes an empty file', () => {
    expect(decodeText(Buffer.alloc(0))).toEqual({ text: '' });
  });

  it('refuses NUL bytes', () => {
    expect(decodeText(Buffer.from('a\0b'))).toEqual({ skipReason: 'Binary file: it contains NUL bytes' });
  });

  it.each([[[0xc3, 0x28]], [[0xed, 0xa0, 0x80]], [[0xff]]])('refuses invalid UTF-8 %p', (bytes) => {
    expect(decodeText(Buffer.from(bytes))).toEqual({ skipReason: 'Not valid UTF-8 text' });
  });

  it('refuses a Git LFS pointer', () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`;
    expect(decodeText(Buffer.from(pointer))).toEqual({
      skipReason: 'Git LFS pointer: its content is not in the repository',
    });
  });
});
