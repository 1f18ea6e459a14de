import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { type ScriptedApp, startScriptedApp } from './support/scripted-app.js';
import { fails, rateLimited } from './support/scripted-provider.js';
import { buildSyncedProject, type SyncedProject } from './support/sync-bench.js';

let bench: ScriptedApp;
let { host, provider, app } = {} as ScriptedApp;
let project: SyncedProject;
beforeAll(async () => {
  bench = await startScriptedApp();
  ({ host, provider, app } = bench);
  project = await buildSyncedProject(app, host, { 'a.md': '# Zebras\n\nThey sleep.\n' });
});
afterAll(() => bench.stop());
afterEach(() => bench.reset());

const search = () =>
  app.request('query($id: ID!) { project(id: $id) { id search(query: "zebras") { hits { filePath } } } }', {
    id: project.projectId,
  });

describe('search with an embedding model behind HTTP', () => {
  it('goes by words alone without it', async () => {
    provider.scriptEmbeddings(fails(503));
    const { project: found } = await app.query(
      'query($id: ID!) { project(id: $id) { search(query: "zebras", mode: KEYWORD) { mode hits { filePath similarityScore } } } }',
      { id: project.projectId },
    );
    expect(found.search).toEqual({ mode: 'KEYWORD', hits: [{ filePath: 'a.md', similarityScore: null }] });
  });

  it('asks it for one vector, that of the query', async () => {
    provider.reset();
    const { data } = await search();
    expect(data.project.search.hits).toEqual([{ filePath: 'a.md' }]);
    expect(provider.requests.map(({ body }) => body.input)).toEqual([['zebras']]);
  });

  it('does not ask it for a search that is refused', async () => {
    provider.reset();
    const { errors } = await app.request(
      `query($id: ID!, $filter: DocumentFilter) {
        project(id: $id) { search(query: "zebras", filter: $filter) { totalResults } }
      }`,
      { id: project.projectId, filter: { pathPrefix: 'x'.repeat(1_025) } },
    );
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(provider.requests).toEqual([]);
  });

  it.each([
    ['refuses the key', [fails(401)], 'UNAVAILABLE', false, /^The provider refused|^The provider asks for credentials/],
    [
      'is over its rate limit',
      [0, 0, 0].map(rateLimited),
      'RATE_LIMITED',
      true,
      /^The provider is over its rate limit/,
    ],
    [
      'is too slow',
      [0, 0, 0].map(() => fails(504, { headers: { 'retry-after': '0' } })),
      'TIMEOUT',
      true,
      /took too long/,
    ],
  ])('says so when it %s, and the rest is answered', async (_, steps, code, retryable, message) => {
    provider.scriptEmbeddings(...steps);
    const { data, errors } = await search();
    expect(data.project).toEqual({ id: project.projectId, search: null });
    expect(errors).toMatchObject([
      { message: expect.stringMatching(message), path: ['project', 'search'], extensions: { code, retryable } },
    ]);
  });
});
