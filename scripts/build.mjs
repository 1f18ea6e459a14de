// npm run build: as npm start builds, and always.
import { build, command, setUp } from './setup.mjs';

await command(async () => {
  await setUp();
  await build();
  return 0;
});
