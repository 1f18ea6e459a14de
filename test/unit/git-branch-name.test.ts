import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { isBranchName } from '../../src/platform/git/branch-name.js';

const NAMES = [
  'main',
  'feature/a',
  'a/b/c',
  'v1.0',
  'é',
  '日本',
  '@',
  '@/x',
  'x@',
  'a@b',
  'a{b',
  '{',
  'refs/heads/x',
  'a-b',
  'a-',
  '#1',
  '%2e',

  '',
  '/',
  'a/',
  '/a',
  'a//b',
  '.',
  '..',
  '.a',
  'a/.b',
  'a.',
  'a./b',
  'a..b',
  'a.lock',
  'a.lock/b',
  'a.lockb',
  '.lock',

  '-',
  '-a',
  '--upload-pack=x',
  'a/-b',
  'HEAD',
  'a/HEAD',
  'head',
  '@{-1}',
  'a@{b',
  '@{',
  'a b',
  ' a',
  'a\tb',
  'a\nb',
  'a\u007fb',

  'a~b',
  'a^b',
  'a:b',
  'a?b',
  'a*b',
  'a[b',
  'a]b',
  'a\\b',
  "a'b",
  'a"b',
  'a;b',
  'a|b',
  'a$b',
  'a\u0085b',
  'a\u2028b',
];

describe('isBranchName', () => {
  it.each(NAMES)('says of %j what git says', (name) => {
    const { status } = spawnSync('git', ['check-ref-format', '--branch', name], { cwd: tmpdir() });
    expect(isBranchName(name)).toBe(status === 0);
  });

  it('refuses a leading plus, which git reads as part of a refspec', () => {
    expect(isBranchName('+main')).toBe(false);
  });

  it('refuses what is longer than 255 bytes', () => {
    expect(isBranchName('é'.repeat(127))).toBe(true);
    expect(isBranchName('é'.repeat(128))).toBe(false);
  });

  it('refuses NUL and half a surrogate pair, which no argument can carry', () => {
    expect(isBranchName('a\0b')).toBe(false);
    expect(isBranchName('a\ud800')).toBe(false);
  });
});
