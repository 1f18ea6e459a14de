import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import type { Values } from './support/test-app.js';

const FILES = {
  'american.md': '# Output\n\nThe serializer analyzes the color, and organizes catalogs in the center.\n',
  'british.md': '# Licence\n\nIts behaviour is customised in grey dialogues.\n',
  'plugins.md': '# Extensions\n\nPlugins are loaded first.\n',
  'foreign.md': '# Replication\n\nA foreign table is copied by periodic snapshots.\n',
  'foreigner.md': '# Guests\n\nForeign, foreign guests: the foreigners. A tale of theirs.\n',
};

let { app, project, stop } = {} as HostedProject;
beforeAll(async () => void ({ app, project, stop } = await startHostedProject(FILES)));
afterAll(() => stop());

async function pathsOf(query: string): Promise<string[]> {
  const found = await app.query(
    'query($id: ID!, $query: String!) { project(id: $id) { search(query: $query, mode: KEYWORD) { hits { filePath } } } }',
    { id: project.projectId, query },
  );
  return found.project.search.hits.map(({ filePath }: Values) => filePath);
}

describe('a word of a query', () => {
  it.each([
    ['British', 'american.md', ['serialisers', 'analysing', 'coloured', 'organisation', 'catalogue', 'centre']],
    ['American', 'british.md', ['license', 'behaviors', 'customizing', 'gray', 'dialog']],
    ['with a hyphen', 'plugins.md', ['plug-ins', 'Plug-in']],
  ])('is found where the pages do not spell it so: %s', async (_, path, queries) => {
    for (const query of queries) expect([query, ...(await pathsOf(query))]).toEqual([query, path]);
  });

  it.each(['replicaton', 'replicattion', 'replicetion', 'repliaction'])(
    'that no page has is taken for the one that it is one typing error away from: %s',
    async (query) => {
      expect(await pathsOf(query)).toEqual(['foreign.md']);
    },
  );

  it('that is mistyped stands for the commonest such word', async () => {
    expect((await pathsOf('forign'))[0]).toBe('foreigner.md');
  });

  it.each(['"replicaton"', '"serialiser"', '"plug-ins"'])('is taken as it is in quotes: %s', async (query) => {
    expect(await pathsOf(query)).toEqual([]);
  });

  it('is taken as it is where some page has it, and where it is short or wrong from the start', async () => {
    expect(await pathsOf('tale')).toEqual(['foreigner.md']);
    expect(await pathsOf('tabel')).toEqual([]);
    expect(await pathsOf('xeriodic')).toEqual([]);
  });
});
