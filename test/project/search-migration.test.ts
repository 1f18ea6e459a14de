import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { Search } from '../../migrations/20261129-search.js';
import { type HostedApp, startHostedApp } from '../support/hosted-app.js';
import { buildSyncedProject } from '../support/sync-bench.js';

let { host, app, stop } = {} as HostedApp;
beforeAll(async () => void ({ host, app, stop } = await startHostedApp()));
afterAll(() => stop());

/** As they were before: a posting without its passage's length, and the lengths with the document. */
const BEFORE = [
  `alter table document add column passage_lengths int[]`,
  `update document d set passage_lengths = array(
    select max(posting >> 8 & 65535)::int from document_term t, unnest(t.postings) as posting
    where t.document_id = d.id group by posting >> 24 order by posting >> 24)`,
  `alter table document_term alter column postings type int[] using postings::text::int[]`,
  `update document_term t set postings = old.postings from sized s, lateral (
    select array_agg((posting >> 24)::int * 256 + (posting & 255)::int order by posting) as postings from unnest(s.postings) as posting) old
    where s.document_id = t.document_id and s.term = t.term`,
  `drop index document_sizes_index`,
  `alter table document drop column passage_count`,
  `update embedding set indexed = true`,
];

describe('the migration of what ranking reads', () => {
  it('gives postings their lengths and documents their numbers of passages, as a sync does', async () => {
    const section = (name: string): string => `## ${name}\n\n${`The ${name} of the house is warm. `.repeat(90)}\n`;
    const page = ['kitchen', 'cellar', 'garden'].map(section).join('\n');
    await buildSyncedProject(app, host, { 'house.md': `# House\n\n${page}`, 'short.md': '# Short\n\nA warm page.\n' });
    const { orm } = app.app.services.database;
    const run = (statement: string): Promise<unknown[]> => orm.em.fork().getConnection().execute(statement);
    const read = () =>
      run(`select d.file_path, d.passage_count, t.term, t.postings::text,
        (select count(*)::int from embedding where indexed) as indexed
        from document d join document_term t on t.document_id = d.id order by 1, 3`);
    const synced = await read();
    expect(synced).toContainEqual(expect.objectContaining({ file_path: 'house.md', passage_count: 6, term: 'garden' }));

    await run('create table sized as select * from document_term');
    for (const statement of BEFORE) await run(statement);
    await run('drop table sized');
    const migration = new Search(orm.em.getDriver() as never, orm.config as never);
    migration.up();
    for (const statement of migration.getQueries()) await run(String(statement));
    expect(await read()).toEqual(synced);
  });
});
