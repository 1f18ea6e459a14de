// npm run bench:NAME: sets up what is missing, then runs a program of bench/ on the service as it is now. Arguments go to it.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';

import { command, pinnedNode, root, run, Stop } from './run.mjs';
import { installIn, setUp } from './setup.mjs';

// A cluster of its own, which stays for the next run: populating the database of reads takes minutes.
const PORT = '54328';

await command(async () => {
  const [program, ...args] = process.argv.slice(2);
  await setUp({ withBuild: true });
  const compiled = await run(pinnedNode, ['node_modules/typescript/bin/tsc', '-p', 'bench']);
  if (compiled !== 0) throw new Stop('The benchmarks do not compile, see above.', compiled);
  copyData();
  const env = { ...process.env };
  if (program.startsWith('reads/')) {
    // What ibid is compared with has packages of its own.
    await installIn('bench');
    env.TEST_DATABASE_URL ||= startPostgres();
  }
  return run(pinnedNode, [`bench/dist/bench/${program}.js`, ...args], { env });
});

/** What is no TypeScript, the compiler leaves behind. */
function copyData() {
  for (const folder of ['src', 'test/support']) {
    cpSync(join(root, folder), join(root, 'bench/dist', folder), {
      recursive: true,
      filter: (path) => !path.endsWith('.ts'),
    });
  }
}

function startPostgres() {
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
    return execFileSync('bash', ['.ci/postgres', 'start', PORT], options).trim();
  } catch {
    throw new Stop('There is no PostgreSQL: set TEST_DATABASE_URL, or run `.ci/postgres install` first.');
  }
}
