import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';

import { startGitHost } from '../../test/support/git-host.js';
import { AS_NPM_START, createServiceHome } from '../../test/support/service-process.js';
import { cpuOf } from '../process-usage.js';
import { generateFiles } from '../sync/generate-files.js';
import { writeResults } from '../write-results.js';
import type { BareAnswers } from './bare.js';
import { prepareChat } from './chat-service.js';
import { atRate, PER_SECOND, RUNNING, TOKENS } from './pace.js';
import { report } from './report.js';

/**
 * What ibid adds to answers that come live, beside a bare script that reads the same answers from the same provider with the
 * AI SDK, in the same run. On PostgreSQL where TEST_DATABASE_URL names one, else on the embedded database.
 *
 *   npm run bench:chat -- [--seconds 60] [--crowd 200] [--write]
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    crowd: { type: 'string', default: '200' },
    write: { type: 'boolean', default: false },
  },
});
const STOPPED = 20;
const QUESTION = 'Where does the nightly backup copy the database?';
const BACKUP = '# Backups\n\nThe nightly backup copies the database to the vault at three in the morning.\n';

const provider = spawn(process.execPath, [join(import.meta.dirname, 'provider.js')], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
const port = Number(await once(provider.stdout, 'data'));
const baseUrl = `http://127.0.0.1:${port}/v1`;
const host = await startGitHost();
const home = await createServiceHome({ empty: true });
const settings = { MAX_GENERATIONS: '1000', LLM_HOSTS: `127.0.0.1:${port}`, OPENAI_COMPATIBLE_API_KEY: 'none' };
const service = await home.start({ ...settings, GIT_HOSTS: host.hostEntry }, AS_NPM_START);
try {
  await host.createRepository('bench/chat', { ...generateFiles(200), 'docs/backup.md': BACKUP });
  const repository = host.url('bench/chat');
  const chat = await prepareChat(service, { repository, baseUrl, tokens: TOKENS, question: QUESTION });
  const count = RUNNING + PER_SECOND * Number(values.seconds);
  const bare = await runBare(count);
  await atRate(10, 10, chat.answer);
  const before = await cpuOf(service.pid);
  const steady = await atRate(count, PER_SECOND, chat.answer);
  const cpuMs = (await cpuOf(service.pid)) - before;
  const stops = await measureStops();
  const crowd = await atRate(Number(values.crowd), 100, chat.answer);
  const database = home.databaseUrl ? 'PostgreSQL' : 'embedded database';
  const { text, faults } = report({ database, bare, steady, cpuMs, stops, crowd });
  process.stdout.write(text);
  if (values.write) await writeResults('bench/chat/RESULTS.md', `# Answers\n\n${text}`);
  if (faults > 0) process.exitCode = 1;

  /** Stops some answers, one after the other, while the others go on: milliseconds until the provider's socket is closed. */
  async function measureStops(): Promise<number[]> {
    const ids: string[] = [];
    const answers = atRate(RUNNING, PER_SECOND, (ask) => chat.answer(ask, (id) => (ids[ask] = id)));
    while (ids.filter(Boolean).length < RUNNING) await pause(100);
    const asks = Array.from({ length: STOPPED }, (_, index) => RUNNING - STOPPED + index);
    const sent: number[] = [];
    for (const ask of asks) sent.push(await chat.stop(ids[ask]!));
    await answers;
    const closed = (await (await fetch(`http://127.0.0.1:${port}/closed`)).json()) as Record<number, number>;
    return asks.map((ask, index) => closed[ask]! - sent[index]!);
  }
} finally {
  await service.stop();
  await home.remove();
  await host.stop();
  provider.kill();
}

async function runBare(count: number): Promise<BareAnswers> {
  const script = join(import.meta.dirname, 'bare.js');
  const args = [script, baseUrl, `tokens-${TOKENS}`, QUESTION, String(count), String(PER_SECOND)];
  const { stdout } = await promisify(execFile)(process.execPath, [...AS_NPM_START, ...args], { maxBuffer: 1e8 });
  return JSON.parse(stdout);
}
