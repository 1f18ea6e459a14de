// npm run ibid -- sync ..., or move: sets up what is missing, then runs one command. Arguments go to it.
import { command, keptByNpm, runBuilt, Stop } from './run.mjs';
import { setUp } from './setup.mjs';

await command(async () => {
  // The whole repository would be synced instead of a folder.
  const kept = keptByNpm('ibid', ['project', 'folder', 'branch', 'name']);
  if (kept)
    throw new Stop(`npm kept --${kept} for itself. Put -- before the arguments: npm run ibid -- sync <url> ...`, 2);
  // Standard output is for the command's result.
  console.log = console.error;
  await setUp({ withBuild: true });
  return runBuilt('dist/src/cli.js');
});
