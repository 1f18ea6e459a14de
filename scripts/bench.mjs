// npm run bench: sets up what is missing, the bench's own packages too, and measures reads. Arguments go to bench/reads/run.ts.
import { execFileSync } from 'node:child_process';

import { command, installIn, pinnedNode, root, run, setUp, Stop } from './setup.mjs';

// A cluster of its own, which stays for the next run: populating the database takes minutes.
const PORT = '54328';

await command(async () => {
  await setUp({ withBuild: true });
  await installIn('bench');
  const compiled = await run(pinnedNode, ['node_modules/typescript/bin/tsc', '-p', 'bench']);
  if (compiled !== 0) throw new Stop('The benchmarks do not compile, see above.', compiled);
  const env = { ...process.env, TEST_DATABASE_URL: process.env.TEST_DATABASE_URL || startPostgres() };
  return run(pinnedNode, ['bench/dist/bench/reads/run.js', ...process.argv.slice(2)], { env });
});

function startPostgres() {
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] };
    return execFileSync('bash', ['.ci/postgres', 'start', PORT], options).trim();
  } catch {
    throw new Stop('There is no PostgreSQL: set TEST_DATABASE_URL, or run `.ci/postgres install` first.');
  }
}
