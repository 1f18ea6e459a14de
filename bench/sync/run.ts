import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';

import { startGitHost } from '../../test/support/git-host.js';
import { AS_NPM_START, createServiceHome } from '../../test/support/service-process.js';
import { memoryOf } from '../process-usage.js';
import { writeResults } from '../write-results.js';
import { generateFiles } from './generate-files.js';
import { measure, type SyncTimes } from './measured-service.js';

/**
 * How fast a sync is, beside what it cannot do without: the same files fetched, cut and embedded by a bare script, in the
 * same run on the same machine. On PostgreSQL where TEST_DATABASE_URL names one, else on the embedded database.
 *
 *   npm run bench:sync -- [--files 5000] [--no-history] [--write]
 */
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '5000' },
    history: { type: 'boolean', default: true },
    write: { type: 'boolean', default: false },
  },
  allowNegative: true,
});
const run = promisify(execFile);
const host = await startGitHost();
const home = await createServiceHome({ empty: true });
const service = await home.start({ GIT_HOSTS: host.hostEntry }, AS_NPM_START);
const measured = measure(service);
const lines: string[] = [];
try {
  await benchGenerated(Number(values.files));
  if (values.history) await benchHistory();
  await report();
} finally {
  await service.stop();
  await home.remove();
  await host.stop();
}

async function benchGenerated(count: number): Promise<void> {
  const repository = await host.createRepository('bench/generated', generateFiles(count));
  const url = host.url('bench/generated');
  const before = await runBare(url);
  const id = await measured.follow('generated', url);
  const first = await measured.sync(id);
  // Before and after: the machine may be at other work in one of the two.
  const bare = meanOf(before, await runBare(url));
  const again = await measured.sync(id);
  await repository.commit({ 'docs/part-0/page-0.md': '# Changed\n\nOne page.\n' });
  const changed = await measured.sync(id);
  lines.push(
    row(`${count} files, bare script`, bare),
    row(`${count} files, first sync`, first),
    row(`${count} files, nothing changed`, again),
    row(`${count} files, one changed`, changed),
    '',
    `First sync: ${(first.wall / bare.wall).toFixed(2)} times the bare script (goal: at most 1.5).`,
    `Nothing changed: ${again.wall} ms (goal: 2000), of which the service's own work ${again.wall - again.fetch} ms (goal: 500).`,
    `Peak memory of the service: ${(await memoryOf(service.pid)).peak} MB.`,
  );
}

async function runBare(url: string): Promise<SyncTimes> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'bare.js'), url, host.hostEntry]);
  const { sum, ...times } = JSON.parse(stdout) as Omit<SyncTimes, 'wall' | 'write'> & { sum: number };
  return { ...times, wall: sum, write: 0 };
}

function meanOf(a: SyncTimes, b: SyncTimes): SyncTimes {
  const keys = Object.keys(a) as (keyof SyncTimes)[];
  return Object.fromEntries(keys.map((key) => [key, (a[key] + b[key]) / 2])) as unknown as SyncTimes;
}

/** Commit by commit, as pushes would come. */
async function benchHistory(): Promise<void> {
  const repository = await host.createRepository('bench/history', { 'README.md': 'Not yet.\n' });
  const git = (...args: string[]) => run('git', ['-C', repository.directory, ...args]);
  await git('fetch', '--quiet', resolve('.'), 'HEAD:refs/heads/history');
  const { stdout } = await git('rev-list', '--reverse', '--first-parent', 'history');
  const id = await measured.follow('history', host.url('bench/history'));
  const total: SyncTimes = { files: 0, wall: 0, fetch: 0, parse: 0, embed: 0, write: 0 };
  const commits = stdout.trim().split('\n');
  for (const commit of commits) {
    await repository.moveBranch('main', commit);
    const times = await measured.sync(id);
    for (const key of Object.keys(total) as (keyof SyncTimes)[]) total[key] += times[key];
  }
  lines.splice(4, 0, row(`own history, ${commits.length} commits`, total));
}

function row(what: string, { files, wall, fetch, parse, embed, write }: SyncTimes): string {
  const figures = [wall, fetch, parse, embed, write].map((ms) => Math.round(ms).toLocaleString('en'));
  const perSecond = Math.round((files / wall) * 1000).toLocaleString('en');
  return `| ${[what, ...figures, perSecond].join(' | ')} |`;
}

async function report(): Promise<void> {
  const database = process.env.TEST_DATABASE_URL ? 'PostgreSQL' : 'embedded database';
  const head = [
    `${new Date().toISOString().slice(0, 10)}, ${database}, Node.js ${process.versions.node}, ${availableParallelism()} cores, builtin embedder.`,
    'Milliseconds; cutting and writing go on beside the rest, so the parts of a sync need not add up to the whole.',
    '',
    '| | whole | fetch | parse | embed | write | files/s |',
    '|---|---|---|---|---|---|---|',
  ];
  const text = [...head, ...lines].join('\n');
  process.stdout.write(`${text}\n`);
  if (values.write) await writeResults('bench/sync/RESULTS.md', `# Syncs\n\n${text}\n`);
}
