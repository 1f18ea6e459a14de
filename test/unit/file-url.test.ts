import { describe, expect, it } from '@jest/globals';
import { fileUrl } from '../../src/platform/git/file-url.js';
import { parseGithubUrl } from '../../src/platform/git/github-url.js';
import { parseHostEntry } from '../../src/platform/network/host-list.js';

const SHA = 'a'.repeat(40);
const hostList = (...entries: string[]) => entries.map((text) => parseHostEntry(text, { allowPrivate: true })!);

const HOSTS = hostList(
  'github.com',
  'github.corp.example:8443',
  'gitlab.com',
  'gitlab.corp.example:8443',
  'git.corp.example=private=gitlab',
  'code.example:3000=gitea',
  'forge.example=forgejo=private',
  'codeberg.org',
  'gitea.example:3000',
  'bitbucket.org',
  'bitbucket.corp.example',
  'stash.corp.example:7990=bitbucket',
  'git.sr.ht',
  'git.example',
  'gitlab-no-more.example=gitea',
  '127.0.0.1:3000',
);

/** The link for a repository's address as it is pasted. */
function link(pasted: string, path = 'docs/a.md', startLine?: number, endLine?: number): string {
  const { url } = parseGithubUrl(pasted, HOSTS)!;
  return fileUrl({ url, commitSha: SHA, path, startLine, endLine }, HOSTS);
}

describe('fileUrl', () => {
  it.each([
    ['https://github.com/o/r', `https://github.com/o/r/blob/${SHA}/docs/a.md`, '?plain=1#L10', '?plain=1#L10-L24'],
    ['git@github.com:o/r.git', `https://github.com/o/r/blob/${SHA}/docs/a.md`, '?plain=1#L10', '?plain=1#L10-L24'],
    [
      'https://github.corp.example:8443/o/r',
      `https://github.corp.example:8443/o/r/blob/${SHA}/docs/a.md`,
      '?plain=1#L10',
      '?plain=1#L10-L24',
    ],
    [
      'https://gitlab.com/g/sub/r.git',
      `https://gitlab.com/g/sub/r/-/blob/${SHA}/docs/a.md`,
      '?plain=1#L10',
      '?plain=1#L10-24',
    ],
    [
      'ssh://git@gitlab.corp.example:2222/g/r.git',
      `https://gitlab.corp.example:8443/g/r/-/blob/${SHA}/docs/a.md`,
      '?plain=1#L10',
      '?plain=1#L10-24',
    ],
    [
      'git@git.corp.example:g/r.git',
      `https://git.corp.example/g/r/-/blob/${SHA}/docs/a.md`,
      '?plain=1#L10',
      '?plain=1#L10-24',
    ],
    [
      'https://codeberg.org/o/r',
      `https://codeberg.org/o/r/src/commit/${SHA}/docs/a.md`,
      '?display=source#L10',
      '?display=source#L10-L24',
    ],
    [
      'https://gitea.example:3000/o/r',
      `https://gitea.example:3000/o/r/src/commit/${SHA}/docs/a.md`,
      '?display=source#L10',
      '?display=source#L10-L24',
    ],
    [
      'https://code.example:3000/o/r',
      `https://code.example:3000/o/r/src/commit/${SHA}/docs/a.md`,
      '?display=source#L10',
      '?display=source#L10-L24',
    ],
    [
      'https://forge.example/o/r',
      `https://forge.example/o/r/src/commit/${SHA}/docs/a.md`,
      '?display=source#L10',
      '?display=source#L10-L24',
    ],
    ['https://bitbucket.org/o/r', `https://bitbucket.org/o/r/src/${SHA}/docs/a.md`, '#lines-10', '#lines-10:24'],
    [
      'https://bitbucket.corp.example/scm/KEY/r.git',
      `https://bitbucket.corp.example/projects/KEY/repos/r/browse/docs/a.md?at=${SHA}`,
      '#10',
      '#10-24',
    ],
    [
      'https://stash.corp.example:7990/stash/scm/~ann/r.git',
      `https://stash.corp.example:7990/stash/users/ann/repos/r/browse/docs/a.md?at=${SHA}`,
      '#10',
      '#10-24',
    ],
    ['https://git.sr.ht/~ann/r', `https://git.sr.ht/~ann/r/tree/${SHA}/item/docs/a.md`, '#L10', '#L10-24'],
    ['https://git.example/pub/r.git', `https://git.example/pub/r/blob/${SHA}/docs/a.md`, '#L10', '#L10-L24'],
    ['http://127.0.0.1:3000/o/r', `http://127.0.0.1:3000/o/r/blob/${SHA}/docs/a.md`, '#L10', '#L10-L24'],
  ])('links from %s in the form of its host', (pasted, page, line, lines) => {
    expect(link(pasted)).toBe(page);
    expect(link(pasted, 'docs/a.md', 10)).toBe(page + line);
    expect(link(pasted, 'docs/a.md', 10, 10)).toBe(page + line);
    expect(link(pasted, 'docs/a.md', 10, 24)).toBe(page + lines);
  });

  it('believes the operator before the name', () => {
    expect(link('https://gitlab-no-more.example/o/r')).toBe(
      `https://gitlab-no-more.example/o/r/src/commit/${SHA}/docs/a.md`,
    );
  });

  it.each([
    ['with space.md', 'with%20space.md'],
    ['a#1.md', 'a%231.md'],
    ['why?.md', 'why%3F.md'],
    ['100%.md', '100%25.md'],
    ['%2e%2e.md', '%252e%252e.md'],
    ['é/日本語/🙂.md', '%C3%A9/%E6%97%A5%E6%9C%AC%E8%AA%9E/%F0%9F%99%82.md'],
    ['line\nbreak\\[x] <y>"&=+;.md', 'line%0Abreak%5C%5Bx%5D%20%3Cy%3E%22%26%3D%2B%3B.md'],
  ])('escapes each part of the path %j on every host', (path, escaped) => {
    expect(link('https://github.com/o/r', path, 3, 9)).toBe(
      `https://github.com/o/r/blob/${SHA}/${escaped}?plain=1#L3-L9`,
    );
    expect(link('https://gitlab.com/g/r', path, 3, 9)).toBe(
      `https://gitlab.com/g/r/-/blob/${SHA}/${escaped}?plain=1#L3-9`,
    );
    expect(link('https://codeberg.org/o/r', path)).toBe(`https://codeberg.org/o/r/src/commit/${SHA}/${escaped}`);
    expect(link('https://bitbucket.org/o/r', path)).toBe(`https://bitbucket.org/o/r/src/${SHA}/${escaped}`);
    for (const host of ['github.com', 'bitbucket.corp.example/scm', 'git.sr.ht']) {
      const { pathname } = new URL(link(`https://${host}/o/r`, path, 3));
      expect(decodeURIComponent(pathname).endsWith(`/${path}`)).toBe(true);
    }
  });
});
