import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { AS_NPM_START, startService } from '../../test/support/service-process.js';
import { median } from './load.js';
import { memoryOf } from '../process-usage.js';
import { goal } from './report.js';

const TIMES = 5;
const IDLE_MS = 5_000;

/** From the start of the process until it serves, and what it holds when nobody asks. */
export async function measureStarts(databaseUrl: string): Promise<string[]> {
  const postgres = await start({ DATABASE_URL: databaseUrl });
  // The first start makes the database and loads the sample project.
  const embedded = await start({ SAMPLE_PROJECT: 'true' });
  return [
    goal('start on PostgreSQL', postgres.seconds, 2, ' s'),
    goal('start on the embedded database with data', embedded.seconds, 5, ' s'),
    goal('idle memory on PostgreSQL', postgres.megabytes, 200, ' MB'),
    `- idle memory on the embedded database ${embedded.megabytes} MB`,
  ];
}

async function start(env: Record<string, string>): Promise<{ seconds: number; megabytes: number }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ibid-bench-'));
  const seconds: number[] = [];
  let megabytes = 0;
  try {
    for (let time = 0; time <= TIMES; time += 1) {
      const began = performance.now();
      const service = await startService({ dataDir, env: { NODE_ENV: 'production', ...env }, flags: AS_NPM_START });
      if (time > 0) seconds.push((performance.now() - began) / 1000);
      if (time === 0 || time === TIMES) await pause(IDLE_MS);
      megabytes = (await memoryOf(service.pid)).now;
      await service.stop();
    }
    return { seconds: median(seconds), megabytes };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
