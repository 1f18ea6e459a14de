// Sets a checkout up: dependencies, then the build. What is up to date is left alone; telling so takes a few milliseconds.
// Like run.mjs it imports nothing but Node.js itself.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { inRoot, pinnedNode, root, runStep, Stop } from './run.mjs';

/** Installs, and builds where `withBuild`, whatever is missing or older than its sources. */
export async function setUp({ withBuild = false } = {}) {
  checkMachine();
  const built = () => !withBuild || isBuilt();
  if (isInstalled() && built()) return;
  await alone(async () => {
    if (!isInstalled()) await install();
    if (!built()) await compile();
  });
}

function checkMachine() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new Stop(`ibid needs Node.js 20 or later to start from; this is ${process.versions.node}.`);
  }
  const found = /(\d+)\.(\d+)[\d.]*/.exec(spawnSync('git', ['--version'], { encoding: 'utf8' }).stdout ?? '');
  if (!found)
    throw new Stop('ibid needs git 2.39 or later, and there is no git on the PATH: https://git-scm.com/downloads');
  const [version, major, minor] = found;
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 39)) {
    throw new Stop(`ibid needs git 2.39 or later; this is ${version}: https://git-scm.com/downloads`);
  }
}

/** Installs what a folder's own package-lock.json says, unless it is there. */
export async function installIn(folder) {
  if (!isInstalled(folder)) await alone(() => install(folder));
}

/** Whether npm finished an install of what package-lock.json says now. npm keeps its own record of what it installed. */
function isInstalled(folder = '.') {
  if (!existsSync(pinnedNode)) return false;
  const packagesOf = (path) => JSON.parse(readFileSync(join(inRoot(folder), path), 'utf8')).packages;
  try {
    const present = packagesOf('node_modules/.package-lock.json');
    return Object.entries(packagesOf('package-lock.json')).every(
      ([path, { version, optional }]) =>
        path === '' || present[path]?.version === version || (optional && !present[path]),
    );
  } catch {
    return false;
  }
}

async function install(folder = '.') {
  console.log('Installing dependencies (first start only) ...');
  const output = [];
  // Types are development dependencies and the build needs them; the pinned Node.js comes by an install script; and
  // npm judges the packages by the machine's own Node.js, which is not the one that runs them.
  const args = ['ci', '--include=dev', '--ignore-scripts=false', '--engine-strict=false', '--loglevel=error'];
  const [npm, before] = npmProgram();
  const code = await runStep(npm, [...before, ...args, '--no-audit', '--no-fund', '--no-update-notifier'], {
    cwd: inRoot(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: npm === 'npm' && process.platform === 'win32',
    onOutput: (chunk) => output.push(chunk),
  });
  if (code === 0 && existsSync(pinnedNode)) return;
  throw new Stop(
    `${Buffer.concat(output)}\nThe dependencies could not be installed: \`npm ci\` failed, see above.`,
    code || 1,
  );
}

/** The npm that started this command, run by the same Node.js: the pinned one may be what it is about to replace. */
function npmProgram() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script?.endsWith('npm-cli.js') && node ? [node, [script]] : ['npm', []];
}

/** Whether dist was built from the sources as they are now. */
function isBuilt() {
  try {
    return readFileSync(inRoot('dist/.sources'), 'utf8') === fingerprint();
  } catch {
    return false;
  }
}

/** Builds even what is up to date. */
export const build = () => alone(compile);

/** Compiles beside dist and swaps, so that a failed build leaves the last good one and a vanished source leaves nothing. */
async function compile() {
  console.log('Building ...');
  const sources = fingerprint();
  rmSync(inRoot('dist.new'), { recursive: true, force: true });
  const tsc = inRoot('node_modules/typescript/bin/tsc');
  const code = await runStep(pinnedNode, [tsc, '-p', 'tsconfig.build.json', '--outDir', 'dist.new']);
  if (code !== 0) throw new Stop('The build failed, see above.', code);
  for (const file of filesUnder(inRoot('src')).filter((path) => !path.endsWith('.ts'))) {
    const copy = join(inRoot('dist.new'), relative(root, file));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
  writeFileSync(inRoot('dist.new/.sources'), sources);
  rmSync(inRoot('dist'), { recursive: true, force: true });
  renameSync(inRoot('dist.new'), inRoot('dist'));
}

/** Changes with the path, time or size of any source, so also when git switches to an older one. */
function fingerprint() {
  const single = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'].map(inRoot);
  const files = [
    ...single.filter((path) => existsSync(path)),
    ...filesUnder(inRoot('src')),
    ...filesUnder(inRoot('migrations')),
  ];
  const hash = createHash('sha256');
  for (const path of files) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${relative(root, path)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** One set-up at a time in a checkout: `npm ci` deletes node_modules under whoever else is using it. */
async function alone(work) {
  const lock = inRoot('.setup.lock');
  for (let tries = 0; !claim(lock); tries += 1) {
    if (tries === 5) console.log('Waiting for another set-up of this checkout to end ...');
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function claim(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isAbandoned(lock) {
  try {
    // After ten minutes the number may belong to somebody else's process, above all in a container.
    if (Date.now() - statSync(lock).mtimeMs > 600_000) return true;
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
