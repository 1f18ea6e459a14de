// npm start: sets up what is missing, then serves. Arguments go to the service.
import { command, keptByNpm, runBuilt, Stop } from './run.mjs';
import { setUp } from './setup.mjs';

await command(async () => {
  // The service would listen elsewhere than was asked for.
  const kept = keptByNpm('start', ['port', 'host']);
  if (kept)
    throw new Stop(
      `npm kept --${kept} for itself. Settings are environment variables: ${kept.toUpperCase()}=... npm start`,
    );
  await setUp({ withBuild: true });
  return runBuilt('dist/src/index.js');
});
