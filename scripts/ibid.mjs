// npm run ibid -- sync ...: sets up what is missing, then runs one command. Arguments go to it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command, pinnedNode, root, run, setUp, Stop } from './setup.mjs';

// npm keeps options for itself unless -- stands before them: the whole repository would be synced instead of a folder.
const kept = ['project', 'folder', 'branch', 'name'].filter((name) => process.env[`npm_config_${name}`] !== undefined);

await command(async () => {
  if (process.env.npm_lifecycle_event === 'ibid' && kept.length > 0)
    throw new Stop(`npm kept --${kept[0]} for itself. Put -- before the arguments: npm run ibid -- sync <url> ...`, 2);
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
