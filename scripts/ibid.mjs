// npm run ibid -- sync ..., or move: sets up what is missing, then runs one command. Arguments go to it.
import { command, runBuilt, setUp, Stop } from './setup.mjs';

// npm keeps options for itself unless -- stands before them: the whole repository would be synced instead of a folder.
const kept = ['project', 'folder', 'branch', 'name'].filter((name) => process.env[`npm_config_${name}`] !== undefined);

await command(async () => {
  if (process.env.npm_lifecycle_event === 'ibid' && kept.length > 0)
    throw new Stop(`npm kept --${kept[0]} for itself. Put -- before the arguments: npm run ibid -- sync <url> ...`, 2);
  // Standard output is for the command's result.
  console.log = console.error;
  await setUp({ withBuild: true });
  return runBuilt('dist/src/cli.js');
});
