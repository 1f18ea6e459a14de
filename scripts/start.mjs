// npm start: sets up what is missing, then serves. Arguments go to the service.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { command, pinnedNode, root, run, setUp } from './setup.mjs';

await command(async () => {
  await setUp({ withBuild: true });
  const followParent = new URL('./follow-parent.mjs', import.meta.url).href;
  return run(
    pinnedNode,
    [
      '--enable-source-maps',
      ...(existsSync(join(root, '.env')) ? ['--env-file=.env'] : []),
      `--import=${followParent}`,
      'dist/src/index.js',
      ...process.argv.slice(2),
    ],
    {
      env: { NODE_ENV: 'production', ...process.env },
      // The channel carries nothing: it closes when this process is killed, which no signal tells the service.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
});
