import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { buildProject } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { followRepository, sync } from './support/sync-bench.js';
import { startTestApp, type TestApp } from './support/test-app.js';

const TOKEN = 'ghp_not_to_be_sent';

let host: GitHost;
let app: TestApp;
beforeAll(async () => {
  host = await startGitHost();
  app = await startTestApp({ env: { GIT_HOSTS: `github.com,${host.hostEntry}`, GITHUB_TOKEN: TOKEN } });
});
afterAll(async () => {
  await app.stop();
  await host.stop();
});

describe('a private repository', () => {
  it('is the same as none to a service without a token for its host', async () => {
    const followed = await followRepository(app, host, { 'a.md': '# A\n' });
    host.requireAuth(followed.name, TOKEN);
    const message = 'There is no public repository at this address.';
    const error = { code: 'SOURCE_NOT_FOUND', message, retryable: false };
    expect(await sync(app, followed)).toMatchObject({ status: 'FAILED', error });
  });

  it('never gets the token of another host', async () => {
    host.requests.length = 0;
    await sync(app, await followRepository(app, host, { 'a.md': '# A\n' }));
    expect(host.requests.length).toBeGreaterThan(0);
    expect(host.requests.filter(({ authorization }) => authorization !== null)).toEqual([]);
  });
});

describe("the service's own checkout", () => {
  it.each([
    '.',
    '/',
    process.cwd(),
    `file://${process.cwd()}`,
    'CHECKOUT',
    '../../main',
    'ext::sh -c id',
    'host:/path',
  ])('cannot be named by a githubUrl: %j', async (githubUrl) => {
    const { id: projectId } = await buildProject(app);
    const input = { projectId, name: 'Documentation', githubUrl };
    const { projectDoc, userErrors } = await app.mutate('createProjectDoc', 'projectDoc { id }', input);
    expect(projectDoc).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'INVALID', field: ['input', 'githubUrl'] }]);
  });

  it('cannot be named by any input', async () => {
    const { id: projectId } = await buildProject(app);
    const { errors } = await app.request(
      'mutation($input: CreateProjectDocInput!) { createProjectDoc(input: $input) { projectDoc { id } } }',
      { input: { projectId, name: 'Documentation', githubUrl: 'github.com/o/r', sourceKind: 'CHECKOUT' } },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
