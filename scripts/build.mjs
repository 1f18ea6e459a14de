// npm run build: as npm start builds, and always.
import { command } from './run.mjs';
import { build, setUp } from './setup.mjs';

await command(async () => {
  await setUp();
  await build();
  return 0;
});
