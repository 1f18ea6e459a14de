import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findDatabaseFault } from '../src/platform/database/database-fault.js';
import { explainedByDisk, watchDisk } from '../src/platform/database/disk-space.js';
import { openEmbedded } from '../src/platform/database/embedded.js';
import { query } from '../src/platform/database/query.js';
import { createLogger } from '../src/platform/logger.js';
import { describeOnEmbedded } from './support/kind-of-database.js';
import { startTestApp, type TestApp } from './support/test-app.js';
import { until } from './support/until.js';

describeOnEmbedded('the embedded database', () => {
  let app: TestApp;
  beforeAll(async () => void (app = await startTestApp()));
  afterAll(() => app.stop());

  /** How often `work`, many statements one after the other, lets other work of this process have its turn. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      waiting = setImmediate(count);
    };
    let waiting = setImmediate(count);
    await work().finally(() => clearImmediate(waiting));
    return turns;
  }

  it('lets requests and timers have their turn after each statement, also within a transaction', async () => {
    const em = app.app.services.database.fork();
    const statements = async (inside = em): Promise<void> => {
      for (let count = 0; count < 50; count += 1) await query(inside)`select 1`;
    };
    expect(await turnsDuring(() => statements())).toBeGreaterThanOrEqual(50);
    const inTransaction = () => em.transactional((inside) => statements(inside));
    expect(await turnsDuring(inTransaction)).toBeGreaterThanOrEqual(50);
  });

  it('has its files in a folder that other users cannot look into, also where one was open to them', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'ibid-open-'));
    const folder = join(dataDir, 'database');
    await mkdir(folder);
    await chmod(folder, 0o777);
    const { pglite, release } = await openEmbedded(dataDir);
    await pglite.close();
    await release();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await rm(dataDir, { recursive: true });
  });

  it('takes no writes while its disk is nearly full, answers reads, and tells the log', async () => {
    const { pglite } = await openEmbedded(null);
    const MIB = 1024 * 1024;
    let free = 127 * MIB;
    const logged: string[] = [];
    const logger = createLogger('warn', { write: (line) => void logged.push(line) });
    const freeBytes = async (): Promise<number> => free;
    const stop = watchDisk(pglite, '/data', logger, { freeBytes, lookMs: 5 });
    const write = () => pglite.query('create table if not exists t ()').then(() => 'written', findDatabaseFault);
    await until(async () => (await write()) === 'UNAVAILABLE');
    expect((await pglite.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    free = 128 * MIB;
    await until(async () => (await write()) === 'written');
    await stop();
    await pglite.close();
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: 50,
        dataDir: '/data',
        freeMib: 127,
        neededMib: 128,
        msg: 'the disk is full: the database takes no writes until there is room again',
      }),
      expect.objectContaining({ level: 40, msg: 'the disk has room again: the database takes writes' }),
    ]);
  });

  it('says of a start that fails how full its disk is', async () => {
    const fault = new Error('PGlite failed to initialize properly');
    const full = await explainedByDisk(fault, '/data', async () => 5_000_000);
    expect(full).toEqual(
      new Error('The disk of /data is full: 4 MiB are free, and the embedded database needs 128. Make room.'),
    );
    expect(await explainedByDisk(fault, '/data', async () => 500_000_000)).toBe(fault);
  });
});
