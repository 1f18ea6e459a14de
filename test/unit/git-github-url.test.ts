import { describe, expect, it } from '@jest/globals';
import { parseGithubUrl } from '../../src/platform/git/github-url.js';
import { parseHostEntry } from '../../src/platform/http/host-list.js';

const HOSTS = ['github.com', 'gitlab.example', 'git.example:8443', '127.0.0.1:3000', '[::1]:3000'].map((text) =>
  parseHostEntry(text)!,
);

describe('parseGithubUrl', () => {
  it.each([
    'https://github.com/o/r',
    'https://github.com/o/r/',
    'https://github.com/o/r.git',
    'https://GitHub.com/o/r?tab=readme-ov-file#readme',
    'http://github.com/o/r',
    'http://www.github.com/o/r',
    'www.github.com/o/r',
    'github.com/o/r.git',
    '  github.com//o/r//  ',
    'git@github.com:o/r.git',
    'git@www.github.com:o/r',
    'ssh://git@github.com/o/r',
    'ssh://git@github.com:22/o/r.git',
    'git://github.com/o/r.git',
    'git+https://github.com/o/r.git',
    'git+ssh://git@github.com/o/r.git',
  ])('reads %s', (text) => {
    expect(parseGithubUrl(text, HOSTS)).toEqual({ url: 'https://github.com/o/r', branch: null, folder: null });
  });

  it.each([
    ['https://github.com/o/r/tree/main', 'main', null],
    ['https://github.com/o/r/tree/main/', 'main', null],
    ['https://github.com/o/r/tree/main/docs/guide/?x#y', 'main', 'docs/guide'],
    ['github.com/o/r/tree/feature%2Fx/a%20b/%C3%A9', 'feature/x', 'a b/é'],
    ['https://github.com/o/r/blob/main/docs/a.md#L3', 'main', 'docs'],
    ['https://github.com/o/r/blob/main/a.md', 'main', null],
  ])('takes branch and folder from %s', (text, branch, folder) => {
    expect(parseGithubUrl(text, HOSTS)).toEqual({ url: 'https://github.com/o/r', branch, folder });
  });

  it.each([
    ['https://gitlab.example/group/sub/r.git', 'https://gitlab.example/group/sub/r', null, null],
    ['https://gitlab.example/g/r/-/tree/main/docs', 'https://gitlab.example/g/r', 'main', 'docs'],
    ['git@git.example:g/r.git', 'https://git.example:8443/g/r', null, null],
    ['https://git.example:8443/~me/r', 'https://git.example:8443/~me/r', null, null],
    ['http://127.0.0.1:3000/git/repo.git', 'http://127.0.0.1:3000/git/repo', null, null],
    ['https://127.0.0.1:3000/r', 'https://127.0.0.1:3000/r', null, null],
    ['http://127.1:3000/r', 'http://127.0.0.1:3000/r', null, null],
    ['http://[::1]:3000/r', 'http://[::1]:3000/r', null, null],
  ])('reads %s on a host that is not GitHub', (text, url, branch, folder) => {
    expect(parseGithubUrl(text, HOSTS)).toEqual({ url, branch, folder });
  });

  it.each([
    ['', 'nothing'],
    ['o/r', 'no host'],
    ['https://example.com/o/r', 'a host that is not listed'],
    ['https://github.com.example.com/o/r', 'a host that begins like a listed one'],
    ['https://github.com:444/o/r', 'a port that is not listed'],
    ['https://git.example/o/r', 'a missing port'],
    ['git@example.com:o/r', 'an ssh host that is not listed'],
    ['https://user:tok@github.com/o/r', 'credentials'],
    ['https://tok@github.com/o/r', 'a token'],
    ['ssh://git:pw@github.com/o/r', 'an ssh password'],
    ['https://github.com', 'no repository'],
    ['https://github.com/o', 'an owner alone'],
    ['https://github.com/o/.git', 'a repository without a name'],
    ['https://github.com/o/r/issues/3', 'another page'],
    ['https://github.com/o/r/tree', 'a page without a branch'],
    ['https://github.com/o/r/tree/-x', 'a branch that is an option'],
    ['https://github.com/o/r/tree/main/%2e%2e%2fetc', 'a folder outside'],
    ['https://github.com/o/r/tree/main/%00', 'NUL in a folder'],
    ['https://github.com/o/r/tree/%E0%A4%A', 'a broken escape'],
    ['https://github.com/-o/r', 'an owner that is an option'],
    ['https://github.com/o/-r', 'a repository that is an option'],
    ['https://github.com/o/r%2e', 'escapes in a name'],
    ['https://github.com/o/r;x', 'odd characters in a name'],
    ['https://github.com/o\\r', 'a backslash'],
    ['https://github.com/o/r\u0000', 'NUL'],
    ['https://github.com/o/\nr', 'a newline'],
    ['file:///etc/passwd', 'a file'],
    ['ext::sh -c x', 'a helper of git'],
    ['javascript://github.com/o/r', 'another scheme'],
    ['http://[::1/r', 'half an address'],
    [`https://github.com/o/${'r'.repeat(3000)}`, 'an endless name'],
  ])('refuses %j: %s', (text) => {
    expect(parseGithubUrl(text, HOSTS)).toBeNull();
  });
});
