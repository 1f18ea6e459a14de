import { describe, expect, it } from '@jest/globals';
import { lightStem } from '../../src/platform/text/light-stem.js';
import { tokenize } from '../../src/platform/text/tokenize.js';

describe('tokenize', () => {
  it('gives the words in lower case, in order, with repeats', () => {
    expect(tokenize('The cat, the DOG & 42 cats!')).toEqual(['the', 'cat', 'the', 'dog', '42', 'cats']);
  });

  it.each([
    ['maxFileSize', ['maxfilesize', 'max', 'file', 'size']],
    ['max_file_size', ['max_file_size', 'max', 'file', 'size']],
    ['no-lazy-fetch', ['no-lazy-fetch', 'no', 'lazy', 'fetch']],
    [String.raw`keel\_length`, ['keel_length', 'keel', 'length']],
    ['fs.readFile', ['fs.readfile', 'fs', 'readfile', 'read', 'file']],
    ['HTTPServer', ['httpserver', 'http', 'server']],
    ['parseV2Response', ['parsev2response', 'parse', 'v2', 'response']],
    ['v1.25.0', ['1.25.0', 'v1', '1', '25', '0']],
    ['1.25.0', ['1.25.0', '1', '25', '0']],
    ['v8-profiler', ['v8-profiler', 'v8', 'profiler']],
    ['APIs', ['apis']],
    ['sha256', ['sha256']],
    ['__init__', ['init']],
  ])('gives the identifier %s whole and in parts', (identifier, words) => {
    expect(tokenize(identifier)).toEqual(words);
  });

  it('folds accents, width and ligatures', () => {
    expect(tokenize('Café Ｆｕｌｌ ﬁle naïve ÉCOLE')).toEqual(['cafe', 'full', 'file', 'naive', 'ecole']);
  });

  it('writes letters that have no accent to lose as those who lack them do', () => {
    expect(tokenize('Straße ŁÓDŹ Tromsø œuvre Æsir Đà')).toEqual([
      'strasse',
      'lodz',
      'tromso',
      'oeuvre',
      'aesir',
      'da',
    ]);
  });

  it('joins the digits of a number, and no list of numbers', () => {
    expect(tokenize('1,000 and 12,345,678 of 1,5 or 100,200,3')).toEqual([
      '1000',
      '1',
      '000',
      'and',
      '12345678',
      '12',
      '345',
      '678',
      'of',
      '1',
      '5',
      'or',
      '100',
      '200',
      '3',
    ]);
  });

  it('gives the same words for composed and decomposed text', () => {
    expect(tokenize('résumé'.normalize('NFD'))).toEqual(tokenize('résumé'.normalize('NFC')));
  });

  it('gives pairs of characters for scripts without spaces', () => {
    expect(tokenize('全文検索')).toEqual(['全文', '文検', '検索']);
    expect(tokenize('サーバー')).toEqual(['サー', 'ーバ', 'バー']);
    expect(tokenize('字')).toEqual(['字']);
    expect(tokenize('Python入門 abc')).toEqual(['python', '入門', 'abc']);
    expect(tokenize('ภาษา')).toEqual(['ภา', 'าษ', 'ษา']);
  });

  it('gives pairs of characters for Korean, whose particles have no space before them', () => {
    expect(tokenize('비밀번호를 백업')).toEqual(['비밀', '밀번', '번호', '호를', '백업']);
  });

  it('keeps the marks that other scripts need', () => {
    expect(tokenize('हिन्दी русский')).toEqual(['हिन्दी', 'русскии']);
  });

  it('ignores characters that nobody sees', () => {
    expect(tokenize('con\u00ADfig \u26A0\uFE0F \u200D')).toEqual(['config']);
  });

  it('gives no word of more than 64 characters and no half characters', () => {
    const words = tokenize(
      `${'x'.repeat(200)} ${'a-'.repeat(100)}b ${'a'.repeat(63)}${'\u{20BB7}'.repeat(3)}𝒳${'𐐷'.repeat(90)}`,
    );
    expect(words.every((word) => word.length <= 64 && word.isWellFormed())).toBe(true);
    expect(words[0]).toBe('x'.repeat(64));
  });

  it('does not take an encoded blob apart', () => {
    expect(tokenize('aGVsbG8gd29ybGQgaGVsbG8')).toEqual(['agvsbg8gd29ybgqgagvsbg8']);
  });

  it('gives nothing for text without words', () => {
    expect(tokenize(' \n--- *** 🚀 ...')).toEqual([]);
  });
});

describe('lightStem', () => {
  it('gives one stem to the forms of a word', () => {
    expect(['caching', 'cached', 'caches', 'cache'].map(lightStem)).toEqual(['cach', 'cach', 'cach', 'cach']);
    expect(lightStem('queries')).toBe(lightStem('query'));
  });

  it('leaves short words alone', () => {
    expect(['bus', 'ring', 'as'].map(lightStem)).toEqual(['bus', 'ring', 'as']);
  });
});
