// npm run bench:NAME: sets up what is missing, then runs bench/NAME/run.ts on the service as it is now. Arguments go to it.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { build, command, pinnedNode, root, run, setUp } from './setup.mjs';

await command(async () => {
  const [name, ...args] = process.argv.slice(2);
  await setUp();
  await build();
  const failed = await run(pinnedNode, ['node_modules/typescript/bin/tsc', '-p', 'bench']);
  if (failed) return failed;
  // What is no TypeScript, the compiler leaves behind.
  const support = 'test/support';
  cpSync(join(root, support), join(root, 'bench/dist', support), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
  return run(pinnedNode, [`bench/dist/bench/${name}/run.js`, ...args]);
});
