// Sets a checkout up: dependencies, then the build. Runs before there is a node_modules folder and on every Node.js from
// 20 on, so it imports nothing but Node.js itself. What is up to date is left alone; telling so takes a few milliseconds.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node.js that the project is pinned to; the machine's own may be older. */
export const pinnedNode = join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

const inRoot = (path) => join(root, path);

/** Ends the command with a message for the user instead of a stack. */
export class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The first of these options that npm kept for itself, as it does unless -- stands before them, when it runs `script`. */
export function keptByNpm(script, options) {
  if (process.env.npm_lifecycle_event !== script) return undefined;
  return options.find((name) => process.env[`npm_config_${name}`] !== undefined);
}

/** Runs a command's steps; its exit code becomes this process's. */
export async function command(steps) {
  try {
    process.exitCode = await steps();
  } catch (error) {
    const { message, exitCode } = stopFor(error);
    if (message) console.error(message);
    process.exitCode = exitCode;
  }
}

/** What the file system does not allow is for the user to mend; all else but a Stop is a fault of these scripts. */
function stopFor(error) {
  if (error instanceof Stop) return error;
  if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
  return new Stop(
    `This user may not write to ${root}, where ibid is installed and built: ${error.message}.\n` +
      'Start it as the user that the folder belongs to, or give the folder to this one (chown -R).',
  );
}

/** The signal that asked this process to end while a program ran. */
let endedBy = null;

/**
 * Runs a program to its end and returns its exit code. It gets every signal that this process gets, and a SIGTERM when
 * npm, which started this process, is gone: whoever kills npm means what it runs.
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: 'inherit', ...options });
    child.stdout?.on('data', options.onOutput);
    child.stderr?.on('data', options.onOutput);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const pass = (signal) => {
      endedBy = signal;
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, pass);
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (!process.env.npm_lifecycle_event || process.ppid === parent) return;
      clearInterval(watch);
      pass('SIGTERM');
    }, 250);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(watch);
      for (const name of signals) process.off(name, pass);
      resolve(code ?? 128 + constants.signals[signal]);
    });
  });
}

/** The same for a step of the set-up, whose failure is no news to whoever asked for it to end. */
async function runStep(program, args, options) {
  const code = await run(program, args, options);
  if (endedBy) throw new Stop('', 128 + constants.signals[endedBy]);
  return code;
}

/** Runs a built program with this command's arguments and the settings of .env, to its end. */
export function runBuilt(program) {
  const followParent = new URL('./follow-parent.mjs', import.meta.url).href;
  const settings = existsSync(inRoot('.env')) ? ['--env-file=.env'] : [];
  // Node.js's own default grows with the machine's memory. With twice as much, large answers take a tenth less time, and the
  // sync of a large repository 120 MB more.
  const memory = '--max-semi-space-size=16';
  const args = [
    '--enable-source-maps',
    memory,
    ...settings,
    `--import=${followParent}`,
    program,
    ...process.argv.slice(2),
  ];
  return run(pinnedNode, args, {
    env: { NODE_ENV: 'production', ...process.env },
    // The channel carries nothing: it closes when this process is killed, which no signal tells the program.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

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
