import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildProject } from './support/factories.js';
import { startTestApp, type TestApp, type Values } from './support/test-app.js';

let app: TestApp;
let projectId: string;
beforeAll(async () => {
  app = await startTestApp({ env: { GIT_HOSTS: 'github.com,git.example.org:8443,127.0.0.1:3000=github' } });
  projectId = (await buildProject(app)).id;
});
afterAll(() => app.stop());

const create = (input: Values) =>
  app.mutate('createProjectDoc', 'projectDoc { githubUrl branch githubFolderPath }', {
    projectId,
    name: 'Docs',
    githubUrl: 'https://github.com/o/r',
    ...input,
  });

describe('githubUrl', () => {
  it.each([
    ['https://github.com/o/r', 'https://github.com/o/r'],
    [' https://github.com/o/r/ ', 'https://github.com/o/r'],
    ['https://github.com/o/r.git', 'https://github.com/o/r'],
    ['https://www.github.com/o/r', 'https://github.com/o/r'],
    ['http://github.com/o/r', 'https://github.com/o/r'],
    ['HTTPS://GitHub.com/o/r', 'https://github.com/o/r'],
    ['github.com/o/r', 'https://github.com/o/r'],
    ['github.com/o/r.git', 'https://github.com/o/r'],
    ['www.github.com/o/r', 'https://github.com/o/r'],
    ['git@github.com:o/r.git', 'https://github.com/o/r'],
    ['git@github.com:/o/r', 'https://github.com/o/r'],
    ['ssh://git@github.com/o/r.git', 'https://github.com/o/r'],
    ['https://github.com/o/r.js', 'https://github.com/o/r.js'],
    ['https://git.example.org:8443/group/sub/r.git', 'https://git.example.org:8443/group/sub/r'],
    ['http://127.0.0.1:3000/o/r', 'http://127.0.0.1:3000/o/r'],
  ])('takes "%s" as %s', async (githubUrl, stored) => {
    const { projectDoc, userErrors } = await create({ githubUrl });
    expect(userErrors).toEqual([]);
    expect(projectDoc).toEqual({ githubUrl: stored, branch: null, githubFolderPath: null });
  });

  it.each([
    ['https://github.com/o/r/tree/main', 'main', null],
    ['https://github.com/o/r/tree/main/docs/guide', 'main', 'docs/guide'],
    ['github.com/o/r/tree/v1.0/docs/', 'v1.0', 'docs'],
    ['https://github.com/o/r/tree/main/My%20docs/%C3%BC', 'main', 'My docs/ü'],
    ['https://github.com/o/r/blob/main/docs/a.md', 'main', 'docs'],
  ])('fills branch and folder from "%s"', async (githubUrl, branch, githubFolderPath) => {
    const { projectDoc } = await create({ githubUrl });
    expect(projectDoc).toEqual({ githubUrl: 'https://github.com/o/r', branch, githubFolderPath });
  });

  it('fills them from the page of a host whose form GIT_HOSTS tells', async () => {
    const { projectDoc } = await create({ githubUrl: 'http://127.0.0.1:3000/o/r/tree/main/docs' });
    expect(projectDoc).toEqual({ githubUrl: 'http://127.0.0.1:3000/o/r', branch: 'main', githubFolderPath: 'docs' });
  });

  it('is refused as the page of a host whose form nothing tells, with what to give instead', async () => {
    const { projectDoc, userErrors } = await create({ githubUrl: 'https://git.example.org:8443/o/r/tree/main/docs' });
    expect(projectDoc).toBeNull();
    expect(userErrors).toEqual([
      {
        code: 'INVALID',
        message: expect.stringMatching(/GIT_HOSTS tells what serves it \(git\.example\.org:8443=github, or =gitlab, /),
        field: ['input', 'githubUrl'],
      },
    ]);
  });

  it('leaves branch and folder as they are given beside a pasted page', async () => {
    const githubUrl = 'https://github.com/o/r/tree/main/docs';
    expect((await create({ githubUrl, branch: 'next' })).projectDoc).toMatchObject({
      branch: 'next',
      githubFolderPath: 'docs',
    });
    expect((await create({ githubUrl, githubFolderPath: 'guide' })).projectDoc).toMatchObject({
      branch: 'main',
      githubFolderPath: 'guide',
    });
    expect((await create({ githubUrl, branch: null, githubFolderPath: null })).projectDoc).toMatchObject({
      branch: null,
      githubFolderPath: null,
    });
  });

  it.each([
    '',
    ' ',
    'nonsense',
    'github.com',
    'https://github.com',
    'https://github.com/o',
    'https://github.com/o/r/issues/1',
    'https://github.com/o/r/tree/main/..%2f..%2fetc',
    'https://github.com/../r',
    'https://github.com/-o/r',
    'ssh://root@github.com/o/r',
    'file:///etc/passwd',
    '/etc/passwd',
    '--upload-pack=touch',
    '-oProxyCommand=touch',
    'ext::sh -c touch',
    'https://github.com/o/r\0',
    'https://github.com/o/r\ud800',
    `https://github.com/o/${'r'.repeat(101)}`,
    `https://git.example.org:8443/${`${'s'.repeat(90)}/`.repeat(6)}r`,
  ])('refuses %j', async (githubUrl) => {
    const { projectDoc, userErrors } = await create({ githubUrl });
    expect(projectDoc).toBeNull();
    expect(userErrors).toEqual([
      {
        code: 'INVALID',
        message: 'This is not the address of a repository. Give one such as https://github.com/owner/repository.',
        field: ['input', 'githubUrl'],
      },
    ]);
  });

  it.each([
    ['https://gitlab.com/o/r', 'gitlab.com'],
    ['https://github.com.evil.example/o/r', 'github.com.evil.example'],
    ['https://evil.example/github.com/o/r', 'evil.example'],
    ['https://github.com:8443/o/r', 'github.com:8443'],
    ['http://169.254.169.254/latest/meta-data', '169.254.169.254'],
    ['http://127.0.0.1:3001/r', '127.0.0.1:3001'],
  ])('refuses %j, and says which host is not listed', async (githubUrl, name) => {
    expect(await create({ githubUrl })).toEqual({
      projectDoc: null,
      userErrors: [
        {
          code: 'INVALID',
          message: `${name} is not in GIT_HOSTS, the hosts that may be synced from. Add it there, and start ibid anew.`,
          field: ['input', 'githubUrl'],
        },
      ],
    });
  });

  const withCredentials = [
    'https://user:s3cret@github.com/o/r',
    'https://s3cret@github.com/o/r',
    'https://:s3cret@github.com/o/r',
    'user:s3cret@github.com/o/r',
    'ssh://git:s3cret@github.com/o/r',
    'git+https://s3cret@github.com/o/r',
    'https://oauth2:s3cret@git.example.org:8443/group/r.git',
    'http://user:s3cret@169.254.169.254/latest',
  ];
  const refusal = {
    code: 'INVALID',
    message:
      'The URL must not hold a user name, password or token: it is stored and shown. ' +
      'Leave them out, and set GITHUB_TOKEN (for github.com) or GIT_TOKENS (for other hosts) where the service runs.',
    field: ['input', 'githubUrl'],
  };

  it.each(withCredentials)('is refused with credentials, and says what to do instead: %s', async (githubUrl) => {
    expect(await create({ githubUrl })).toEqual({ projectDoc: null, userErrors: [refusal] });
  });

  it('is refused with credentials in an update, and stays as it was', async () => {
    const { projectDoc } = await app.mutate('createProjectDoc', 'projectDoc { id }', {
      projectId,
      name: 'Docs',
      githubUrl: 'github.com/o/r',
    });
    for (const githubUrl of withCredentials) {
      const answer = await app.mutate('updateProjectDoc', 'projectDoc { id }', { id: projectDoc.id, githubUrl });
      expect(answer).toEqual({ projectDoc: null, userErrors: [refusal] });
    }
    const { node } = await app.query('query($id: ID!) { node(id: $id) { ... on ProjectDoc { githubUrl } } }', {
      id: projectDoc.id,
    });
    expect(node.githubUrl).toBe('https://github.com/o/r');
  });
});

describe('githubFolderPath', () => {
  it.each([
    ['docs', 'docs'],
    [' /docs/guide// ', 'docs/guide'],
    ['Mes documents/été', 'Mes documents/été'],
    ['.github', '.github'],
    ['..docs', '..docs'],
    ['-docs', '-docs'],
    ['f'.repeat(512), 'f'.repeat(512)],
    ['', null],
    ['/', null],
    [' // ', null],
    [null, null],
  ])('takes %j as %j', async (githubFolderPath, stored) => {
    const { projectDoc, userErrors } = await create({ githubFolderPath });
    expect(userErrors).toEqual([]);
    expect(projectDoc.githubFolderPath).toBe(stored);
  });

  it.each(['..', 'docs/..', '../docs', 'docs/../../etc', './docs', 'docs/./a', 'docs//a', 'docs\\a', 'a\nb', 'a\x7fb'])(
    'refuses %j',
    async (githubFolderPath) => {
      const { projectDoc, userErrors } = await create({ githubFolderPath });
      expect(projectDoc).toBeNull();
      expect(userErrors).toEqual([
        {
          code: 'INVALID',
          message: 'githubFolderPath must be a folder inside the repository, such as docs/guide, without "..".',
          field: ['input', 'githubFolderPath'],
        },
      ]);
    },
  );

  it.each([
    ['f'.repeat(513), 'githubFolderPath must have at most 512 characters.'],
    ['a\0b', 'githubFolderPath must not hold NUL characters or broken Unicode.'],
    ['a\ud800', 'githubFolderPath must not hold NUL characters or broken Unicode.'],
  ])('refuses %j as well', async (githubFolderPath, message) => {
    const { userErrors } = await create({ githubFolderPath });
    expect(userErrors).toEqual([{ code: 'INVALID', message, field: ['input', 'githubFolderPath'] }]);
  });
});

describe('branch', () => {
  it.each([
    ['main', 'main'],
    [' release/2.0 ', 'release/2.0'],
    ['émile', 'émile'],
    ['b'.repeat(255), 'b'.repeat(255)],
    ['', null],
    [' ', null],
    [null, null],
  ])('takes %j as %j', async (branch, stored) => {
    const { projectDoc, userErrors } = await create({ branch });
    expect(userErrors).toEqual([]);
    expect(projectDoc.branch).toBe(stored);
  });

  it.each([
    '-oProxyCommand=touch',
    '--upload-pack=touch',
    '+main',
    'main:other',
    'refs/heads/*',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a?',
    'a[b',
    'a\\b',
    '@{-1}',
    'a@{1}',
    'HEAD',
    '.hidden',
    'a/.hidden',
    'a.lock',
    'a.',
    '/a',
    'a/',
    'a//b',
    'a\0b',
    'a\nb',
    'a\ud800',
    'b'.repeat(256),
    'ü'.repeat(128),
  ])('refuses %j', async (branch) => {
    const { projectDoc, userErrors } = await create({ branch });
    expect(projectDoc).toBeNull();
    expect(userErrors).toEqual([
      {
        code: 'INVALID',
        message: 'Branch must be a branch name that git allows, of at most 255 bytes, such as main or release/2.0.',
        field: ['input', 'branch'],
      },
    ]);
  });
});
