import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { VectorLengths } from '../../migrations/20261202-vector-lengths.js';
import { newId } from '../../src/platform/database/columns.js';
import { vectorType } from '../../src/platform/database/vector-type.js';
import { buildProject } from '../support/factories.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

/** 768 numbers, 0 but for those at the given places. */
const padded = (numbers: Record<number, number>): string =>
  JSON.stringify(Array.from({ length: 768 }, (_, place) => numbers[place] ?? 0));

describe('the migration of the lengths of vectors', () => {
  it('cuts those of spaces to what they have, keeps others, and takes spaces out of the approximate index', async () => {
    const { orm, embedded } = app.app.services.database;
    const run = (statement: string): Promise<Record<string, unknown>[]> =>
      orm.em.fork().getConnection().execute(statement);
    const { id } = await buildProject(app);
    const type = vectorType(embedded);
    await run('drop index embedding_vector_hnsw');
    await run(`alter table embedding alter column vector type ${type}(768)`);
    await run(`create index embedding_vector_hnsw on embedding using hnsw (vector ${type}_cosine_ops) where indexed`);
    const add = (model: string, numbers: Record<number, number>): Promise<unknown> =>
      run(`insert into embedding (project_id, embedding_model, text_digest, vector, indexed)
        values ('${id}', '${model}', '${newId()}', '${padded(numbers)}', true)`);
    await add('builtin/hashing-1', { 0: 0.5, 766: 0.25, 767: 0.5 });
    await add('builtin/lsa-1/one', { 0: 0.5, 99: 0.25 });
    await add('builtin/lsa-1/two', { 767: 1 });

    const migration = new VectorLengths(orm.em.getDriver() as never, orm.config as never);
    await migration.up();
    for (const statement of migration.getQueries()) await run(String(statement));

    const rows = await run(
      `select embedding_model, vector::text, indexed from embedding where project_id = '${id}' order by 1`,
    );
    const plain = rows.map(({ embedding_model: model, vector, indexed }) => {
      const numbers = JSON.parse(vector as string) as number[];
      const notZero = Object.entries(numbers).filter(([, value]) => value !== 0);
      return { model, indexed, length: numbers.length, numbers: Object.fromEntries(notZero) };
    });
    expect(plain).toEqual([
      { model: 'builtin/hashing-1', indexed: true, length: 768, numbers: { 0: 0.5, 766: 0.25, 767: 0.5 } },
      { model: 'builtin/lsa-1/one', indexed: false, length: 102, numbers: { 0: 0.5, 99: 0.25 } },
      { model: 'builtin/lsa-1/two', indexed: false, length: 102, numbers: { 101: 1 } },
    ]);
  });
});
