import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type HostedProject, startHostedProject } from './support/hosted-app.js';
import type { Values } from './support/test-app.js';

const FILES = {
  'american.md': '# Output\n\nThe serializer analyzes the color, and organizes catalogs in the center.\n',
  'british.md': '# Licence\n\nIts behaviour is customised in grey dialogues.\n',
  'plugins.md': '# Extensions\n\nPlugins are loaded first.\n',
  'foreign.md': '# Replication\n\nA foreign table is copied by periodic snapshots.\n',
  'hands.md': '# Hands\n\nThe environment, of wider seats. Boating is fun.\n',
  'foreigner.md': '# Guests\n\nForeign, foreign guests: the foreigners. A tale of theirs.\n',
};

let { app, project, stop } = {} as HostedProject;
beforeAll(async () => void ({ app, project, stop } = await startHostedProject(FILES)));
afterAll(() => stop());

async function search(query: string, mode = 'KEYWORD'): Promise<Values> {
  const found = await app.query(
    'query($id: ID!, $query: String!, $mode: SearchMode) { project(id: $id) { search(query: $query, mode: $mode) { correctedQuery hits { filePath } } } }',
    { id: project.projectId, query, mode },
  );
  return found.project.search;
}
const pathsOf = async (query: string): Promise<string[]> =>
  (await search(query)).hits.map(({ filePath }: Values) => filePath);

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

  it.each(['snapshosts', 'snapshto', 'replications', 'replicatons'])(
    'may be one of many or many of one: %s',
    async (query) => {
      expect(await pathsOf(query)).toEqual(['foreign.md']);
    },
  );

  it('is not taken for one that no page has, though it has the stem of one', async () => {
    expect((await search('enviroment')).correctedQuery).toBe('environment');
    expect(await pathsOf('boatem')).toEqual([]);
  });

  it('is taken as it is in a query of another language', async () => {
    expect(await pathsOf('wieder')).toEqual(['hands.md']);
    expect(await pathsOf('Wie kommt man wieder dorthin?')).toEqual([]);
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

describe('SearchResult.correctedQuery', () => {
  it.each([
    ['with a capital', 'Replicaton of tables?', 'Replication of tables?'],
    ['with an accent', 'the réplicaton', 'the replication'],
    ['within an identifier', 'getReplicatonTable(2)', 'getReplicationTable(2)'],
    ['each of several', 'forign replicaton', 'foreign replication'],
    ['beside a longer word', 'foreig, Foreigners', 'foreign, Foreigners'],
  ])('has a mistyped word as what it was taken for: %s', async (_, query, corrected) => {
    for (const mode of ['HYBRID', 'KEYWORD']) expect((await search(query, mode)).correctedQuery).toBe(corrected);
  });

  it.each(['replication', 'serialisers', 'plug-ins', 'xeriodic', '"replicaton"', 'the'])(
    'is null where no word was mistyped: %s',
    async (query) => {
      expect((await search(query)).correctedQuery).toBeNull();
    },
  );

  it('is null in SEMANTIC mode', async () => {
    expect((await search('replicaton', 'SEMANTIC')).correctedQuery).toBeNull();
  });

  it('costs no statement: a mistyped word costs one, which does not sum up the project again', async () => {
    const [right, wrong] = [
      await app.statements(() => search('replication')),
      await app.statements(() => search('replicaton')),
    ];
    expect(wrong.length).toBe(right.length + 1);
    for (const statements of [right, wrong])
      expect(statements.filter((statement) => statement.includes('sum(passage_count)'))).toHaveLength(1);
  });
});
