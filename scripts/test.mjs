// npm test: sets up what is missing, then runs the tests. Arguments go to jest: npm test -- test/unit -t 'ends'
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { command, pinnedNode, run } from './run.mjs';
import { setUp } from './setup.mjs';

await command(async () => {
  await setUp();
  const chromium = findChromium();
  if (!chromium) {
    const effect = process.env.REQUIRE_BROWSER === '1' ? 'fails' : 'is skipped';
    console.log(`No Chromium found (CHROMIUM_PATH, or chromium on the PATH): the browser test ${effect}.`);
  }
  return run(
    pinnedNode,
    // MikroORM is ESM only, and jest runs ESM by this flag, which Node.js would warn about in every worker.
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--liftoff-only',
      'node_modules/jest/bin/jest.js',
      ...process.argv.slice(2),
    ],
    { env: { ...process.env, CHROMIUM_PATH: chromium ?? '' } },
  );
});

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const onPath = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [process.env.CHROMIUM_PATH, ...onPath].find((path) => path && isProgram(path));
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
