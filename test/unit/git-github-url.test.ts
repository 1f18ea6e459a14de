import { describe, expect, it } from '@jest/globals';
import { parseGithubUrl, readGithubUrl } from '../../src/platform/git/github-url.js';
import { parseHostEntry } from '../../src/platform/network/host-list.js';

const HOSTS = [
  'github.com',
  'gitlab.example',
  'git.example:8443',
  '127.0.0.1:3000',
  '[::1]:3000',
  'bitbucket.org',
  'git.sr.ht',
  '127.0.0.1:3977=github',
  'hub.example=private=github',
  'lab.example=gitlab',
  'tea.example:3000=gitea',
  'forge.example=forgejo',
  'stash.example:7990=bitbucket',
].map((text) => parseHostEntry(text, { allowPrivate: true })!);

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
    ['https://github.com/o/r/tree/refs/heads/main/docs', 'main', 'docs'],
    ['https://github.com/o/r/blob/refs/heads/release/2.0/docs/a.md', 'release', '2.0/docs'],
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
    ['http://127.0.0.1:3977/o/r/tree/main/docs', 'http://127.0.0.1:3977/o/r', 'main', 'docs'],
    ['http://127.0.0.1:3977/o/r/blob/main/docs/a.md', 'http://127.0.0.1:3977/o/r', 'main', 'docs'],
    ['https://hub.example/o/r.git/tree/main', 'https://hub.example/o/r', 'main', null],
    ['https://lab.example/g/sub/r/-/tree/main/docs?ref_type=heads', 'https://lab.example/g/sub/r', 'main', 'docs'],
    ['https://lab.example/g/r/-/blob/main/docs/a.md', 'https://lab.example/g/r', 'main', 'docs'],
    ['https://lab.example/g/r/tree/main/docs', 'https://lab.example/g/r', 'main', 'docs'],
    ['https://lab.example/g/r/-/tree/refs/heads/main/docs', 'https://lab.example/g/r', 'main', 'docs'],
    ['http://127.0.0.1:3000/g/r/-/tree/main/docs', 'http://127.0.0.1:3000/g/r', 'main', 'docs'],
    ['https://tea.example:3000/o/r/src/branch/main', 'https://tea.example:3000/o/r', 'main', null],
    ['https://tea.example:3000/git/o/r/src/branch/main/docs', 'https://tea.example:3000/git/o/r', 'main', 'docs'],
    ['https://forge.example/o/r/src/branch/main/docs/a.md#L3', 'https://forge.example/o/r', 'main', 'docs'],
    ['https://bitbucket.org/o/r/src', 'https://bitbucket.org/o/r', null, null],
    ['https://bitbucket.org/o/r/src/main/docs/', 'https://bitbucket.org/o/r', 'main', 'docs'],
    ['https://bitbucket.org/o/r/src/5a02ed2b/docs/?at=feature%2Fx', 'https://bitbucket.org/o/r', 'feature/x', 'docs'],
    [
      'https://stash.example:7990/git/projects/KEY/repos/r/browse/docs/a.md?at=refs%2Fheads%2Ffeature%2Fx',
      'https://stash.example:7990/git/scm/KEY/r',
      'feature/x',
      'docs',
    ],
    ['https://stash.example:7990/users/ann/repos/r', 'https://stash.example:7990/scm/~ann/r', null, null],
    ['https://git.sr.ht/~ann/r/tree/feature/x', 'https://git.sr.ht/~ann/r', 'feature/x', null],
    ['https://git.sr.ht/~ann/r/tree/feature/x/item/docs/a.md', 'https://git.sr.ht/~ann/r', 'feature/x', 'docs'],
  ])('takes repository, branch and folder from %s, in the form of its host', (text, url, branch, folder) => {
    expect(parseGithubUrl(text, HOSTS)).toEqual({ url, branch, folder });
  });

  it.each([
    'https://git.example:8443/o/r/tree/main/docs',
    'https://git.example:8443/o/r/blob/main/a.md',
    'https://git.example:8443/o/r/src/branch/main/docs',
    'https://git.example:8443/projects/KEY/repos/r/browse/docs',
  ])('says of %s, whose form is not known, what to give', (text) => {
    expect(readGithubUrl(text, HOSTS)).toEqual({
      fault:
        'This is not the address of a repository on git.example:8443. The page of a folder is understood where GIT_HOSTS ' +
        'tells what serves it (git.example:8443=github, or =gitlab, =gitea, =bitbucket); else give branch and folder ' +
        'beside the address.',
    });
  });

  it('takes a group for a page only where the address does not end in .git', () => {
    const url = 'https://git.example:8443/group/tree/r';
    expect(parseGithubUrl(`${url}.git`, HOSTS)).toEqual({ url, branch: null, folder: null });
  });

  it.each([
    ['https://gitlab.com/o/r', 'gitlab.com'],
    ['www.gitlab.com/o/r', 'gitlab.com'],
    ['https://github.com:8443/o/r', 'github.com:8443'],
    ['ssh://git@git.corp:2222/o/r', 'git.corp'],
    ['git@gitlab.com:o/r.git', 'gitlab.com'],
    ['localhost:3000/r', 'localhost:3000'],
  ])('says of %s that its host is not listed', (text, host) => {
    expect(readGithubUrl(text, HOSTS)).toEqual({
      fault: `${host} is not in GIT_HOSTS, the hosts that may be synced from. Add it there, and start ibid anew.`,
    });
  });

  it.each(['.', './docs', '../x/y', '/home/me/repo', 'docs'])('says of the path %s that it is no address', (text) => {
    const fault = 'This is not the address of a repository. Give one such as https://github.com/owner/repository.';
    expect(readGithubUrl(text, HOSTS)).toEqual({ fault });
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
    ['http://127.0.0.1:3977/o/r/issues/3', 'another page of a host that serves them as GitHub does'],
    ['https://lab.example/g/r/-/issues/3', 'another page of GitLab'],
    ['https://tea.example:3000/o/r/src/tag/v1/docs', 'a tag, which cannot be followed'],
    ['https://stash.example:7990/projects/KEY/repos/r/browse?at=refs%2Ftags%2Fv1', 'a tag of Bitbucket'],
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
