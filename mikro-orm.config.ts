import 'reflect-metadata';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';

import { MIGRATIONS } from './migrations/index.js';
import { ENTITIES } from './src/entities.js';

/** For the ORM's command line only; the service wires its own (src/platform/database). */
export default defineConfig({
  clientUrl: process.env.DATABASE_URL ?? 'postgres://127.0.0.1/ibid',
  entities: ENTITIES,
  extensions: [Migrator],
  migrations: { migrationsList: MIGRATIONS, snapshot: false },
  // The job queue's own (src/platform/jobs).
  schemaGenerator: { ignoreSchema: ['jobs'] },
});
