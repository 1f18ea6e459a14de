// npm start: sets up what is missing, then serves. Arguments go to the service.
import { command, runBuilt, setUp } from './setup.mjs';

await command(async () => {
  await setUp({ withBuild: true });
  return runBuilt('dist/src/index.js');
});
