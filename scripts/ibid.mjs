// npm run ibid -- sync ...: sets up what is missing, then runs one command. Arguments go to it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command, pinnedNode, root, run, setUp } from './setup.mjs';

await command(async () => {
  // Standard output is for the command's result.
  console.log = console.error;
  await setUp({ withBuild: true });
  const followParent = new URL('./follow-parent.mjs', import.meta.url).href;
  return run(
    pinnedNode,
    [
      '--enable-source-maps',
      ...(existsSync(join(root, '.env')) ? ['--env-file=.env'] : []),
      `--import=${followParent}`,
      'dist/src/cli.js',
      ...process.argv.slice(2),
    ],
    {
      env: { NODE_ENV: 'production', ...process.env },
      // As in start.mjs: the channel closes when this process is killed.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
});
