import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openEmbedded } from '../src/platform/database/embedded.js';
import { query } from '../src/platform/database/query.js';
import { describeOnEmbedded } from './support/kind-of-database.js';
import { startTestApp, type TestApp } from './support/test-app.js';

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
});
