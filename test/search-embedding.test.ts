import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { buildSyncedProject, type SyncedProject } from './support/factories.js';
import { type GitHost, startGitHost } from './support/git-host.js';
import { fails, rateLimited, type ScriptedProvider, startScriptedProvider } from './support/scripted-provider.js';
import { startTestApp, type TestApp } from './support/test-app.js';

let host: GitHost;
let provider: ScriptedProvider;
let app: TestApp;
let project: SyncedProject;
beforeAll(async () => {
  [host, provider] = await Promise.all([startGitHost(), startScriptedProvider()]);
  app = await startTestApp({
    env: {
      GIT_HOSTS: host.hostEntry,
      LLM_HOSTS: provider.hostEntry,
      EMBEDDING_PROVIDER: 'openai-compatible',
      EMBEDDING_MODEL: 'scripted',
      EMBEDDING_BASE_URL: provider.baseUrl,
    },
  });
  project = await buildSyncedProject(app, host, { 'a.md': '# Zebras\n\nThey sleep.\n' });
});
afterAll(async () => {
  await app.stop();
  await provider.stop();
  await host.stop();
});
afterEach(() => provider.reset());

const search = () =>
  app.request('query($id: ID!) { project(id: $id) { id search(query: "zebras") { hits { filePath } } } }', {
    id: project.projectId,
  });

describe('search with an embedding model behind HTTP', () => {
  it('asks it for one vector, that of the query', async () => {
    provider.reset();
    const { data } = await search();
    expect(data.project.search.hits).toEqual([{ filePath: 'a.md' }]);
    expect(provider.requests.map(({ body }) => body.input)).toEqual([['zebras']]);
  });

  it.each([
    ['refuses the key', [fails(401)], 'UNAVAILABLE', /^The provider refused|^The provider asks for credentials/],
    ['is over its rate limit', [0, 0, 0].map(rateLimited), 'RATE_LIMITED', /^The provider is over its rate limit/],
    ['is too slow', [0, 0, 0].map(() => fails(504, { headers: { 'retry-after': '0' } })), 'TIMEOUT', /took too long/],
  ])('says so when it %s, and the rest is answered', async (_, steps, code, message) => {
    provider.scriptEmbeddings(...steps);
    const { data, errors } = await search();
    expect(data.project).toEqual({ id: project.projectId, search: null });
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), path: ['project', 'search'], extensions: { code } },
    ]);
    expect(errors).toMatchObject([{ extensions: { retryable: true } }]);
  });
});
