import { afterAll, beforeAll, describe, expect } from '@jest/globals';

import { query } from '../src/platform/database/query.js';
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
    const statistics = () =>
      query(database.fork())`select reltuples::int as rows from pg_class where relname = 'project'`;
    expect(await statistics()).toEqual([{ rows: -1 }]);
    await database.tidy();
    expect(await statistics()).toEqual([{ rows: 1 }]);
  });
});
