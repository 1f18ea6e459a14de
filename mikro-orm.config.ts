import 'reflect-metadata';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';

import { MIGRATIONS } from './migrations/index.js';
import { ENTITIES } from './src/entities.js';
import { readConnectionOptions } from './src/platform/database/connection-options.js';

const url = process.env.DATABASE_URL ?? 'postgres://127.0.0.1/ibid';

/** For the ORM's command line only; the service wires its own (src/platform/database). */
export default defineConfig({
  clientUrl: url,
  driverOptions: readConnectionOptions(url),
  entities: ENTITIES,
  extensions: [Migrator],
  migrations: { migrationsList: MIGRATIONS, snapshot: false },
  // The job queue's own (src/platform/jobs).
  schemaGenerator: { ignoreSchema: ['jobs'] },
});
