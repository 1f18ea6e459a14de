import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { sql } from 'kysely';

import { itOnEmbedded } from './support/kind-of-database.js';
import { startTestApp, type TestApp } from './support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startTestApp()));
afterAll(() => app.stop());

describe('tidying the database', () => {
  itOnEmbedded('vacuums and analyzes, which the embedded database does not do by itself', async () => {
    const { database } = app.app.services;
    await app.mutate('createProject', 'project { id }', { name: 'Counted' });
    // -1: never vacuumed or analyzed.
    const statistics = sql<{ rows: number }>`select reltuples::int as rows from pg_class where relname = 'project'`;
    const read = async (): Promise<number> => (await statistics.execute(database.fork().getKysely())).rows[0]!.rows;
    expect(await read()).toBe(-1);
    await database.tidy();
    expect(await read()).toBe(1);
  });
});
