import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

/** Rows of a statement about the service's own tables; those of the job queue have a schema of their own. */
const read = async (statement: string): Promise<Record<string, string>[]> =>
  app.app.services.database.fork().getConnection().execute(statement);

describe('the migrations', () => {
  it('give the schema that the entities describe, and nothing else', async () => {
    const { orm } = app.app.services.database;
    // The job queue brings its own tables.
    orm.config.set('schemaGenerator', { ...orm.config.get('schemaGenerator'), ignoreSchema: ['jobs'] });
    const sql = await orm.schema.getUpdateSchemaSQL({ wrap: false });
    expect(sql.split('\n').filter(Boolean)).toEqual([]);
  });

  it('index every foreign key: an index begins with its column', async () => {
    const keys = await read(`
      select conrelid::regclass::text as "table", a.attname as "column"
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where contype = 'f' and connamespace = 'public'::regnamespace order by 1, 2`);
    expect(keys.length).toBeGreaterThanOrEqual(15);
    const indexed = await read(`
      select i.indrelid::regclass::text as "table", a.attname as "column"
      from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where i.indpred is null`);
    const names = new Set(indexed.map(({ table, column }) => `${table}.${column}`));
    expect(keys.map(({ table, column }) => `${table}.${column}`).filter((key) => !names.has(key))).toEqual([]);
  });

  it('delete what belongs to a row with it, keep what is only named there, and refuse for providers in use', async () => {
    const rules = await read(`
      select conrelid::regclass || '.' || a.attname as key, confdeltype as rule
      from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
      where contype = 'f' and connamespace = 'public'::regnamespace and confdeltype <> 'c' order by 1`);
    expect(Object.fromEntries(rules.map(({ key, rule }) => [key, rule]))).toEqual({
      'conversation.llm_provider_id': 'r',
      'message.llm_provider_id': 'n',
      'project.citation_judge_id': 'n',
      'reembedding.rolls_back_id': 'n',
      'sync_run.retry_of_id': 'n',
      'sync_run_file.document_id': 'n',
    });
  });

  it('make every id a uuid and every time a timestamptz to the millisecond', async () => {
    const columns = await read(`
      select a.attrelid::regclass || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
        and c.relname <> 'mikro_orm_migrations'`);
    const typed = (pattern: RegExp) => columns.filter(({ name }) => pattern.test(name!));
    expect(typed(/(\.|_)id$/).filter(({ type }) => type !== 'uuid')).toEqual([]);
    expect(typed(/_(at|date|until)$/).filter(({ type }) => type !== 'timestamp(3) with time zone')).toEqual([]);
    expect(columns.filter(({ type }) => type!.startsWith('timestamp')).length).toBe(typed(/_(at|date|until)$/).length);
  });

  it('keep vectors of any length, in half precision on a server, which the embedded database has no instruction for', async () => {
    const [column] = await read(
      `select format_type(atttypid, atttypmod) as type, attstorage as storage from pg_attribute where attrelid = 'embedding'::regclass and attname = 'vector'`,
    );
    const isEmbedded = app.app.services.database.embedded;
    expect(column).toEqual({ type: isEmbedded ? 'vector' : 'halfvec', storage: 'p' });
  });

  it('make no vector that may be null', async () => {
    expect(
      await read(
        `select attnotnull as required from pg_attribute where attrelid = 'embedding'::regclass and attname = 'vector'`,
      ),
    ).toEqual([{ required: true }]);
  });

  it('index vectors by HNSW, cosine, m 16 and ef_construction 64: those of the projects that are worth it', async () => {
    const [index] = await read(`select indexdef from pg_indexes where indexname = 'embedding_vector_hnsw'`);
    const type = app.app.services.database.embedded ? 'vector' : 'halfvec';
    expect(index!.indexdef).toMatch(
      new RegExp(
        `USING hnsw \\(\\(\\(vector\\)::${type}\\(768\\)\\) ${type}_cosine_ops\\) WITH \\(m='16', ef_construction='64'\\) WHERE indexed$`,
      ),
    );
  });

  it('run once: there is nothing left to do', async () => {
    expect(await app.app.services.database.orm.migrator.getPending()).toEqual([]);
  });
});
